package hv.machine.internal;

import hv.api.part.ReplaceException;
import hv.api.state.Deadline;
import hv.api.state.Handles;
import hv.api.state.HoldsHandles;
import hv.api.state.NotAsleepException;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.api.state.Stateful;
import java.util.HashMap;
import java.util.Map;

/**
 * Parts of a machine whose bundle has left and for which nobody else has a factory: asleep, their state kept as bytes and their handles kept open, until
 * a successor comes. The machine's vCPUs stay out of the guest meanwhile. Under the machine's life lock.
 */
final class Orphans {
    /** SCR waits no longer for an unbind. */
    private static final long SLEEP_MILLIS = 1_500;
    private static final long OUT_NANOS = 500_000_000L;
    private static final long ADOPT_NANOS = 2_000_000_000L;

    /** What is left of a part. */
    private record Remains(StateImage state, Handles handles) {
    }

    private final HostedMachine machine;
    private final Map<PartSlot<?>, Remains> remains = new HashMap<>();

    Orphans(HostedMachine machine) {
        this.machine = machine;
    }

    boolean has(PartSlot<?> slot) {
        return remains.containsKey(slot);
    }

    /** Paths of the parts that wait, for people; empty if none does. */
    String waiting() {
        return String.join(", ", remains.keySet().stream().map(s -> s.path + " (" + s.maker().factory().type() + ")").sorted().toList());
    }

    /** The part's classes are about to go. @throws ReplaceException it did not come to rest: it serves on as long as its classes last */
    <T extends Stateful> void keep(PartSlot<T> slot) throws ReplaceException {
        slot.closeIntake();
        if (!machine.gate().close(OUT_NANOS)) {
            slot.openIntake();
            throw new ReplaceException(slot.path + ": a vCPU did not come out of the guest");
        }
        try {
            slot.sleep(Deadline.afterMillis(SLEEP_MILLIS));
            T part = slot.part();
            StateImage state = StateImage.of(part);
            remains.put(slot, new Remains(state, part instanceof HoldsHandles h ? h.detach() : null));
            slot.unhealthy("its bundle has left; its state waits for another that makes " + slot.maker().factory().type());
        } catch (NotAsleepException | StateException | RuntimeException | LinkageError e) {
            slot.resumeContexts();
            slot.openIntake();
            machine.gate().open();
            throw new ReplaceException(slot.path + " could not be put by: " + e.getMessage());
        }
    }

    /** A successor takes over what is left. @throws ReplaceException it does not; what is left waits on */
    <T extends Stateful> void adopt(PartSlot<T> slot, FactoryRegistry.Entry by) throws ReplaceException {
        Remains left = remains.get(slot);
        T fresh = new PluginCall<>("make " + slot.path + " of " + by.origin(), () -> slot.make(by)).await(ADOPT_NANOS);
        new PluginCall<>("hand what is left of " + slot.path + " to " + by.origin(), () -> {
            left.state().into(fresh);
            if (left.handles() != null && fresh instanceof HoldsHandles h) {
                h.attach(left.handles());
            }
            slot.fit(fresh);
            return null;
        }).await(ADOPT_NANOS);
        remains.remove(slot);
        slot.commit(fresh, by);
        machine.places().wake(slot);
        slot.resumeContexts();
        slot.openIntake();
        machine.gate().open();
    }

    /** The machine is gone: nobody will ask for them any more. */
    void release() {
        for (Remains r : remains.values()) {
            if (r.handles() != null) {
                r.handles().close();
            }
        }
        remains.clear();
    }
}
