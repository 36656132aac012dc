package hv.api.vcpu;

/** How long a vCPU may run: time slices use the first, deterministic runs the second. Mutable and reused; one thread at a time. */
public final class Budget {
    private long nanos;
    private long instructions;

    /**
     * @param nanos        host time, at least 1
     * @param instructions guest instructions, at least 1; {@link Long#MAX_VALUE} for no bound
     */
    public Budget set(long nanos, long instructions) {
        if (nanos < 1 || instructions < 1) {
            throw new IllegalArgumentException("budget of " + nanos + " ns, " + instructions + " instructions");
        }
        this.nanos = nanos;
        this.instructions = instructions;
        return this;
    }

    public long nanos() {
        return nanos;
    }

    public long instructions() {
        return instructions;
    }
}
