package hv.scheduler.realtime.internal;

import hv.api.scheduler.spi.Share;
import hv.api.scheduler.spi.TurnEnd;
import hv.api.state.StateException;
import hv.api.state.StateTag;
import hv.runqueue.QueuePolicy;

/**
 * Constant-bandwidth servers over global earliest deadline first (Abeni, Buttazzo, "Integrating multimedia applications in hard real-time systems", 1998;
 * Linux' SCHED_DEADLINE is one). A vCPU with a reservation has a budget for each period and a deadline at its end; the earliest deadline runs, and preempts.
 * A budget that is used up is renewed at the deadline and not before: nobody takes more than it reserved, so that all promises can be kept (whether
 * they can together, the host has asked before it made them). What is left belongs to the vCPUs without a reservation, in turns.
 */
final class ConstantBandwidth extends QueuePolicy {
    static final StateTag TAG = new StateTag("scheduler-realtime", 1);
    private static final long SLICE_NANOS = 5_000_000;
    /** Behind all deadlines. */
    private static final long UNRESERVED = 1L << 61;
    /** A budget that is less is not worth a turn. */
    private static final long CRUMB_NANOS = 50_000;
    private static final int DEADLINE = 0;
    private static final int BUDGET = 1;
    /** Not before then: its budget is renewed. */
    private static final int RELEASE = 2;

    ConstantBandwidth() {
        super(TAG, 3);
    }

    private void serve(int slot, long deadline, long budget, long release) {
        own(slot, DEADLINE, bounded(deadline));
        own(slot, BUDGET, budget);
        own(slot, RELEASE, release);
    }

    @Override
    protected long orderOfReady(int slot, long nowNanos) {
        Share s = share(slot);
        if (!s.isReserved()) {
            return bounded(UNRESERVED + nowNanos);
        }
        long left = own(slot, DEADLINE) - nowNanos;
        if (nowNanos >= own(slot, RELEASE)) {
            // What is left of budget and deadline would be more than its bandwidth: a new period begins now.
            if (left <= 0 || left > s.periodNanos() || (double) own(slot, BUDGET) * s.periodNanos() >= (double) left * s.budgetNanos()) {
                serve(slot, nowNanos + s.periodNanos(), s.budgetNanos(), nowNanos);
            }
        }
        return own(slot, DEADLINE);
    }

    @Override
    protected long orderAfterTurn(int slot, long ranNanos, TurnEnd end, long nowNanos) {
        Share s = share(slot);
        if (!s.isReserved()) {
            return bounded(UNRESERVED + nowNanos);
        }
        long budget = own(slot, BUDGET) - ranNanos;
        long deadline = own(slot, DEADLINE);
        long release = own(slot, RELEASE);
        if (budget < CRUMB_NANOS) {
            // More than one period where it overran by more than a budget.
            long periods = 1 + Math.max(0, -budget) / s.budgetNanos();
            release = deadline + (periods - 1) * s.periodNanos();
            budget += periods * s.budgetNanos();
            deadline += periods * s.periodNanos();
        }
        serve(slot, deadline, budget, release);
        return own(slot, DEADLINE);
    }

    @Override
    protected long heldUntil(int slot, long nowNanos) {
        return share(slot).isReserved() && own(slot, RELEASE) > nowNanos ? own(slot, RELEASE) : 0;
    }

    @Override
    protected long sliceNanos(int slot, long nowNanos) {
        return share(slot).isReserved() ? own(slot, BUDGET) : SLICE_NANOS;
    }

    @Override
    protected boolean preempts(int slot, int runningSlot, long nowNanos) {
        return order(slot) < order(runningSlot) && share(slot).isReserved();
    }

    @Override
    protected long[] saveOwn() {
        return new long[0];
    }

    @Override
    protected void restoreOwn(long[] numbers) throws StateException {
        // All is the vCPUs'.
    }
}
