package hv.api.interpreter.spi;

import hv.api.bus.Bus;
import hv.api.state.Stateful;
import hv.api.vcpu.Exit;
import hv.api.vcpu.Next;
import hv.api.vcpu.Vcpu;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Emulates the effect of an exit on virtual resources: firmware call, MMIO or port access, an instruction that the engine does not own.
 * Called on vCPU threads, several at once; never blocks.
 */
@ConsumerType
public interface Interpreter extends Stateful, AutoCloseable {
    /** Emulates and fills the exit's completion slot; a guest's error becomes a trap there, with {@link Next#REFLECT}. */
    Next interpret(Exit exit, Vcpu vcpu, Bus bus);

    @Override
    void close();
}
