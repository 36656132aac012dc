package hv.riscv.fp;

/**
 * Whether {@link Math#fma} is an instruction of this host. Where it is not (x86 before 2013, or a virtual machine that hides
 * FMA3) the JDK computes with BigDecimal, which allocates and takes microseconds: then our integer path is taken instead.
 *
 * <p>No API tells, so it is measured, once: an instruction, even when called from interpreted code, is some hundred times
 * quicker than BigDecimal, and the best of several runs is taken. A wrong answer costs speed, never a wrong result.
 */
final class HardwareFma {
    /** True when {@link Math#fma} is quick and does not allocate. */
    static final boolean PRESENT = measure();

    private static final int RUNS = 8;
    private static final int CALLS = 16;
    /** Between 30 ns (an intrinsic called from the interpreter) and 5000 ns (BigDecimal, compiled or not). */
    private static final long LIMIT_NANOS = 400;

    private HardwareFma() {}

    private static boolean measure() {
        long best = Long.MAX_VALUE;
        double sink = 0;
        for (int run = 0; run < RUNS; run++) {
            long start = System.nanoTime();
            for (int call = 0; call < CALLS; call++) {
                sink = Math.fma(1.0 + run * 0x1p-40, 1.0 + call * 0x1p-45, sink);
            }
            best = Math.min(best, System.nanoTime() - start);
        }
        return best / CALLS < LIMIT_NANOS && sink > 0;
    }
}
