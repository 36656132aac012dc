package hv.app.internal;

import hv.app.launch.ExitStatus;
import hv.app.launch.PlatformEntry;
import hv.app.launch.RunOptions;
import java.io.InputStream;
import java.io.PrintStream;
import org.jline.terminal.Terminal;
import org.osgi.service.component.annotations.Component;

/** Answers the launcher from inside the framework. */
@Component(service = PlatformEntry.class, immediate = true)
public final class Entry implements PlatformEntry {
    @Override
    public int run(RunOptions options, Terminal terminal, InputStream in, PrintStream out, PrintStream err, boolean ownsPlatform) throws InterruptedException {
        err.println("hv: no machine can be made here");
        return ExitStatus.UNAVAILABLE;
    }

    @Override
    public void stopGuests(PrintStream progress) throws InterruptedException {
    }

    @Override
    public void awaitOtherRuns(PrintStream progress) throws InterruptedException {
    }
}
