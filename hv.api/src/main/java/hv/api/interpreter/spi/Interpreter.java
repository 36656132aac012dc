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

    /**
     * A turn of the vCPU on a host CPU begins: time may have been stolen from it ({@link Vcpu#stolenNanos}), which a guest that asked for it is told.
     * On the vCPU's thread, out of the guest; its registers are not to be touched. Called often: cheap where there is nothing to tell.
     */
    void turnBegins(Vcpu vcpu);

    /** The machine starts again from its images: what the guest told the firmware is forgotten. No vCPU runs. */
    void reset();

    @Override
    void close();
}
