package hv.api.scheduler.spi;

/** A decision: which vCPU a host CPU runs, and for how long. Reused; the policy fills it. */
public final class Pick {
    /** No vCPU: the host CPU idles until something becomes ready. */
    public static final int NOBODY = -1;
    private int key = NOBODY;
    private long sliceNanos;

    public void nobody() {
        key = NOBODY;
        sliceNanos = 0;
    }

    /** @param sliceNanos 50 microseconds .. 1 second; the host refuses others */
    public void run(int key, long sliceNanos) {
        this.key = key;
        this.sliceNanos = sliceNanos;
    }

    public int key() {
        return key;
    }

    public long sliceNanos() {
        return sliceNanos;
    }
}
