package hv.api.vcpu;

/** The answer to an exit; filled by the interpreter, committed by the engine at the next entry (or when the vCPU is put to sleep). */
public final class Completion {
    /** What the slot holds. */
    public enum Kind { NONE, VALUE, PAIR, TRAP }

    private Kind kind = Kind.NONE;
    private long first;
    private long second;

    Completion() {
    }

    void clear() {
        kind = Kind.NONE;
    }

    /** The value that was read, zero-extended to 64 bits. */
    public void value(long v) {
        kind = Kind.VALUE;
        first = v;
    }

    /** Both results of a firmware call. */
    public void pair(long a, long b) {
        kind = Kind.PAIR;
        first = a;
        second = b;
    }

    /**
     * The instruction traps in the guest (RISC-V: cause and stval). For an {@link ExitView.Mmio} exit the value is the guest-physical address: the
     * engine, which alone knows the virtual one, gives that to the guest instead.
     */
    public void trap(long cause, long value) {
        kind = Kind.TRAP;
        first = cause;
        second = value;
    }

    public Kind kind() {
        return kind;
    }

    public long first() {
        return first;
    }

    public long second() {
        return second;
    }

    /** Engine: the completion was committed. */
    public void taken() {
        kind = Kind.NONE;
    }
}
