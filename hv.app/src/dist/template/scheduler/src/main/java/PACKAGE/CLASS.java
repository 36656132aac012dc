package @PACKAGE@;

import hv.api.scheduler.spi.TurnEnd;
import hv.api.state.StateException;
import hv.api.state.StateTag;
import hv.runqueue.QueuePolicy;

/** The least served first: whoever has run least so far, by weight, is next. */
final class @CLASS@ extends QueuePolicy {
    private static final long SLICE_NANOS = 4_000_000;

    /** How far the one that was picked last had come: who comes, or slept, begins there, so that nobody saves time up. */
    private long pace;

    @CLASS@() {
        super(new StateTag("@NAME@", 1), 0);
    }

    @Override
    protected long orderOfReady(int slot, long nowNanos) {
        return Math.max(order(slot), pace);
    }

    @Override
    protected long orderAfterTurn(int slot, long ranNanos, TurnEnd end, long nowNanos) {
        return bounded(order(slot) + ranNanos * 100 / share(slot).weight());
    }

    @Override
    protected long sliceNanos(int slot, long nowNanos) {
        pace = order(slot);
        return SLICE_NANOS;
    }

    @Override
    protected boolean preempts(int slot, int runningSlot, long nowNanos) {
        return nowNanos - sinceNanos(runningSlot) > 1_000_000 && order(slot) < order(runningSlot);
    }

    @Override
    protected long[] saveOwn() {
        return new long[] {pace};
    }

    @Override
    protected void restoreOwn(long[] numbers) throws StateException {
        if (numbers[0] < 0 || numbers[0] > MOST_ORDER) {
            throw new StateException("@NAME@ state has a pace of " + numbers[0]);
        }
        pace = numbers[0];
    }
}
