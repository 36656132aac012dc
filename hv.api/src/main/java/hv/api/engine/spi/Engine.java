package hv.api.engine.spi;

import hv.api.state.Stateful;
import org.osgi.annotation.versioning.ConsumerType;

/** Runs one machine's vCPUs. */
@ConsumerType
public interface Engine extends AutoCloseable {
    EngineTraits traits();

    /** Attaches to a vCPU; the core starts asleep, in the reset state of its ISA. Each index once. */
    VcpuCore createVcpu(int index);

    /**
     * What the engine holds for the machine as a whole beside its cores (KVM: interrupt controllers, timer chip, clock): saved with them, and restored
     * and woken before them. Null if it holds nothing.
     */
    Stateful shared();

    /** What is {@link #shared} goes to its reset state, before the cores do. No core is running. */
    void reset();

    /** The interrupt controller that the engine has itself; null unless {@link EngineTraits#ownsInterruptController}. */
    EngineInterrupts interrupts();

    /** Releases everything. No core is running. */
    @Override
    void close();
}
