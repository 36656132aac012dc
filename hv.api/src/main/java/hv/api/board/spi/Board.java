package hv.api.board.spi;

import hv.api.SpecException;
import hv.api.device.DeviceSpec;
import hv.api.device.Entropy;
import hv.api.memory.RamRegion;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** The layout of one machine. Immutable; any thread. */
@ConsumerType
public interface Board {
    /** Exactly one region for now. */
    List<RamRegion> ram();

    /** All devices, interrupt controllers first. */
    List<DeviceSpec> devices();

    long timebaseHz();

    /**
     * Reads and checks the images the specification names, without touching a machine; so that a bad one is refused before anything is made.
     *
     * @throws SpecException an image is missing, truncated, of the wrong kind or too large
     */
    BootPlan plan() throws SpecException;

    /** What is to be done to start the guest. Can be executed again for a reset. */
    @ConsumerType
    interface BootPlan {
        /** Writes images, device tree and tables into cleared RAM. The segment is all of the (one) RAM region. */
        void load(MemorySegment ram, Entropy entropy) throws SpecException;

        /** Whether it is firmware that starts: on every vCPU, in the reset state of the ISA. Otherwise vCPU 0 starts alone, as its firmware would start it. */
        boolean firmware();

        /** Where vCPU 0, or the firmware, starts. */
        long entry();

        /** Second argument (RISC-V: a1, address of the device tree); the first is the vCPU's number. */
        long opaque();

        /** Third argument of firmware (RISC-V: a2, address of what it is to start next), 0 for none. */
        long next();
    }
}
