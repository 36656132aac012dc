package hv.api.scheduler.spi;

import hv.api.state.Stateful;
import org.osgi.annotation.versioning.ConsumerType;

/** Decides which vCPU runs on which host CPU and for how long. All times are the host's monotonic nanoseconds, handed in. */
@ConsumerType
public interface SchedulerPolicy extends Stateful, AutoCloseable {
    /** A vCPU exists, blocked. Known keys are not added again, except to a policy that starts empty. */
    void add(int key, Share share, long nowNanos);

    /** It is gone; it is not running. */
    void remove(int key);

    void share(int key, Share share);

    /** It became runnable. */
    void ready(int key, long nowNanos);

    /** It stopped being runnable without having run (its machine was paused). */
    void blocked(int key, long nowNanos);

    /**
     * It came back from a host CPU.
     *
     * @param ranNanos how long it ran, at least 0
     * @param runnable whether it wants to go on
     */
    void ran(int key, int hostCpu, long ranNanos, boolean runnable, long nowNanos);

    /** Host CPUs 0 .. count-1 exist from now on. */
    void hostCpus(int count);

    /** Fills the decision for a host CPU that is free. A vCPU picked is running until {@link #ran}. */
    void pick(int hostCpu, long nowNanos, Pick out);

    @Override
    void close();
}
