package hv.api.debug;

import hv.api.HvException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * One debugger at one machine. It begins while the machine runs; {@link #interrupt} holds it. Any thread, but not a vCPU's; {@link #await} by one at
 * a time. All but {@code interrupt} may wait for a life-cycle call (a save, a replacement) to end.
 */
@ProviderType
public interface DebugSession extends AutoCloseable {
    /** ISA of the engine's traits, e.g. "riscv64"; gives register numbers their meaning. */
    String isa();

    int vcpuCount();

    /** What a vCPU is doing, for people: "not started", "waiting for an interrupt" or "running". */
    String activity(int vcpu);

    /** Holds the machine. Returns at once; the event comes by {@link #await}, unless another comes first. */
    void interrupt();

    /**
     * Waits until the machine is held or has ended.
     *
     * @param timeoutNanos at least 0
     * @return why; null if the time has passed, or the session was closed
     */
    DebugEvent await(long timeoutNanos) throws InterruptedException;

    /** Whether the machine is held: {@code await} has returned, and {@code resume} was not called since. */
    boolean isHeld();

    /**
     * Lets vCPUs go on; the clock goes on with the first that runs.
     *
     * @param how one for each vCPU
     * @throws HvException it is not held
     */
    void resume(Resume... how) throws HvException;

    /** Replaces all stop points. @throws HvException it is not held */
    void stopPoints(StopPoints points) throws HvException;

    /** Reads a register by its number in the ISA. @throws HvException it is not held @throws IllegalArgumentException no such register */
    long readRegister(int vcpu, int register) throws HvException;

    /** Writes a register. @throws HvException it is not held @throws IllegalArgumentException no such register, or it cannot be written */
    void writeRegister(int vcpu, int register, long value) throws HvException;

    /**
     * Where the vCPU finds an address, permissions aside and without a trace in the guest (no accessed bit).
     *
     * @return gpa, or -1 if it is not mapped
     */
    long translate(int vcpu, long va) throws HvException;

    /** Reads RAM by virtual address. @return bytes read, fewer than asked for where the next is not mapped or no RAM: devices are not touched */
    int readMemory(int vcpu, long va, byte[] into, int offset, int lenBytes) throws HvException;

    /** Writes RAM by virtual address, whatever its permissions; code that is decoded already is decoded anew. @return bytes written, as {@link #readMemory} */
    int writeMemory(int vcpu, long va, byte[] from, int offset, int lenBytes) throws HvException;

    /** Reads RAM by physical address. Allowed while the machine runs. @return bytes read, 0 where there is no RAM */
    int readPhysical(long gpa, byte[] into, int offset, int lenBytes) throws HvException;

    /** Writes RAM by physical address. @return bytes written, 0 where there is no RAM */
    int writePhysical(long gpa, byte[] from, int offset, int lenBytes) throws HvException;

    /** Pages of RAM (4096 bytes, from {@link #ramBase} on) that may hold something other than zeros; found without making any resident. */
    java.util.BitSet touchedPages() throws HvException;

    /** First physical address of RAM, and its size. */
    long ramBase();

    long ramBytes();

    /** Ends the session: stop points go, a held machine goes on. Further calls do nothing. */
    @Override
    void close();
}
