package hv.app.launch;

import java.io.InputStream;
import java.io.PrintStream;
import org.jline.terminal.Terminal;
import org.osgi.annotation.versioning.ProviderType;

/** What the class path asks of the platform inside the framework; a service of the bundle hv.app. Any thread. */
@ProviderType
public interface PlatformEntry {
    /** Makes the machines that were defined before. Only a platform in the background does so: in the foreground they would only count against admission. */
    void begin();

    /**
     * Runs one guest to its end, with its console on the given streams.
     *
     * @param options what the user asked for
     * @param terminal  for raw mode and size, or null where there is none: then {@code in} and {@code out} are used plainly
     * @param ownsPlatform true if leaving the console is to stop the guest; false leaves it running
     * @return exit status, see {@link ExitStatus}
     */
    int run(RunOptions options, Terminal terminal, InputStream in, PrintStream out, PrintStream err, boolean ownsPlatform) throws InterruptedException;

    /** Makes a disk image or a seed. @param terminal whether {@code err} is one @return exit status, see {@link ExitStatus} */
    int image(ImageOptions options, PrintStream out, PrintStream err, boolean terminal);

    /** Stops every guest, the youngest first, saying so line by line. */
    void stopGuests(PrintStream progress) throws InterruptedException;

    /** Waits until no {@code hv run} of another terminal is under way. */
    void awaitOtherRuns(PrintStream progress) throws InterruptedException;
}
