package hv.app.internal;

import hv.api.Progress;
import java.io.PrintStream;

/** Progress for people: on a terminal one line that is overwritten, elsewhere a line for each step. Calls come one at a time. */
final class ProgressLine implements Progress {
    private static final long INTERVAL_NANOS = 100_000_000L;
    /** From here on units are bytes, below they are things. */
    private static final long COUNTED = 10_000;

    private final PrintStream to;
    private final boolean overwrites;
    private String step = "";
    private long shownNanos;
    private boolean open;

    ProgressLine(PrintStream to, boolean overwrites) {
        this.to = to;
        this.overwrites = overwrites;
    }

    @Override
    public synchronized void at(String what, long done, long total) {
        boolean isNew = !what.equals(step);
        if (!overwrites) {
            if (isNew) {
                to.println("hv: " + what);
            }
            step = what;
            return;
        }
        long nowNanos = System.nanoTime();
        if (!isNew && nowNanos - shownNanos < INTERVAL_NANOS && done != total) {
            return;
        }
        if (isNew) {
            end();
        }
        step = what;
        shownNanos = nowNanos;
        to.print("\rhv: " + what + (total >= COUNTED ? String.format(" %3d %% of %.1f MB", done * 100 / total, total / 1e6) : total > 0 ? " " + done + " of " + total : ""));
        to.print("\033[K");
        to.flush();
        open = true;
    }

    /** Ends the line that is being overwritten, if there is one. */
    synchronized void end() {
        if (open) {
            to.println();
            to.flush();
            open = false;
        }
    }
}
