package hv.api.engine.spi;

import org.osgi.annotation.versioning.ConsumerType;

/** Runs one machine's vCPUs. */
@ConsumerType
public interface Engine extends AutoCloseable {
    EngineTraits traits();

    /** Attaches to a vCPU; the core starts asleep, in the reset state of its ISA. Each index once. */
    VcpuCore createVcpu(int index);

    /** Releases everything. No core is running. */
    @Override
    void close();
}
