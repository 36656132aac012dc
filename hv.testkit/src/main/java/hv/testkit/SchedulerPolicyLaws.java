package hv.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.api.scheduler.spi.Pick;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.Share;
import hv.api.scheduler.spi.TurnEnd;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.testkit.PolicyStorm.Violation;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What holds for every scheduling policy, whatever its aims: the host ejects one that breaks these. Time is handed in, so nothing here waits.
 * Its state is subject to {@link StatefulLaws} as well.
 */
public abstract class SchedulerPolicyLaws {
    /** What of a share a policy may keep to. */
    public enum Keeps { CAPS, WEIGHTS, PRIORITIES, RESERVATIONS }

    private static final long SECOND = 1_000_000_000L;
    private static final int STORM_STEPS = 40_000;

    protected abstract SchedulerPolicy create();

    /** What of the shares it keeps to; affinities every policy does. The laws of the others are skipped. */
    protected abstract Set<Keeps> keeps();

    private SchedulerPolicy running(int hostCpus) {
        SchedulerPolicy p = create();
        p.hostCpus(hostCpus);
        p.wake();
        return p;
    }

    private void stormHasNo(Violation violation) throws NotAsleepException, StateException {
        for (int cpus = 1; cpus <= 4; cpus += 3) {
            try (PolicyStorm storm = new PolicyStorm(this::create, 17 + cpus, cpus)) {
                storm.run(STORM_STEPS);
                String seen = storm.violation(violation);
                if (seen != null) {
                    fail(seen);
                }
            }
        }
    }

    @Test
    void aGoneVcpuIsNeverPicked() throws NotAsleepException, StateException {
        stormHasNo(Violation.GONE);
    }

    @Test
    void aBlockedVcpuIsNeverPicked() throws NotAsleepException, StateException {
        stormHasNo(Violation.BLOCKED);
    }

    @Test
    void aVcpuIsNeverOnTwoHostCpus() throws NotAsleepException, StateException {
        stormHasNo(Violation.RUNNING);
    }

    @Test
    void slicesAreWithinTheHostsBounds() throws NotAsleepException, StateException {
        stormHasNo(Violation.SLICE);
    }

    @Test
    void noHostCpuIdlesWhileAnUncappedVcpuIsReady() throws NotAsleepException, StateException {
        stormHasNo(Violation.IDLE);
    }

    @Test
    void handoverLosesNobody() throws NotAsleepException, StateException {
        for (int cpus = 1; cpus <= 4; cpus += 3) {
            try (PolicyStorm storm = new PolicyStorm(this::create, 99 + cpus, cpus)) {
                storm.run(5_000);
                for (int i = 0; i < 20; i++) {
                    storm.handOver();
                    storm.run(500);
                }
                storm.drain();
                assertEquals(null, storm.anyViolation());
            }
        }
    }

    /** Steps are counted, not time: among 1,000 equal vCPUs that never block, each is picked within 20,000 decisions. */
    @Test
    void nobodyStarves() {
        int n = 1_000;
        int cpus = 4;
        try (SchedulerPolicy p = running(cpus)) {
            long[] picks = new long[n];
            long now = 1;
            for (int k = 0; k < n; k++) {
                p.add(k, k, Share.USUAL, now);
                p.ready(k, now);
            }
            Pick pick = new Pick();
            int[] on = {-1, -1, -1, -1};
            long[] slice = new long[cpus];
            for (int step = 0; step < 20 * n; step++) {
                int cpu = step % cpus;
                if (on[cpu] >= 0) {
                    now += slice[cpu] / cpus;
                    p.ran(on[cpu], cpu, slice[cpu], TurnEnd.EXPIRED, now);
                }
                p.pick(cpu, now, pick);
                assertTrue(pick.key() >= 0 && pick.key() < n, "step " + step + " picks " + pick.key());
                on[cpu] = pick.key();
                slice[cpu] = pick.sliceNanos();
                picks[pick.key()]++;
            }
            for (int k = 0; k < n; k++) {
                assertTrue(picks[k] > 0, "vCPU " + k + " was never picked in " + 20 * n + " decisions");
            }
        }
    }

    @Test
    void equalSharesGetEqualTime() {
        int n = 7;
        try (SchedulerPolicy p = running(2)) {
            long[] ran = new long[n];
            long now = 1;
            for (int k = 0; k < n; k++) {
                p.add(k, k, Share.USUAL, now);
                p.ready(k, now);
            }
            Pick pick = new Pick();
            int[] on = {-1, -1};
            long[] slice = new long[2];
            for (int step = 0; step < 20_000; step++) {
                int cpu = step & 1;
                if (on[cpu] >= 0) {
                    now += slice[cpu] / 2;
                    ran[on[cpu]] += slice[cpu];
                    p.ran(on[cpu], cpu, slice[cpu], TurnEnd.EXPIRED, now);
                }
                p.pick(cpu, now, pick);
                on[cpu] = pick.key();
                slice[cpu] = pick.sliceNanos();
            }
            long least = Long.MAX_VALUE;
            long most = 0;
            for (long r : ran) {
                least = Math.min(least, r);
                most = Math.max(most, r);
            }
            assertTrue(most <= least + least / 10, "equal vCPUs ran between " + least + " and " + most + " ns");
        }
    }

    @Test
    void whatRunsOnAHostCpuThatLeavesGoesOnElsewhere() {
        try (SchedulerPolicy p = running(4)) {
            Pick pick = new Pick();
            for (int k = 0; k < 8; k++) {
                p.add(k, k, Share.USUAL, 1);
                p.ready(k, 1);
            }
            int[] on = new int[4];
            for (int cpu = 0; cpu < 4; cpu++) {
                p.pick(cpu, 2, pick);
                on[cpu] = pick.key();
            }
            p.hostCpus(1);
            long now = 10;
            for (int cpu = 3; cpu >= 0; cpu--) {
                p.ran(on[cpu], cpu, 1_000_000, TurnEnd.EXPIRED, now++);
            }
            boolean[] seen = new boolean[8];
            for (int step = 0; step < 200; step++) {
                p.pick(0, now, pick);
                assertTrue(pick.key() >= 0, "the last host CPU idles while vCPUs are ready");
                seen[pick.key()] = true;
                now += pick.sliceNanos();
                p.ran(pick.key(), 0, pick.sliceNanos(), TurnEnd.EXPIRED, now);
            }
            for (int k = 0; k < 8; k++) {
                assertTrue(seen[k], "vCPU " + k + " is lost since its host CPU left");
            }
        }
    }

    @Test
    void sharesMayChangeAtAnyTime() throws NotAsleepException, StateException {
        try (SchedulerPolicy p = running(1)) {
            Pick pick = new Pick();
            p.add(1, 1, Share.USUAL, 1);
            p.share(1, Share.USUAL.withWeight(10_000).withPriority(31), 1);
            p.ready(1, 1);
            p.share(1, Share.USUAL.withWeight(1).withPriority(0), 1);
            p.pick(0, 1, pick);
            assertEquals(1, pick.key());
            p.share(1, Share.USUAL, 1);
            p.sleep(Deadline.afterMillis(1_000));
            try (SchedulerPolicy successor = create()) {
                StateImage.of(p).into(successor);
                successor.wake();
                successor.ran(1, 0, 1_000, TurnEnd.EXPIRED, 2_000);
                successor.pick(0, 2_000, pick);
                assertEquals(1, pick.key());
            }
        }
    }

    @Test
    void aVcpuRunsOnlyWhereItsAffinityLetsIt() {
        try (SchedulerPolicy p = create()) {
            SchedulerSimulation s = new SchedulerSimulation(p, 4, 5);
            int[] keys = new int[12];
            for (int i = 0; i < keys.length; i++) {
                keys[i] = s.add(i, Share.USUAL.withAffinity(i % 3 == 0 ? Share.ALL_CPUS : 1L << i % 4), i % 2 == 0 ? Workload.hog() : Workload.interactive(300_000, 2_000_000));
            }
            // The simulation refuses a pick for a host CPU that is not allowed.
            s.run(2 * SECOND);
            s.share(keys[0], Share.USUAL.withAffinity(2));
            s.run(2 * SECOND);
            for (int key : keys) {
                assertTrue(s.ranNanos(key) > 0, "vCPU " + key + " never ran");
            }
        }
    }

    @Test
    void aHostCpuDoesNotIdleBecauseOthersArePinned() {
        try (SchedulerPolicy p = create()) {
            SchedulerSimulation s = new SchedulerSimulation(p, 2, 6);
            int pinned = s.add(1, Share.USUAL.withAffinity(1), Workload.hog());
            int alsoPinned = s.add(2, Share.USUAL.withAffinity(1), Workload.hog());
            int free = s.add(3, Share.USUAL, Workload.hog());
            s.run(2 * SECOND);
            long all = s.ranNanos(pinned) + s.ranNanos(alsoPinned) + s.ranNanos(free);
            assertTrue(all > 2 * 2 * SECOND * 95 / 100, "three hogs, two of them pinned to host CPU 0, ran " + all + " ns on two host CPUs in 2 s");
        }
    }

    @Test
    void nobodyWaitsBeyondTheBoundWhateverTheShares() {
        try (SchedulerPolicy p = create()) {
            SchedulerSimulation s = new SchedulerSimulation(p, 1, 7);
            int low = s.add(0, Share.USUAL.withWeight(1).withPriority(0), Workload.hog());
            for (int i = 1; i < 40; i++) {
                s.add(i, Share.USUAL.withWeight(Share.MOST_WEIGHT).withPriority(Share.MOST_PRIORITY), i % 2 == 0 ? Workload.hog() : Workload.interactive(2_000_000, 3_000_000));
            }
            s.run(100 * SECOND);
            assertTrue(s.ranNanos(low) > 0 && s.longestWaitNanos(low) < SchedulerPolicy.STARVATION_NANOS,
                    "the least vCPU ran " + s.ranNanos(low) + " ns of 100 s, and waited for " + s.longestWaitNanos(low) + " ns");
        }
    }

    @Test
    void capsHold() {
        assumeTrue(keeps().contains(Keeps.CAPS), "this policy keeps to no caps");
        try (SchedulerPolicy p = create()) {
            SchedulerSimulation s = new SchedulerSimulation(p, 2, 8);
            int[] caps = {1, 10, 25, 50};
            int[] keys = new int[caps.length];
            for (int i = 0; i < caps.length; i++) {
                keys[i] = s.add(i, Share.USUAL.withCap(caps[i]), Workload.hog());
            }
            int[] smp = {s.add(90, Share.USUAL, Workload.hog()), s.add(90, Share.USUAL, Workload.hog())};
            s.machineCap(90, 30);
            s.run(20 * SECOND);
            for (int i = 0; i < caps.length; i++) {
                assertShare("capped at " + caps[i] + " %", 20 * SECOND / 100 * caps[i], s.ranNanos(keys[i]));
            }
            long both = s.ranNanos(smp[0]) + s.ranNanos(smp[1]);
            assertShare("two vCPUs of a machine capped at 30 %", 20 * SECOND / 100 * 30, both);
            s.machineCap(90, 0);
            s.share(keys[0], Share.USUAL);
            s.run(5 * SECOND);
            assertTrue(s.ranNanos(smp[0]) + s.ranNanos(smp[1]) - both > 3 * SECOND, "a cap that is gone still holds a machine");
            assertTrue(s.ranNanos(keys[0]) > SECOND, "a cap that is gone still holds a vCPU");
        }
    }

    /** Within 2 percent. */
    private static void assertShare(String what, long wantedNanos, long ranNanos) {
        assertTrue(Math.abs(ranNanos - wantedNanos) <= wantedNanos / 50, what + ": ran " + ranNanos + " ns, " + wantedNanos + " would be right");
    }

    @Test
    void sharesConvergeToWeights() {
        assumeTrue(keeps().contains(Keeps.WEIGHTS), "this policy keeps to no weights");
        try (SchedulerPolicy p = create()) {
            SchedulerSimulation s = new SchedulerSimulation(p, 2, 9);
            int[] weights = {100, 100, 100, 200, 200, 200, 400, 400};
            hogsGetTheirs(s, weights, keysOf(s, weights), 10 * SECOND);
        }
        try (SchedulerPolicy p = create()) {
            SchedulerSimulation s = new SchedulerSimulation(p, 1, 10);
            int[] weights = {3, 50, 77, 1_000};
            int[] keys = keysOf(s, weights);
            // Others come and go, in a share of their own.
            s.run(3 * SECOND);
            int[] after = {100, 100, 300, 500};
            for (int i = 0; i < keys.length; i++) {
                s.share(keys[i], Share.USUAL.withWeight(after[i]));
            }
            s.run(SECOND);
            hogsGetTheirs(s, after, keys, 20 * SECOND);
        }
    }

    private static int[] keysOf(SchedulerSimulation s, int[] weights) {
        int[] keys = new int[weights.length];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = s.add(i, Share.USUAL.withWeight(weights[i]), Workload.hog());
        }
        return keys;
    }

    private static void hogsGetTheirs(SchedulerSimulation s, int[] weights, int[] keys, long nanos) {
        long[] before = new long[keys.length];
        for (int i = 0; i < keys.length; i++) {
            before[i] = s.ranNanos(keys[i]);
        }
        s.run(nanos);
        long all = 0;
        long sum = 0;
        for (int i = 0; i < keys.length; i++) {
            all += s.ranNanos(keys[i]) - before[i];
            sum += weights[i];
        }
        for (int i = 0; i < keys.length; i++) {
            assertShare("weight " + weights[i] + " of " + sum, all * weights[i] / sum, s.ranNanos(keys[i]) - before[i]);
        }
    }

    @Test
    void theUrgentRunFirst() {
        assumeTrue(keeps().contains(Keeps.PRIORITIES), "this policy keeps to no priorities");
        try (SchedulerPolicy p = create()) {
            SchedulerSimulation s = new SchedulerSimulation(p, 1, 11);
            int urgent = s.add(1, Share.USUAL.withPriority(25), Workload.interactive(1_000_000, 9_000_000));
            int hog = s.add(2, Share.USUAL.withPriority(20), Workload.hog());
            int low = s.add(3, Share.USUAL.withPriority(10), Workload.hog());
            s.run(20 * SECOND);
            long[] latencies = s.wakeUpLatencies(urgent);
            assertTrue(latencies[latencies.length * 99 / 100] <= 100_000, "the most urgent waits for " + latencies[latencies.length * 99 / 100] + " ns (p99)");
            assertTrue(s.ranNanos(low) > 0 && s.ranNanos(low) < s.ranNanos(hog) / 10, "less urgent: " + s.ranNanos(low) + " ns beside " + s.ranNanos(hog));
        }
    }

    @Test
    void reservationsAreKept() {
        assumeTrue(keeps().contains(Keeps.RESERVATIONS), "this policy keeps to no reservations");
        try (SchedulerPolicy p = create()) {
            SchedulerSimulation s = new SchedulerSimulation(p, 2, 12);
            int[] reserved = {
                s.add(1, Share.USUAL.withReservation(4_000_000, 20_000_000), Workload.periodic(3_900_000, 20_000_000)),
                s.add(2, Share.USUAL.withReservation(5_000_000, 10_000_000), Workload.periodic(4_900_000, 10_000_000)),
                s.add(3, Share.USUAL.withReservation(10_000_000, 40_000_000), Workload.hog())};
            for (int i = 10; i < 18; i++) {
                s.add(i, Share.USUAL.withWeight(Share.MOST_WEIGHT), Workload.hog());
            }
            s.run(20 * SECOND);
            assertTrue(s.ranNanos(reserved[0]) >= 3_900_000 * 995L, "4 ms of 20: ran " + s.ranNanos(reserved[0]) + " ns in 20 s");
            assertTrue(s.ranNanos(reserved[1]) >= 4_900_000 * 1_990L, "5 ms of 10: ran " + s.ranNanos(reserved[1]) + " ns in 20 s");
            assertTrue(s.ranNanos(reserved[2]) >= 20 * SECOND / 4 * 98 / 100, "10 ms of 40: ran " + s.ranNanos(reserved[2]) + " ns in 20 s");
        }
    }
}
