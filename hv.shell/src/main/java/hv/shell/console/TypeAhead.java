package hv.shell.console;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.function.LongSupplier;

/**
 * Keeps what is typed on a terminal while a guest boots: a guest takes its terminals anew then, and throws away what came before. It passes once the guest listens,
 * <ul>
 * <li>which it does from its first prompt on, see {@link PlainOutput};
 * <li>or when it says nothing any more: for {@value #PATIENCE_SECONDS} s, or {@value #FIRST_PATIENCE_SECONDS} s where it has said nothing yet;
 * <li>or when somebody types a control character other than a new line, a tab or an erasure: an interrupt or an arrow in a boot menu is meant at once;
 * <li>and, for as long as the line stands, where it asks for a key, as boot loaders do.
 * </ul>
 * One thread tells what was printed, one what was typed, and one waits.
 */
final class TypeAhead {
    static final int PATIENCE_SECONDS = 10;
    static final int FIRST_PATIENCE_SECONDS = 60;
    static final long QUIET_NANOS = 150_000_000L;

    private final LongSupplier clockNanos;
    private final PlainOutput printed = new PlainOutput(OutputStream.nullOutputStream());
    private long sinceNanos;
    private boolean saidSomething;
    private boolean asksForKey;
    private boolean over;

    /** @param clockNanos as {@link System#nanoTime()} */
    TypeAhead(LongSupplier clockNanos) {
        this.clockNanos = clockNanos;
        sinceNanos = clockNanos.getAsLong();
    }

    /** The guest printed so many bytes; 0, while it is quiet, from time to time. */
    synchronized void printed(byte[] bytes, int lenBytes) {
        if (over) {
            return;
        }
        long now = clockNanos.getAsLong();
        try {
            if (lenBytes > 0) {
                saidSomething = true;
                sinceNanos = now;
                over = printed.write(bytes, 0, lenBytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("what goes nowhere cannot fail", e);
        }
        long quietNanos = now - sinceNanos;
        long patienceSeconds = saidSomething ? PATIENCE_SECONDS : FIRST_PATIENCE_SECONDS;
        // What ends here may go on with the next piece of what it prints.
        boolean isQuiet = quietNanos >= QUIET_NANOS;
        asksForKey = isQuiet && printed.isAtKey();
        over |= isQuiet && printed.isAtPrompt() || quietNanos >= patienceSeconds * 1_000_000_000L;
        if (over || asksForKey) {
            notifyAll();
        }
    }

    /** Somebody typed the first so many of these. */
    synchronized void typed(byte[] bytes, int lenBytes) {
        for (int i = 0; i < lenBytes && !over; i++) {
            over = bytes[i] >= 0 && bytes[i] < ' ' && "\r\n\t\b".indexOf(bytes[i]) < 0;
        }
        if (over) {
            notifyAll();
        }
    }

    /** Whether the guest listens. */
    synchronized boolean passes() {
        return over || asksForKey;
    }

    /** Waits until the guest listens. */
    synchronized void await() throws InterruptedException {
        while (!passes()) {
            wait();
        }
    }
}
