package hv.testkit;

import hv.api.scheduler.spi.Pick;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.Share;
import hv.api.scheduler.spi.TurnEnd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Host CPUs and vCPUs in virtual time under a policy: what is simulated in a minute of the guests takes milliseconds, and the same seed gives the same
 * run. A preemption takes effect at once and a turn costs nothing but what it runs.
 * <pre>{@code
 * SchedulerSimulation s = new SchedulerSimulation(policy, 2, 4711);
 * int light = s.add(1, Share.USUAL.withWeight(100), Workload.hog());
 * int heavy = s.add(2, Share.USUAL.withWeight(200), Workload.hog());
 * s.run(10_000_000_000L);
 * assertEquals(2.0, (double) s.ranNanos(heavy) / s.ranNanos(light), 0.02);
 * }</pre>
 * One thread.
 */
public final class SchedulerSimulation {
    /** One turn of a vCPU on a host CPU. */
    public record Turn(int key, int hostCpu, long fromNanos, long toNanos) {
    }

    private enum Status { BLOCKED, READY, RUNNING }

    private static final class Vcpu {
        final int key;
        final Workload workload;
        Share share;
        Status status = Status.BLOCKED;
        long leftNanos;
        long ranNanos;
        long wokenNanos;
        long readyNanos;
        long longestWaitNanos;
        boolean justWoken;
        long[] latencies = new long[16];
        int wakes;

        /** Of the turn under way: what {@link #ranNanos} has of it already. */
        long counted;

        Vcpu(int key, Share share, Workload workload) {
            this.key = key;
            this.share = share;
            this.workload = workload;
        }

        /** Adds what it ran in the turn under way. */
        void countTurn(long nanos) {
            ranNanos += nanos - counted;
            counted = nanos;
        }

        void latency(long nanos) {
            if (wakes == latencies.length) {
                latencies = Arrays.copyOf(latencies, 2 * wakes);
            }
            latencies[wakes++] = nanos;
        }
    }

    private record WakeUp(long atNanos, int key) {
    }

    private SchedulerPolicy policy;
    private final Random random;
    private final List<Vcpu> vcpus = new ArrayList<>();
    private final PriorityQueue<WakeUp> wakeUps = new PriorityQueue<>((a, b) -> a.atNanos != b.atNanos ? Long.compare(a.atNanos, b.atNanos) : Integer.compare(a.key, b.key));
    private final int[] on;
    private final long[] from;
    /** When the turn ends by itself, or an idle host CPU asks again. */
    private final long[] until;
    private final Pick pick = new Pick();
    private final List<Turn> turns = new ArrayList<>();
    private boolean keepTurns;
    private long nowNanos = 1_000_000;
    private long decisions;

    public SchedulerSimulation(SchedulerPolicy policy, int hostCpus, long seed) {
        this.policy = policy;
        random = new Random(seed);
        on = new int[hostCpus];
        Arrays.fill(on, -1);
        from = new long[hostCpus];
        until = new long[hostCpus];
        policy.hostCpus(hostCpus);
        policy.wake();
    }

    /** From now on {@link #turns} are kept. */
    public SchedulerSimulation keepingTurns() {
        keepTurns = true;
        return this;
    }

    /** A vCPU that is runnable at once. @return its key */
    public int add(int machine, Share share, Workload workload) {
        Vcpu v = new Vcpu(vcpus.size(), share, workload);
        vcpus.add(v);
        policy.add(v.key, machine, share, nowNanos);
        wakeUps.add(new WakeUp(nowNanos, v.key));
        return v.key;
    }

    public void share(int key, Share share) {
        vcpus.get(key).share = share;
        policy.share(key, share, nowNanos);
    }

    public void machineCap(int machine, int capPercent) {
        policy.machineCap(machine, capPercent, nowNanos);
    }

    /** Another policy goes on from here; it has been given the state, or told who is there. */
    public void policy(SchedulerPolicy successor) {
        policy = successor;
    }

    /** Goes on for so long. @throws AssertionError the policy decided nonsense */
    public void run(long nanos) {
        long end = nowNanos + nanos;
        for (int cpu = 0; cpu < on.length; cpu++) {
            if (on[cpu] < 0) {
                decide(cpu);
            }
        }
        for (;;) {
            int next = -1;
            for (int cpu = 0; cpu < on.length; cpu++) {
                if (next < 0 || until[cpu] < until[next]) {
                    next = cpu;
                }
            }
            long wake = wakeUps.isEmpty() ? Long.MAX_VALUE : wakeUps.peek().atNanos;
            if (Math.min(wake, until[next]) > end) {
                break;
            }
            nowNanos = Math.max(nowNanos, Math.min(wake, until[next]));
            if (wake <= until[next]) {
                wakeUp(vcpus.get(wakeUps.poll().key));
            } else {
                if (on[next] >= 0) {
                    comeBack(next);
                }
                decide(next);
            }
        }
        nowNanos = end;
        for (int cpu = 0; cpu < on.length; cpu++) {
            if (on[cpu] >= 0) {
                // What it ran so far counts, though its turn goes on.
                vcpus.get(on[cpu]).countTurn(nowNanos - from[cpu]);
            }
        }
    }

    private void wakeUp(Vcpu v) {
        v.status = Status.READY;
        v.leftNanos = v.workload.runNanos(random);
        v.wokenNanos = nowNanos;
        v.readyNanos = nowNanos;
        v.justWoken = true;
        anew(policy.ready(v.key, nowNanos), true);
    }

    /** A host CPU decides anew; or an idle one if none is named. */
    private void anew(int hostCpu, boolean anyIdle) {
        if (hostCpu >= 0 && hostCpu < on.length) {
            if (on[hostCpu] >= 0) {
                comeBack(hostCpu);
            }
            decide(hostCpu);
        } else if (anyIdle) {
            for (int cpu = 0; cpu < on.length; cpu++) {
                if (on[cpu] < 0) {
                    decide(cpu);
                    return;
                }
            }
        }
    }

    private void comeBack(int cpu) {
        Vcpu v = vcpus.get(on[cpu]);
        on[cpu] = -1;
        long ran = nowNanos - from[cpu];
        if (keepTurns && ran > 0) {
            turns.add(new Turn(v.key, cpu, from[cpu], nowNanos));
        }
        v.countTurn(ran);
        v.counted = 0;
        v.leftNanos -= ran;
        boolean sleeps = v.leftNanos <= 0;
        v.status = sleeps ? Status.BLOCKED : Status.READY;
        v.readyNanos = nowNanos;
        policy.ran(v.key, cpu, ran, sleeps ? TurnEnd.BLOCKED : TurnEnd.EXPIRED, nowNanos);
        if (sleeps) {
            wakeUps.add(new WakeUp(nowNanos + v.workload.sleepNanos(random, nowNanos - v.wokenNanos), v.key));
        }
    }

    private void decide(int cpu) {
        decisions++;
        pick.nobody();
        policy.pick(cpu, nowNanos, pick);
        if (pick.key() == Pick.NOBODY) {
            until[cpu] = pick.isTimed() ? Math.max(nowNanos + 1, pick.untilNanos()) : Long.MAX_VALUE;
            return;
        }
        Vcpu v = pick.key() >= 0 && pick.key() < vcpus.size() ? vcpus.get(pick.key()) : null;
        if (v == null || v.status != Status.READY || !v.share.mayRunOn(cpu)) {
            throw new AssertionError("at " + nowNanos + " ns vCPU " + pick.key() + " is picked for host CPU " + cpu + ", which is " + (v == null ? "not there" : v.status));
        }
        v.status = Status.RUNNING;
        long waited = nowNanos - v.readyNanos;
        v.longestWaitNanos = Math.max(v.longestWaitNanos, waited);
        if (v.justWoken) {
            v.justWoken = false;
            v.latency(waited);
        }
        on[cpu] = v.key;
        from[cpu] = nowNanos;
        until[cpu] = nowNanos + Math.max(1, Math.min(pick.sliceNanos(), v.leftNanos));
        int also = pick.alsoHostCpu();
        if (also != cpu) {
            anew(also, false);
        }
    }

    public long nowNanos() {
        return nowNanos;
    }

    /** What a vCPU has run so far. */
    public long ranNanos(int key) {
        return vcpus.get(key).ranNanos;
    }

    /** The longest that a vCPU was runnable in one piece before it was picked, or until now. */
    public long longestWaitNanos(int key) {
        Vcpu v = vcpus.get(key);
        return v.status == Status.READY ? Math.max(v.longestWaitNanos, nowNanos - v.readyNanos) : v.longestWaitNanos;
    }

    /** From becoming runnable to running, ascending. */
    public long[] wakeUpLatencies(int key) {
        Vcpu v = vcpus.get(key);
        long[] all = Arrays.copyOf(v.latencies, v.wakes);
        Arrays.sort(all);
        return all;
    }

    /** How often the policy was asked. */
    public long decisions() {
        return decisions;
    }

    /** Turns since {@link #keepingTurns}, in the order of their ends. */
    public List<Turn> turns() {
        return List.copyOf(turns);
    }
}
