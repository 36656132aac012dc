package hv.api.vcpu;

import org.osgi.annotation.versioning.ProviderType;

/** A virtual CPU as the modules that handle its exits see it. */
@ProviderType
public interface Vcpu {
    /** 0 .. count-1; the hart id on RISC-V. */
    int index();

    /** Only while handling this vCPU's exit, or when the vCPU is stopped. */
    Registers registers();

    /** Any thread. FLUSH_TLB and FENCE_I are acknowledged before the call returns. */
    void request(Request request);

    /** Sets an interrupt line of the vCPU (RISC-V: 1 = supervisor software, 9 = supervisor external). Any thread; wakes a parked vCPU. */
    void interrupt(int line, boolean level);

    /** Runnable, parked or in the guest: it was started and not stopped. */
    boolean isStarted();

    /** Where it stands. Any thread; another vCPU may have moved on before the answer is used. */
    VcpuState state();

    /**
     * How long it had a reason to run, and no host CPU: since it was made, host nanoseconds, never less than before. Grows when a turn begins. Any
     * thread.
     */
    long stolenNanos();

    Guest guest();

    /** The machine around a vCPU: what firmware calls and power devices can do to it. */
    @ProviderType
    interface Guest {
        String name();

        int vcpuCount();

        /** @throws IndexOutOfBoundsException no such vCPU */
        Vcpu vcpu(int index);

        /**
         * Starts a stopped vCPU in supervisor mode, translation off (RISC-V: a0 = index, a1 = opaque). False if it is started already, or about to
         * stop ({@link VcpuState#STOP_PENDING}).
         */
        boolean startVcpu(int index, long entry, long opaque);

        /** The vCPU stops once the handling of its exit ends with {@link Next#STOP}. */
        void stopVcpu(int index);

        /** Ends the machine. The reason is for people. */
        void powerOff(String reason);

        /** The whole machine starts again from its images. */
        void reset(String reason);

        /** The machine cannot go on; pauses it as failed, with the reason. */
        void fail(String reason);

        /** Bytes of the firmware's debug console, shown on the machine's console. Never blocks; what does not fit is not taken. */
        int debugConsole(byte[] bytes, int offset, int lenBytes);

        /** Reads from the same console; 0 if nothing is there. */
        int debugConsoleRead(byte[] bytes, int offset, int lenBytes);

        /** Copies guest RAM, within the exit's handling. */
        hv.api.memory.GuestMemory memory();

        /** Frequency of the guest's time counter. */
        long timebaseHz();

        hv.api.time.MachineClock clock();
    }
}
