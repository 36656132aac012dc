package hv.api.scheduler.spi;

/** A decision: which vCPU a host CPU runs, and for how long. Reused; the policy fills it. */
public final class Pick {
    /** No vCPU: the host CPU idles until something becomes ready, or the time given has come. */
    public static final int NOBODY = -1;
    /** What may be given for a slice. */
    public static final long LEAST_SLICE_NANOS = 50_000;
    public static final long MOST_SLICE_NANOS = 1_000_000_000;
    private static final long NEVER = Long.MAX_VALUE;

    private int key = NOBODY;
    private long sliceNanos;
    private long untilNanos = NEVER;
    private int alsoHostCpu = SchedulerPolicy.NO_CPU;

    public void nobody() {
        nobodyUntil(NEVER);
    }

    /** @param nanos when the host CPU is to ask again, though nothing became ready */
    public void nobodyUntil(long nanos) {
        key = NOBODY;
        sliceNanos = 0;
        untilNanos = nanos;
        alsoHostCpu = SchedulerPolicy.NO_CPU;
    }

    /** @param slice {@value #LEAST_SLICE_NANOS} .. {@value #MOST_SLICE_NANOS}; the host ejects a policy that gives another */
    public void run(int vcpu, long slice) {
        key = vcpu;
        sliceNanos = slice;
        untilNanos = NEVER;
        alsoHostCpu = SchedulerPolicy.NO_CPU;
    }

    /** After {@link #run}: this other host CPU is to decide anew, too. */
    public void also(int hostCpu) {
        alsoHostCpu = hostCpu;
    }

    public int key() {
        return key;
    }

    public long sliceNanos() {
        return sliceNanos;
    }

    /** Whether {@link #untilNanos} was given. */
    public boolean isTimed() {
        return untilNanos != NEVER;
    }

    public long untilNanos() {
        return untilNanos;
    }

    /** Or {@link SchedulerPolicy#NO_CPU}. */
    public int alsoHostCpu() {
        return alsoHostCpu;
    }
}
