package hv.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import hv.api.scheduler.spi.Pick;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.Share;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.testkit.PolicyStorm.Violation;
import org.junit.jupiter.api.Test;

/**
 * What holds for every scheduling policy, whatever its aims: the host ejects one that breaks these. Time is handed in, so nothing here waits.
 * Its state is subject to {@link StatefulLaws} as well.
 */
public abstract class SchedulerPolicyLaws {
    /** Slices that the host accepts, nanoseconds. */
    static final long SLICE_MIN_NANOS = 50_000;
    static final long SLICE_MAX_NANOS = 1_000_000_000;
    private static final int STORM_STEPS = 40_000;

    protected abstract SchedulerPolicy create();

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
                p.add(k, Share.USUAL, now);
                p.ready(k, now);
            }
            Pick pick = new Pick();
            int[] on = {-1, -1, -1, -1};
            long[] slice = new long[cpus];
            for (int step = 0; step < 20 * n; step++) {
                int cpu = step % cpus;
                if (on[cpu] >= 0) {
                    now += slice[cpu] / cpus;
                    p.ran(on[cpu], cpu, slice[cpu], true, now);
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
                p.add(k, Share.USUAL, now);
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
                    p.ran(on[cpu], cpu, slice[cpu], true, now);
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
                p.add(k, Share.USUAL, 1);
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
                p.ran(on[cpu], cpu, 1_000_000, true, now++);
            }
            boolean[] seen = new boolean[8];
            for (int step = 0; step < 200; step++) {
                p.pick(0, now, pick);
                assertTrue(pick.key() >= 0, "the last host CPU idles while vCPUs are ready");
                seen[pick.key()] = true;
                now += pick.sliceNanos();
                p.ran(pick.key(), 0, pick.sliceNanos(), true, now);
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
            p.add(1, Share.USUAL, 1);
            p.share(1, new Share(10_000, 0, 31));
            p.ready(1, 1);
            p.share(1, new Share(1, 0, 0));
            p.pick(0, 1, pick);
            assertEquals(1, pick.key());
            p.share(1, Share.USUAL);
            p.sleep(Deadline.afterMillis(1_000));
            try (SchedulerPolicy successor = create()) {
                StateImage.of(p).into(successor);
                successor.wake();
                successor.ran(1, 0, 1_000, true, 2_000);
                successor.pick(0, 2_000, pick);
                assertEquals(1, pick.key());
            }
        }
    }
}
