package hv.app.internal;

import hv.api.HvException;
import hv.api.machine.Console;
import hv.api.machine.Machine;
import hv.shell.console.PlainOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Feeds lines to a console as somebody would who watches it: each when the guest has printed a prompt and is quiet, or asks behind the prompt where the cursor is:
 * then its line editor reads, and is answered first. A prompt is an unfinished line that ends with one of {@code # $ > : ?}, perhaps with a blank after it. A guest
 * that prints none for 60 s gets the next line even so. Used by one thread.
 */
final class ConsoleScript {
    private static final long QUIET_NANOS = 150_000_000L;
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final Machine machine;
    private final List<String> lines;
    private final PlainOutput out;
    private final byte[] bytes = new byte[8192];

    ConsoleScript(Machine machine, List<String> lines, OutputStream out) {
        this.machine = machine;
        this.lines = lines;
        this.out = new PlainOutput(out);
    }

    /** @return true if the guest ended by itself; false if it waits at a prompt after the last line */
    boolean play() throws HvException, InterruptedException, IOException {
        try (Console.Session session = machine.console().attach()) {
            for (String line : lines) {
                if (!awaitPrompt(session)) {
                    return true;
                }
                out.forget();
                byte[] typed = (line + "\n").getBytes(StandardCharsets.UTF_8);
                session.write(typed, 0, typed.length);
            }
            return !awaitPrompt(session);
        } finally {
            out.flush();
        }
    }

    /** @return false once the machine has ended */
    private boolean awaitPrompt(Console.Session session) throws InterruptedException, IOException {
        long sinceNanos = System.nanoTime();
        while (true) {
            int n = session.read(bytes, 0, bytes.length, QUIET_NANOS);
            if (n < 0) {
                return false;
            }
            if (n > 0) {
                if (out.write(bytes, 0, n)) {
                    byte[] report = PlainOutput.report();
                    session.write(report, 0, report.length);
                    return true;
                }
                sinceNanos = System.nanoTime();
            } else {
                out.flush();
                if (out.isAtPrompt() || System.nanoTime() - sinceNanos > PATIENCE_NANOS) {
                    return true;
                }
            }
        }
    }
}
