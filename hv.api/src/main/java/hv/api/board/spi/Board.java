package hv.api.board.spi;

import hv.api.SpecException;
import hv.api.device.DeviceSpec;
import hv.api.device.Entropy;
import hv.api.memory.RamRegion;
import hv.api.vcpu.Registers;
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

    /**
     * The registers of a vCPU that another one starts by a firmware call (RISC-V: SBI hart_start), from the reset state of the ISA.
     *
     * @throws UnsupportedOperationException vCPUs of this ISA start each other inside the engine (x86: INIT and SIPI)
     */
    void startAt(int vcpu, long entry, long opaque, Registers registers);

    /** What is to be done to start the guest. Can be executed again for a reset. */
    @ConsumerType
    interface BootPlan {
        /** Writes images, device tree and tables into cleared RAM. The segment is all of the (one) RAM region. */
        void load(MemorySegment ram, Entropy entropy) throws SpecException;

        /** Whether this vCPU is started with the machine. Others wait until one that runs starts them by a firmware call. */
        boolean starts(int vcpu);

        /** The registers with which a vCPU that {@link #starts} begins, as its firmware or reset code would leave them; from the reset state of the ISA. */
        void begin(int vcpu, Registers registers);
    }
}
