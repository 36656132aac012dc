package hv.machine.internal;

import hv.api.device.BackendFront;
import hv.api.device.BackendSpec;
import hv.api.state.Stateful;

/**
 * The place of a backend. Its front stays: what models ask of it while backends change hands waits there. No vCPU stops for it.
 *
 * @param <T> the contract of its kind
 */
abstract class BackendSlot<T extends Stateful> extends PartSlot<T> {
    final BackendSpec spec;

    BackendSlot(HostedMachine machine, BackendSpec spec, FactoryRegistry.Entry maker) {
        super(machine, spec.path(), spec.kind(), maker);
        this.spec = spec;
    }

    /** What models get, for the life of the machine. */
    abstract BackendFront front();

    /** The first instance, which has no predecessor's handles, opens what its specification names. */
    abstract void open() throws hv.api.HvException;

    @Override
    boolean needsSafepoint() {
        return false;
    }

    @Override
    boolean drainsWhileGuestRuns() {
        return true;
    }
}
