package hv.api.engine.spi;

import hv.api.memory.RamView;
import hv.api.riscv.spi.InterruptFile;
import hv.api.time.MachineClock;
import org.osgi.annotation.versioning.ProviderType;

/** All that an engine gets of its machine. */
@ProviderType
public interface EngineContext {
    String machineName();

    int vcpuCount();

    RamView ram();

    MachineClock clock();

    /** Ticks per second of the guest's time counter; guest time in ticks is {@code clock().nowNanos() * timebaseHz / 10^9}. */
    long timebaseHz();

    /** Every privileged instruction exits: for teaching, and as a test that both ways agree. */
    boolean strict();

    /**
     * The machine boots firmware: its vCPUs have the ISA's firmware mode (RISC-V: M mode with PMP) and reset into it. Otherwise firmware calls leave
     * the guest.
     */
    boolean firmwareMode();

    /**
     * RISC-V: the interrupt file of a vCPU, which stays while IMSICs are replaced behind it; null if the machine has no IMSIC of that level. With one the
     * hart has the CSRs of Smaia and Ssaia.
     */
    InterruptFile interruptFile(int vcpu, boolean machineLevel);

    /** A setting of the machine's description, e.g. "mmu" = "sv39"; null if not set. */
    String setting(String name);

    /**
     * A vCPU's timer was set: its core wants {@code request(INTERRUPT)} at that guest time.
     *
     * @param deadlineNanos guest time, nanoseconds; {@link Long#MAX_VALUE} for none; one in the past is served at once
     */
    void armTimer(int vcpu, long deadlineNanos);
}
