package hv.interpreter.internal;

import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What one hart's counters count, and the values of those for firmware events. Counters 0 and 2 are the CSRs cycle and instret, whose values
 * are the hart's; 1, where the CSR time would be, is none; 3 to 18 count firmware events.
 *
 * <p>The hart's own thread, except for {@link #count}: any thread.
 */
final class PmuCounters {
    static final int COUNT = 19;
    static final int CYCLE = 0;
    static final int NONE = 1;
    static final int INSTRET = 2;
    static final int FIRST_FIRMWARE = 3;
    /** {@link #event}: the counter is free. */
    static final int FREE = -1;
    /** {@link #snapshotGpa}: no shared memory. */
    static final long NOWHERE = -1;
    static final int SNAPSHOT_BYTES = 4096;

    private final int[] events = new int[COUNT];
    private final AtomicLongArray values = new AtomicLongArray(COUNT - FIRST_FIRMWARE);
    /** By firmware event: bit n says that counter FIRST_FIRMWARE + n runs and counts it. */
    private final AtomicIntegerArray counting = new AtomicIntegerArray(PmuEvent.LAST_COUNTED + 1);
    private long snapshotGpa = NOWHERE;

    PmuCounters() {
        reset();
    }

    void reset() {
        java.util.Arrays.fill(events, FREE);
        for (int k = 0; k < counting.length(); k++) {
            counting.set(k, 0);
        }
        for (int k = 0; k < values.length(); k++) {
            values.set(k, 0);
        }
        snapshotGpa = NOWHERE;
    }

    static boolean exists(long counter) {
        return counter >= 0 && counter < COUNT && counter != NONE;
    }

    static boolean isHardware(int counter) {
        return counter < FIRST_FIRMWARE;
    }

    /** Whether a counter can count an event, by its index of the specification. */
    static boolean fits(int counter, int event) {
        return counter == CYCLE ? event == PmuEvent.HW_CPU_CYCLES : counter == INSTRET ? event == PmuEvent.HW_INSTRUCTIONS : PmuEvent.isFirmware(event);
    }

    /** The event that the counter was given, or {@link #FREE}. */
    int event(int counter) {
        return events[counter];
    }

    void give(int counter, int event) {
        events[counter] = event;
    }

    void free(int counter) {
        events[counter] = FREE;
    }

    boolean runs(int counter) {
        return events[counter] != FREE && (counting.get(events[counter] & 0xffff) & bit(counter)) != 0;
    }

    void run(int counter, boolean on) {
        int code = events[counter] & 0xffff;
        if (on) {
            counting.accumulateAndGet(code, bit(counter), (a, b) -> a | b);
        } else {
            counting.accumulateAndGet(code, ~bit(counter), (a, b) -> a & b);
        }
    }

    private static int bit(int counter) {
        return 1 << counter - FIRST_FIRMWARE;
    }

    long value(int counter) {
        return values.get(counter - FIRST_FIRMWARE);
    }

    void set(int counter, long value) {
        values.set(counter - FIRST_FIRMWARE, value);
    }

    /** A firmware event happened. Any thread. */
    void count(int event) {
        for (int left = counting.get(event); left != 0; left &= left - 1) {
            values.incrementAndGet(Integer.numberOfTrailingZeros(left));
        }
    }

    long snapshotGpa() {
        return snapshotGpa;
    }

    void snapshotAt(long gpa) {
        snapshotGpa = gpa;
    }

    void save(StateWriter out) {
        for (int k = 0; k < COUNT; k++) {
            out.putInt(events[k]);
        }
        for (int k = FIRST_FIRMWARE; k < COUNT; k++) {
            out.putBoolean(runs(k)).putLong(value(k));
        }
        out.putLong(snapshotGpa);
    }

    /** Into fresh counters. */
    void restore(StateReader in) throws StateException {
        for (int k = 0; k < COUNT; k++) {
            events[k] = in.getInt();
            if (events[k] != FREE && (k == NONE || !fits(k, events[k]))) {
                throw new StateException("counter " + k + " of a hart counts event " + Integer.toHexString(events[k]) + ", which it cannot");
            }
        }
        for (int k = FIRST_FIRMWARE; k < COUNT; k++) {
            boolean runs = in.getBoolean();
            set(k, in.getLong());
            if (runs && events[k] == FREE) {
                throw new StateException("counter " + k + " of a hart runs, and counts nothing");
            }
            if (runs) {
                run(k, true);
            }
        }
        snapshotGpa = in.getLong();
        if (snapshotGpa != NOWHERE && (snapshotGpa & SNAPSHOT_BYTES - 1) != 0) {
            throw new StateException("counters are shown at " + Long.toHexString(snapshotGpa) + ", which is not at a page's begin");
        }
    }
}
