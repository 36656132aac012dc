package hv.machine.internal;

import hv.api.part.Origin;
import hv.api.part.ReplaceException;
import hv.api.part.ReplaceReport;
import hv.api.state.Deadline;
import hv.api.state.Stateful;

/**
 * The replacement of one part of a machine: prepare, close intake and drain, safepoint, move the state, commit, wake. Whatever fails before the commit
 * leaves the old part serving. Every call of a plugin is bounded in time.
 */
final class Replacement<T extends Stateful> {
    private static final long PREPARE_NANOS = 5_000_000_000L;
    private static final long DRAIN_MILLIS = 5_000;
    private static final long SAFEPOINT_NANOS = 2_000_000_000L;
    private static final long TRANSFER_NANOS = 1_000_000_000L;

    private final PartSlot<T> slot;
    private final HostedMachine machine;
    private final FactoryRegistry.Entry to;

    Replacement(PartSlot<T> slot, FactoryRegistry.Entry to) {
        this.slot = slot;
        this.machine = slot.machine;
        this.to = to;
    }

    /** Under the machine's life lock, not on a vCPU's thread. */
    ReplaceReport run() throws ReplaceException {
        long begun = System.nanoTime();
        Origin from = slot.maker().origin();
        T fresh = new PluginCall<>("make " + slot.path + " of " + to.origin(), () -> slot.make(to)).await(PREPARE_NANOS);
        T old = slot.part();
        long stopNanos;
        boolean kept;
        slot.closeIntake();
        try {
            boolean drains = slot.drainsWhileGuestRuns();
            if (drains) {
                sleepOld();
            }
            long stop = System.nanoTime();
            try {
                if (slot.needsSafepoint() && !machine.gate().close(SAFEPOINT_NANOS)) {
                    throw new ReplaceException(slot.path + " cannot be replaced now: a vCPU did not come out of the guest");
                }
            } catch (ReplaceException e) {
                if (drains) {
                    wakeOld(fresh);
                }
                throw e;
            }
            try {
                if (!drains) {
                    sleepOld();
                }
                kept = move(fresh);
                slot.commit(fresh, to);
                wakeNew(fresh);
            } finally {
                slot.resumeContexts();
                if (slot.needsSafepoint()) {
                    machine.gate().open();
                }
                stopNanos = slot.needsSafepoint() ? System.nanoTime() - stop : 0;
            }
        } catch (ReplaceException e) {
            machine.faults().report(machine.name() + " " + slot.path, "replacement by " + to.origin() + " failed, " + from + " serves on: " + e.getMessage());
            closeQuietly(fresh, to.origin());
            throw e;
        } finally {
            slot.openIntake();
        }
        machine.stops().record(stopNanos);
        closeQuietly(old, from);
        return new ReplaceReport(slot.path, from, to.origin(), kept, stopNanos, System.nanoTime() - begun);
    }

    private void sleepOld() throws ReplaceException {
        try {
            slot.sleep(Deadline.afterMillis(DRAIN_MILLIS));
        } catch (hv.api.state.NotAsleepException e) {
            throw new ReplaceException("cannot be replaced now: " + e.getMessage());
        } catch (RuntimeException | LinkageError e) {
            throw new ReplaceException("the part in service failed to sleep: " + Faults.describe(e));
        }
    }

    private boolean move(T fresh) throws ReplaceException {
        try {
            return new PluginCall<>("hand " + slot.path + " over to " + to.origin(), () -> slot.transfer(fresh)).await(TRANSFER_NANOS);
        } catch (ReplaceException e) {
            slot.rollBack(fresh, true);
            throw e;
        }
    }

    private void wakeOld(T fresh) {
        slot.rollBack(fresh, true);
        slot.resumeContexts();
    }

    /** After the commit a fault is quarantine: the part is in service, and reported. */
    private void wakeNew(T fresh) {
        try {
            new PluginCall<>("wake " + slot.path + " of " + to.origin(), () -> {
                fresh.wake();
                return null;
            }).await(TRANSFER_NANOS);
        } catch (ReplaceException e) {
            slot.unhealthy(e.getMessage());
            machine.faults().report(machine.name() + " " + slot.path, e.getMessage());
        }
    }

    private void closeQuietly(T part, Origin of) {
        if (part instanceof AutoCloseable c) {
            try {
                c.close();
            } catch (Exception | LinkageError e) {
                machine.faults().report(machine.name() + " " + slot.path + " of " + of, e);
            }
        }
    }
}
