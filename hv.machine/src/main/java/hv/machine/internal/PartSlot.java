package hv.machine.internal;

import hv.api.part.PartInfo;
import hv.api.part.PartKind;
import hv.api.part.ReplaceException;
import hv.api.state.Handles;
import hv.api.state.HoldsHandles;
import hv.api.state.NotAsleepException;
import hv.api.state.Deadline;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.api.state.Stateful;

/**
 * The place of one part in a machine. The place stays, instances come and go. Changed only under the machine's life lock, at a safepoint.
 *
 * @param <T> the kind's contract
 */
abstract class PartSlot<T extends Stateful> {
    final HostedMachine machine;
    final String path;
    final PartKind kind;
    private volatile FactoryRegistry.Entry maker;
    private volatile T part;
    private volatile long generation = 1;
    private volatile String health = "ok";
    private volatile FactoryRegistry.Entry previous;
    private volatile long replacedAtNanos;
    /** Handles between two parts: out of the old one and not yet in the new one. */
    private volatile Handles inTransit;

    PartSlot(HostedMachine machine, String path, PartKind kind, FactoryRegistry.Entry maker) {
        this.machine = machine;
        this.path = path;
        this.kind = kind;
        this.maker = maker;
    }

    /** Makes an instance, asleep; may be called on a plugin thread. */
    abstract T make(FactoryRegistry.Entry entry) throws hv.api.HvException;

    /** Puts the instance into service; host code that does not fail. */
    abstract void publish(T fresh);

    /** Whether vCPUs touch the part between two safepoints. */
    boolean needsSafepoint() {
        return true;
    }

    /** Whether the part is behind a queue, so that it can drain and sleep while the guest runs; others sleep at the safepoint. */
    boolean drainsWhileGuestRuns() {
        return false;
    }

    /** Nothing new comes in from now on. */
    void closeIntake() {
        // Most parts are reached by vCPUs alone.
    }

    void openIntake() {
        // See closeIntake.
    }

    /** Contexts that must be idle while the part changes hands. */
    java.util.List<SerialContext> contexts() {
        return java.util.List.of();
    }

    /** What a new part that starts empty must be told. */
    void tellWhatIsLive(T fresh) {
        // Most parts start empty as they are.
    }

    /** The last check before the commit that the part can refuse, on a plugin thread: the state has moved. */
    void fit(T fresh) throws ReplaceException {
        // Most parts fit if they took the state.
    }

    /** The commit failed after {@link #fit}: the old part is in service as before. */
    void unfit(T old) {
        // See fit.
    }

    final T part() {
        return part;
    }

    final FactoryRegistry.Entry maker() {
        return maker;
    }

    final void install(T first) {
        part = first;
        publish(first);
    }

    /** Whose part served well before the one in service, to go back to at a fault; null if nobody's. */
    final FactoryRegistry.Entry previous() {
        return previous;
    }

    final long replacedAtNanos() {
        return replacedAtNanos;
    }

    final void commit(T fresh, FactoryRegistry.Entry entry) {
        // Once back, there is nobody to go back to: two faulty parts must not take turns.
        previous = entry == previous ? null : maker;
        replacedAtNanos = System.nanoTime();
        part = fresh;
        maker = entry;
        generation++;
        health = "ok";
        publish(fresh);
    }

    final void unhealthy(String why) {
        health = why;
    }

    final boolean isHealthy() {
        return health.equals("ok");
    }

    PartInfo info() {
        return new PartInfo(path, kind, maker.factory().type(), maker.origin(), part.id().tag(), generation, health);
    }

    /** Plugin thread; the old part sleeps. @return whether the state was kept */
    final boolean transfer(T fresh) throws StateException, ReplaceException {
        T old = part;
        boolean kept = old.id().tag().equals(fresh.id().tag());
        if (kept) {
            StateImage.of(old).into(fresh);
        }
        if (old instanceof HoldsHandles from && fresh instanceof HoldsHandles to) {
            inTransit = from.detach();
            to.attach(inTransit);
            inTransit = null;
        }
        if (!kept) {
            tellWhatIsLive(fresh);
        }
        fit(fresh);
        return kept;
    }

    /** Before the commit: the old part serves on. */
    final void rollBack(T fresh, boolean wasAsleep) {
        T old = part;
        Handles h = inTransit;
        inTransit = null;
        if (old instanceof HoldsHandles from) {
            try {
                if (h == null && fresh instanceof HoldsHandles to && wasAsleep) {
                    h = to.detach();
                }
                if (h != null) {
                    from.attach(h);
                }
            } catch (StateException | RuntimeException | LinkageError e) {
                machine.faults().report(machine.name() + " " + path, e);
            }
        }
        if (wasAsleep) {
            unfit(old);
            old.wake();
        }
    }

    /** Puts the part to sleep, letting its contexts run in between as long as work is in flight. Contexts are suspended afterwards. */
    final void sleep(Deadline by) throws NotAsleepException {
        for (;;) {
            suspend(by);
            try {
                part.sleep(by);
                return;
            } catch (NotAsleepException e) {
                // Completions must come through, even in a paused machine: what is in flight was asked for before the pause.
                contexts().forEach(SerialContext::resume);
                if (by.passed()) {
                    throw new NotAsleepException(path + ": " + e.getMessage());
                }
                java.util.concurrent.locks.LockSupport.parkNanos(500_000);
            } catch (RuntimeException | LinkageError e) {
                resumeContexts();
                throw e;
            }
        }
    }

    private void suspend(Deadline by) throws NotAsleepException {
        java.util.List<SerialContext> done = new java.util.ArrayList<>();
        for (SerialContext c : contexts()) {
            if (!c.suspend(Math.max(1, by.remainingNanos()))) {
                done.forEach(SerialContext::resume);
                throw new NotAsleepException(path + ": its I/O context is busy");
            }
            done.add(c);
        }
    }

    /** After the replacement; a paused machine's contexts stay suspended. */
    final void resumeContexts() {
        if (!machine.gate().isHalted()) {
            contexts().forEach(SerialContext::resume);
        }
    }
}
