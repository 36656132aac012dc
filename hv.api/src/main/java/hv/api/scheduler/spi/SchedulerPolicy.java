package hv.api.scheduler.spi;

import hv.api.state.Stateful;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Decides which vCPU runs on which host CPU and for how long. All times are the host's monotonic nanoseconds, handed in; they never go back.
 * The event methods tell, {@link #pick} and the results of the others decide. A decision is a value: the host checks it, and then acts.
 */
@ConsumerType
public interface SchedulerPolicy extends Stateful, AutoCloseable {
    /** No host CPU is to decide anew. */
    int NO_CPU = -1;
    /** A runnable vCPU that may run (no cap holds it) waits at most so long, whatever its share; the host ejects a policy that lets it wait longer. */
    long STARVATION_NANOS = 30_000_000_000L;

    /**
     * A vCPU exists, blocked. Known keys are not added again, except to a policy that starts empty.
     *
     * @param machine names its machine, as the key names it
     */
    void add(int key, int machine, Share share, long nowNanos);

    /** It is gone; it is not running. With its last vCPU a machine is gone. */
    void remove(int key);

    /** Its share has changed, in whatever status it is. All host CPUs decide anew before long. */
    void share(int key, Share share, long nowNanos);

    /**
     * All vCPUs of a machine together may use so much from now on.
     *
     * @param capPercent of one host CPU, 1 .. 100 for each vCPU; 0 for no cap
     */
    void machineCap(int machine, int capPercent, long nowNanos);

    /**
     * It became runnable.
     *
     * @return a host CPU that is to decide anew because of this: what runs there is preempted, and if it idles it is woken; or {@link #NO_CPU}, and then
     *         an idle one is woken if there is one
     */
    int ready(int key, long nowNanos);

    /** It stopped being runnable without having run. */
    void blocked(int key, long nowNanos);

    /**
     * One that it picked came back from a host CPU.
     *
     * @param ranNanos how long it ran, at least 0; may be more than its slice
     */
    void ran(int key, int hostCpu, long ranNanos, TurnEnd end, long nowNanos);

    /** Host CPUs 0 .. count-1 exist from now on. What runs on one that left comes back as ever. */
    void hostCpus(int count);

    /** Fills the decision for a host CPU that is free. A vCPU picked is running until {@link #ran}. */
    void pick(int hostCpu, long nowNanos, Pick out);

    @Override
    void close();
}
