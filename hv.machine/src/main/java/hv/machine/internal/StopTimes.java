package hv.machine.internal;

import java.util.Arrays;

/** How long vCPUs stood still for the last replacements. Any thread. */
final class StopTimes {
    private static final int MOST = 10_000;
    private final long[] stops = new long[MOST];
    private int count;

    synchronized void record(long nanos) {
        stops[count++ % MOST] = nanos;
    }

    /** Oldest first. */
    synchronized long[] all() {
        if (count <= MOST) {
            return Arrays.copyOf(stops, count);
        }
        long[] out = new long[MOST];
        for (int i = 0; i < MOST; i++) {
            out[i] = stops[(count + i) % MOST];
        }
        return out;
    }
}
