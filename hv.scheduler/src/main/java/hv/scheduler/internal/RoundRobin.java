package hv.scheduler.internal;

import hv.api.scheduler.spi.TurnEnd;
import hv.api.state.StateException;
import hv.api.state.StateTag;
import hv.runqueue.QueuePolicy;
import java.util.concurrent.TimeUnit;

/**
 * Round robin: runnable vCPUs stand in one line for all host CPUs; whoever is picked runs at most one slice and then goes to its end. Caps and
 * affinities hold; weights, priorities and reservations are kept for a successor.
 */
final class RoundRobin extends QueuePolicy {
    static final StateTag TAG = new StateTag("scheduler-round-robin", 2);
    static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** Numbers are drawn at the end of the line. */
    private long drawn;

    RoundRobin() {
        super(TAG, 0);
    }

    @Override
    protected long orderOfReady(int slot, long nowNanos) {
        return drawn++;
    }

    @Override
    protected long orderAfterTurn(int slot, long ranNanos, TurnEnd end, long nowNanos) {
        return drawn++;
    }

    @Override
    protected long sliceNanos(int slot, long nowNanos) {
        return SLICE_NANOS;
    }

    @Override
    protected boolean preempts(int slot, int runningSlot, long nowNanos) {
        return false;
    }

    @Override
    protected long[] saveOwn() {
        return new long[] {drawn};
    }

    @Override
    protected void restoreOwn(long[] numbers) throws StateException {
        if (numbers[0] < 0 || numbers[0] > MOST_ORDER) {
            throw new StateException("round-robin state has drawn " + numbers[0] + " numbers");
        }
        drawn = numbers[0];
    }
}
