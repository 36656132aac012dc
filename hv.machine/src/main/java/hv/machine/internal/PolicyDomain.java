package hv.machine.internal;

import hv.api.scheduler.spi.Pick;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The policy in force and its lock. A call that throws ejects the policy; one that hangs is noticed by the watchdog, which puts a fresh domain with
 * the default policy in this one's place: who waits for the old lock goes on with the new, and a late return finds itself superseded.
 */
final class PolicyDomain {
    /** How long a policy may take for one call before it counts as hung: on a host that is far too busy a good one may get no CPU for some 100 ms. */
    static final long HANG_NANOS = 1_000_000_000L;

    /** What a policy decided or did wrong. */
    static final class PolicyFault extends Exception {
        private static final long serialVersionUID = 1L;

        PolicyFault(String what) {
            super(what, null, false, false);
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    final FactoryRegistry.Entry maker;
    final long generation;
    /** Of the policy's knowledge of who runs: the same as its predecessor's if it was given that one's state. */
    final long lineage;
    private SchedulerPolicy policy;
    /** When the call under way began; 0 if none. */
    private volatile long enteredAtNanos;
    private volatile boolean superseded;

    PolicyDomain(SchedulerPolicy policy, FactoryRegistry.Entry maker, long generation, long lineage) {
        this.policy = policy;
        this.maker = maker;
        this.generation = generation;
        this.lineage = lineage;
    }

    boolean tryEnter() {
        try {
            if (!lock.tryLock(20, TimeUnit.MILLISECONDS)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        if (superseded) {
            lock.unlock();
            return false;
        }
        enteredAtNanos = System.nanoTime() | 1;
        return true;
    }

    void leave() {
        enteredAtNanos = 0;
        lock.unlock();
    }

    boolean isHung() {
        long at = enteredAtNanos;
        return at != 0 && System.nanoTime() - at > HANG_NANOS;
    }

    /**
     * Its policy is in force no more. Who changes a vCPU's status for this domain does so under its monitor, having looked: a thread that was held up
     * inside, and taken to hang, must not change what the next policy has been told.
     */
    synchronized void supersede() {
        superseded = true;
    }

    boolean isSuperseded() {
        return superseded;
    }

    SchedulerPolicy policy() {
        return policy;
    }

    /** Fills a pick and checks the decision: a vCPU that is there, runnable and not picked before, and a slice within bounds. Inside the domain only. */
    MachineVcpu pick(int hostCpu, long nowNanos, Pick out, HostCpus cpus) throws PolicyFault {
        out.nobody();
        policy.pick(hostCpu, nowNanos, out);
        if (out.key() == Pick.NOBODY) {
            return null;
        }
        MachineVcpu v = cpus.byKey(out.key());
        if (v == null || v.schedState != MachineVcpu.RUNNABLE) {
            throw new PolicyFault("picked vCPU key " + out.key() + ", which " + (v == null ? "does not exist" : v.schedState == MachineVcpu.RUNNING
                    ? "runs already" : "is blocked"));
        }
        if (!v.share.mayRunOn(hostCpu)) {
            throw new PolicyFault("picked vCPU key " + out.key() + " for host CPU " + hostCpu + ", which is not in its affinity");
        }
        if (out.sliceNanos() < Pick.LEAST_SLICE_NANOS || out.sliceNanos() > Pick.MOST_SLICE_NANOS) {
            throw new PolicyFault("gave a slice of " + out.sliceNanos() + " ns; 50 us to 1 s are allowed");
        }
        return v;
    }

    /** Inside the domain: hands the state of the old policy to a new one, or, where the tags differ, tells the new one who is there. */
    static boolean handOver(SchedulerPolicy old, SchedulerPolicy fresh, Collection<MachineVcpu> vcpus, int hostCpus)
            throws NotAsleepException, StateException {
        boolean kept = old != null && old.id().tag().equals(fresh.id().tag());
        if (kept) {
            old.sleep(Deadline.afterMillis(100));
            try {
                StateImage.of(old).into(fresh);
            } catch (StateException | RuntimeException | LinkageError e) {
                old.wake();
                throw e;
            }
        } else {
            tellWhoIsThere(fresh, vcpus, hostCpus);
        }
        fresh.wake();
        return kept;
    }

    /** For a policy that starts empty. */
    static void tellWhoIsThere(SchedulerPolicy fresh, Collection<MachineVcpu> vcpus, int hostCpus) {
        long now = System.nanoTime();
        fresh.hostCpus(hostCpus);
        for (MachineVcpu v : vcpus) {
            fresh.add(v.key, v.machineKey(), v.share, now);
            fresh.machineCap(v.machineKey(), v.machineCap(), now);
            if (v.schedState == MachineVcpu.RUNNABLE) {
                fresh.ready(v.key, now);
            }
        }
    }
}
