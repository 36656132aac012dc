package hv.api.dispatcher.spi;

import hv.api.bus.Wiring;
import hv.api.state.Stateful;
import hv.api.vcpu.Exit;
import hv.api.vcpu.Next;
import hv.api.vcpu.Vcpu;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The one entry point for exits: decides which module acts, and does nothing itself. Called on vCPU threads, several at once; must not block or
 * allocate. State is whatever it counts or caches, usually none.
 */
@ConsumerType
public interface Dispatcher extends Stateful, AutoCloseable {
    /** Sends the exit to the module that acts, notes which in {@link Exit#routed}, and says how the vCPU goes on. */
    Next dispatch(Exit exit, Vcpu vcpu, Wiring wiring);

    @Override
    void close();
}
