package hv.runqueue;

import java.util.Arrays;

/**
 * Caps as token buckets, by slot: tokens, nanoseconds of running, come at the rate of the cap, up to what a window yields. What is picked takes a slice's
 * worth and gives back what it did not use, so that several host CPUs never spend the same tokens. Who has run dry waits until half a window's have come.
 */
final class TokenBuckets {
    /** Long enough that 1 percent of it can be run in one piece, short enough that a capped guest is not seen to stand. */
    static final long WINDOW_NANOS = 20_000_000;
    /** Long-run overdraft, in windows: what a late end of a slice overdrew is paid back, but a clock that jumped must not stop a vCPU for hours. */
    private static final int MOST_DEBT_WINDOWS = 50;
    /** Of a machine with 64 vCPUs. */
    static final int MOST_PERCENT = 6_400;
    /** Not worth a turn. */
    private static final long CRUMB_NANOS = 500_000;

    int[] capPercent = new int[16];
    long[] tokens = new long[16];
    long[] atNanos = new long[16];

    void reach(int capacity) {
        if (capPercent.length < capacity) {
            capPercent = Arrays.copyOf(capPercent, capacity);
            tokens = Arrays.copyOf(tokens, capacity);
            atNanos = Arrays.copyOf(atNanos, capacity);
        }
    }

    private long full(int slot) {
        return WINDOW_NANOS / 100 * capPercent[slot];
    }

    /** The window begins anew, full, if the cap is another. */
    void cap(int slot, int percent, long nowNanos) {
        if (capPercent[slot] != percent) {
            capPercent[slot] = percent;
            tokens[slot] = full(slot);
            atNanos[slot] = nowNanos;
        }
    }

    private void refill(int slot, long nowNanos) {
        long passed = nowNanos - atNanos[slot];
        if (passed <= 0) {
            return;
        }
        atNanos[slot] = nowNanos;
        long most = full(slot);
        // Long absences fill it; the bound keeps the product small.
        long missing = most - tokens[slot];
        tokens[slot] = passed > (MOST_DEBT_WINDOWS + 1) * WINDOW_NANOS ? most : tokens[slot] + Math.min(missing, passed * capPercent[slot] / 100);
    }

    /** @return 0 if it may run now, else when it may */
    long readyAt(int slot, long nowNanos) {
        if (capPercent[slot] == 0) {
            return 0;
        }
        refill(slot, nowNanos);
        if (tokens[slot] >= Math.min(CRUMB_NANOS, full(slot) / 2)) {
            return 0;
        }
        return nowNanos + (full(slot) / 2 - tokens[slot]) * 100 / capPercent[slot] + 1;
    }

    /** What it may take at most, once {@link #readyAt} has said that it may run. */
    long available(int slot) {
        return capPercent[slot] == 0 ? Long.MAX_VALUE : tokens[slot];
    }

    /** @param nanos taken; given back where negative */
    void take(int slot, long nanos) {
        if (capPercent[slot] != 0) {
            tokens[slot] = Math.max(-MOST_DEBT_WINDOWS * WINDOW_NANOS, tokens[slot] - nanos);
        }
    }
}
