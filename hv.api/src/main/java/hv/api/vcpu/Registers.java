package hv.api.vcpu;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A vCPU's registers by number (per ISA, e.g. {@link hv.api.riscv.RiscvRegister}). Only while the vCPU is out of the guest, on the thread
 * that handles its exit or at a safepoint.
 */
@ConsumerType
public interface Registers {
    /** @throws IllegalArgumentException no such register */
    long read(int register);

    /** @throws IllegalArgumentException no such register, or it cannot be written */
    void write(int register, long value);
}
