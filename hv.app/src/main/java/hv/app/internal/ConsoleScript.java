package hv.app.internal;

import hv.api.HvException;
import hv.api.machine.Console;
import hv.api.machine.Machine;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Feeds lines to a console as somebody would who watches it: each when the guest has printed a prompt and is quiet. A prompt is an unfinished line that ends with one of
 * {@code # $ > : ?}, perhaps with a blank after it. A guest that prints none for 60 s gets the next line even so. Used by one thread.
 */
final class ConsoleScript {
    private static final long QUIET_NANOS = 150_000_000L;
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final int TAIL_BYTES = 256;

    private final Machine machine;
    private final List<String> lines;
    private final PrintStream out;
    private final byte[] bytes = new byte[8192];
    private final StringBuilder tail = new StringBuilder();

    ConsoleScript(Machine machine, List<String> lines, PrintStream out) {
        this.machine = machine;
        this.lines = lines;
        this.out = out;
    }

    /** @return true if the guest ended by itself; false if it waits at a prompt after the last line */
    boolean play() throws HvException, InterruptedException {
        try (Console.Session session = machine.console().attach()) {
            for (String line : lines) {
                if (!awaitPrompt(session)) {
                    return true;
                }
                tail.setLength(0);
                byte[] typed = (line + "\n").getBytes(StandardCharsets.UTF_8);
                session.write(typed, 0, typed.length);
            }
            return !awaitPrompt(session);
        } finally {
            out.flush();
        }
    }

    /** @return false once the machine has ended */
    private boolean awaitPrompt(Console.Session session) throws InterruptedException {
        long sinceNanos = System.nanoTime();
        while (true) {
            int n = session.read(bytes, 0, bytes.length, QUIET_NANOS);
            if (n < 0) {
                return false;
            }
            if (n > 0) {
                out.write(bytes, 0, n);
                out.flush();
                tail.append(new String(bytes, Math.max(0, n - TAIL_BYTES), Math.min(n, TAIL_BYTES), StandardCharsets.ISO_8859_1));
                tail.delete(0, Math.max(0, tail.length() - TAIL_BYTES));
                sinceNanos = System.nanoTime();
            } else if (isPrompt(tail) || System.nanoTime() - sinceNanos > PATIENCE_NANOS) {
                return true;
            }
        }
    }

    /** Whether this is how a prompt ends; escape sequences (colours, the request for the cursor's place) are left out of the account. */
    static boolean isPrompt(CharSequence printed) {
        String text = printed.toString().replaceAll("\u001b\\[[0-9;?]*[a-zA-Z]", "");
        String line = text.substring(text.lastIndexOf('\n') + 1).stripTrailing();
        return !line.isEmpty() && "#$>:?".indexOf(line.charAt(line.length() - 1)) >= 0;
    }
}
