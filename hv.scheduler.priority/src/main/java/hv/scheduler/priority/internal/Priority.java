package hv.scheduler.priority.internal;

import hv.api.scheduler.spi.TurnEnd;
import hv.api.state.StateException;
import hv.api.state.StateTag;
import hv.runqueue.QueuePolicy;

/**
 * Strict priority with aging: the most urgent runnable vCPU runs, those of one priority take turns, and one that wakes preempts a less urgent one at once.
 * Who waits grows more urgent, a level for each {@value #AGING_NANOS} ns. As all age alike, the order of two that wait never changes: it is the time at
 * which they began to wait, put back by what their priorities are worth.
 */
final class Priority extends QueuePolicy {
    static final StateTag TAG = new StateTag("scheduler-priority", 1);
    private static final long SLICE_NANOS = 5_000_000;
    /** Of the least priority beside the highest one waits for not quite 8 s. */
    private static final long AGING_NANOS = 250_000_000;

    Priority() {
        super(TAG, 0);
    }

    private long orderAt(int slot, long nowNanos) {
        return bounded(nowNanos - share(slot).priority() * AGING_NANOS);
    }

    @Override
    protected long orderOfReady(int slot, long nowNanos) {
        return orderAt(slot, nowNanos);
    }

    @Override
    protected long orderAfterTurn(int slot, long ranNanos, TurnEnd end, long nowNanos) {
        return orderAt(slot, nowNanos);
    }

    @Override
    protected long sliceNanos(int slot, long nowNanos) {
        return SLICE_NANOS;
    }

    @Override
    protected boolean preempts(int slot, int runningSlot, long nowNanos) {
        return share(slot).priority() > share(runningSlot).priority();
    }

    @Override
    protected long[] saveOwn() {
        return new long[0];
    }

    @Override
    protected void restoreOwn(long[] numbers) throws StateException {
        // Time and shares are all that it goes by.
    }
}
