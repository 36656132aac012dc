package hv.scheduler.eevdf.internal;

import hv.api.scheduler.spi.TurnEnd;
import hv.api.state.StateException;
import hv.api.state.StateTag;
import hv.runqueue.QueuePolicy;
import hv.runqueue.SlotHeap;

/**
 * Earliest eligible virtual deadline first (Stoica, Abdel-Wahab, "Earliest Eligible Virtual Deadline First", TR-95-22; in Linux since 6.6). Virtual time
 * passes for a vCPU as it runs, the slower the heavier it is; the mean of all, by weight, is the time of the whole. One that is not ahead of that is
 * eligible; of these the one runs whose request, a slice, is to be done first. Whoever sleeps keeps what it was owed, up to two slices.
 * <p>The queue is in the order of virtual times; those found eligible stand in a second one, in the order of deadlines.
 */
final class Eevdf extends QueuePolicy {
    static final StateTag TAG = new StateTag("scheduler-eevdf", 1);
    private static final long USUAL_WEIGHT = 100;
    /** Linux' base slice, for one to three host CPUs. */
    private static final long SLICE_NANOS = 2_800_000;
    private static final long LEAST_SLICE_NANOS = 500_000;
    /** How many are found eligible in one decision. */
    private static final int MOST_MOVED = 4;
    private static final long LEFT_ALONE_NANOS = 500_000;
    /** Of a vCPU: when its request is to be done, in virtual time. */
    private static final int DEADLINE = 0;
    /** Of a vCPU that is blocked: what it was owed, in its virtual time. */
    private static final int LAG = 1;

    private final SlotHeap eligible = new SlotHeap();
    /** A virtual time near the mean, from which sums are taken so that they stay small. */
    private long base;
    /** Of all that are not blocked: sum of weight times virtual time since base. */
    private long weighted;
    /** Of all that are not blocked. */
    private long weight;

    Eevdf() {
        super(TAG, 2);
    }

    private long meanTime() {
        return weight <= 0 ? base : bounded(base + Math.floorDiv(weighted, weight));
    }

    private void moveBase() {
        long mean = meanTime();
        weighted -= weight * (mean - base);
        base = mean;
    }

    private long virtual(int slot, long nanos) {
        return nanos * USUAL_WEIGHT / share(slot).weight();
    }

    @Override
    protected long orderOfReady(int slot, long nowNanos) {
        long mean = meanTime();
        long lag = own(slot, LAG);
        // What it owed it has paid by sleeping until all others came to its time; what it was owed it keeps, within bounds.
        long time = lag >= 0 ? bounded(mean - Math.min(lag, virtual(slot, 2 * SLICE_NANOS))) : Math.clamp(order(slot), mean, bounded(mean + virtual(slot, 2 * SLICE_NANOS)));
        own(slot, DEADLINE, bounded(time + virtual(slot, SLICE_NANOS)));
        weight += share(slot).weight();
        weighted += share(slot).weight() * (time - base);
        return time;
    }

    @Override
    protected long orderAfterTurn(int slot, long ranNanos, TurnEnd end, long nowNanos) {
        long passed = virtual(slot, ranNanos);
        long time = bounded(order(slot) + passed);
        weighted += share(slot).weight() * passed;
        moveBase();
        if (time >= own(slot, DEADLINE)) {
            own(slot, DEADLINE, bounded(time + virtual(slot, SLICE_NANOS)));
        }
        return time;
    }

    @Override
    protected void leaves(int slot, long nowNanos) {
        own(slot, LAG, bounded(meanTime() - order(slot)));
        weight -= share(slot).weight();
        weighted -= share(slot).weight() * (order(slot) - base);
        if (weight <= 0) {
            weighted = 0;
        }
    }

    @Override
    protected int first(int hostCpu, long nowNanos) {
        long mean = meanTime();
        // A few at a time: the mean may pass many at once, and more move in each decision than leave by one.
        for (int i = 0; i < MOST_MOVED; i++) {
            int s = queue().first();
            if (s < 0 || queue().order(s) > mean) {
                break;
            }
            queue().remove(s);
            eligible.add(s, own(s, DEADLINE), key(s));
        }
        int first = firstOf(eligible, hostCpu);
        // Nobody is owed time, or may run here: no host CPU idles for that.
        return first >= 0 ? first : firstOf(queue(), hostCpu);
    }

    @Override
    protected int anyQueued() {
        return eligible.first() >= 0 ? eligible.first() : queue().first();
    }

    @Override
    protected void dequeued(int slot) {
        eligible.remove(slot);
    }

    @Override
    protected long sliceNanos(int slot, long nowNanos) {
        long left = Math.clamp(own(slot, DEADLINE) - order(slot), 0, virtual(slot, SLICE_NANOS));
        return Math.max(LEAST_SLICE_NANOS, left * share(slot).weight() / USUAL_WEIGHT);
    }

    @Override
    protected boolean preempts(int slot, int runningSlot, long nowNanos) {
        return nowNanos - sinceNanos(runningSlot) >= LEFT_ALONE_NANOS && order(slot) <= meanTime() && own(slot, DEADLINE) < own(runningSlot, DEADLINE);
    }

    @Override
    protected long[] saveOwn() {
        return new long[] {base, weighted, weight};
    }

    @Override
    protected void restoreOwn(long[] numbers) throws StateException {
        if (bounded(numbers[0]) != numbers[0] || numbers[2] < 0 || numbers[2] > 1L << 32) {
            throw new StateException("eevdf state has a mean time of " + numbers[0] + " for a weight of " + numbers[2]);
        }
        base = numbers[0];
        weighted = numbers[1];
        weight = numbers[2];
        eligible.clear();
    }
}
