package hv.scheduler.credit.internal;

import hv.api.scheduler.spi.TurnEnd;
import hv.api.state.StateException;
import hv.api.state.StateTag;
import hv.runqueue.QueuePolicy;

/**
 * Proportional share after Xen's credit2 (xen/common/sched/credit2.c): running burns credit, the faster the lighter the vCPU; the runnable one with
 * the most credit is next; when even that has none, all get some more. Whoever slept has at most the credit of one such gift, so that it runs soon, and
 * cannot save up.
 * <p>A gift to all is one number: what is kept is what each has burned, and credit is what has been given since the beginning less that. So the order of
 * the queue does not change by it, and it costs nothing whatever the number of vCPUs. Unlike credit2 there is one queue for all host CPUs.
 */
final class Credit extends QueuePolicy {
    static final StateTag TAG = new StateTag("scheduler-credit", 1);
    /** A gift, in nanoseconds of running at the usual weight. CSCHED2_CREDIT_INIT. */
    private static final long GIFT = 10_000_000;
    /** Then all begin to count anew: after months at least. */
    private static final long RESTART = 1L << 60;
    private static final long USUAL_WEIGHT = 100;
    private static final long LEAST_SLICE_NANOS = 1_000_000;
    private static final long MOST_SLICE_NANOS = 10_000_000;
    /** Who runs is left alone for so long: a translating engine has to warm caches. Half of credit2's usual rate limit. */
    private static final long LEFT_ALONE_NANOS = 500_000;

    /** Sum of all gifts. */
    private long given = GIFT;

    Credit() {
        super(TAG, 0);
    }

    private long burned(int slot, long ranNanos) {
        return bounded(order(slot) + ranNanos * USUAL_WEIGHT / share(slot).weight());
    }

    /** No more credit than so many gifts: order is what it has burned. */
    private long clipped(long burned, int gifts) {
        return Math.max(burned, given - gifts * GIFT);
    }

    @Override
    protected long orderOfReady(int slot, long nowNanos) {
        return clipped(order(slot), 1);
    }

    @Override
    protected long orderAfterTurn(int slot, long ranNanos, TurnEnd end, long nowNanos) {
        // One more than asleep: the gift that was given while it ran is its due.
        return clipped(burned(slot, ranNanos), 2);
    }

    @Override
    protected long sliceNanos(int slot, long nowNanos) {
        long lack = order(slot) - given;
        if (lack >= 0) {
            // The one with the most has none: gifts until it has.
            given += (lack / GIFT + 1) * GIFT;
            if (given > RESTART) {
                shiftOrders(GIFT - given);
                given = GIFT;
            }
        }
        int next = queue().first();
        if (next < 0) {
            return MOST_SLICE_NANOS;
        }
        // Until the next one has more, and no shorter than is worth the change.
        long ahead = Math.clamp(order(next) - order(slot), 0, GIFT * share(slot).weight());
        return Math.clamp(ahead * share(slot).weight() / USUAL_WEIGHT, LEAST_SLICE_NANOS, MOST_SLICE_NANOS);
    }

    @Override
    protected boolean preempts(int slot, int runningSlot, long nowNanos) {
        long ranNanos = nowNanos - sinceNanos(runningSlot);
        return ranNanos >= LEFT_ALONE_NANOS && order(slot) < burned(runningSlot, ranNanos);
    }

    @Override
    protected long[] saveOwn() {
        return new long[] {given};
    }

    @Override
    protected void restoreOwn(long[] numbers) throws StateException {
        if (numbers[0] < GIFT || numbers[0] > 2 * RESTART) {
            throw new StateException("credit state has given " + numbers[0]);
        }
        given = numbers[0];
    }
}
