package hv.machine.internal;

import hv.api.part.PartKind;
import hv.api.state.Stateful;
import java.util.function.Function;

/** The place of a dispatcher or interpreter. */
final class ModuleSlot<T extends Stateful> extends PartSlot<T> {
    private final Function<FactoryRegistry.Entry, T> factory;

    ModuleSlot(HostedMachine machine, PartKind kind, FactoryRegistry.Entry maker, Function<FactoryRegistry.Entry, T> factory) {
        super(machine, kind.name().toLowerCase(java.util.Locale.ROOT), kind, maker);
        this.factory = factory;
    }

    @Override
    T make(FactoryRegistry.Entry entry) {
        return factory.apply(entry);
    }

    @Override
    void publish(T fresh) {
        machine.places().rewire();
    }
}
