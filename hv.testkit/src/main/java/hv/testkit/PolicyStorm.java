package hv.testkit;

import hv.api.scheduler.spi.Pick;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.Share;
import hv.api.scheduler.spi.TurnEnd;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/** A seeded storm of events on a policy, with a model beside it that says what may be picked. */
final class PolicyStorm implements AutoCloseable {
    enum Violation { GONE, BLOCKED, RUNNING, SLICE, IDLE, LOST }

    private enum Status { BLOCKED, READY, RUNNING, GONE }

    private final Supplier<SchedulerPolicy> factory;
    private final Random random;
    private final long seed;
    private final int[] on;
    private final long[] since;
    private final List<Status> vcpus = new ArrayList<>();
    private final Map<Violation, String> violations = new EnumMap<>(Violation.class);
    private final Pick pick = new Pick();
    private SchedulerPolicy policy;
    private long nowNanos = 1_000;
    private int step;

    PolicyStorm(Supplier<SchedulerPolicy> factory, long seed, int hostCpus) {
        this.factory = factory;
        this.seed = seed;
        random = new Random(seed);
        on = new int[hostCpus];
        Arrays.fill(on, -1);
        since = new long[hostCpus];
        policy = factory.get();
        policy.hostCpus(hostCpus);
        policy.wake();
    }

    String violation(Violation v) {
        return violations.get(v);
    }

    String anyViolation() {
        return violations.isEmpty() ? null : violations.toString();
    }

    private void broken(Violation v, String what) {
        violations.putIfAbsent(v, "step " + step + " of seed " + seed + ": " + what);
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++, step++) {
            nowNanos += random.nextInt(200_000);
            int cpu = random.nextInt(on.length);
            switch (random.nextInt(10)) {
                case 0 -> add();
                case 1 -> remove();
                case 2, 3, 4 -> ready();
                case 5 -> block();
                default -> {
                    if (on[cpu] >= 0) {
                        comeBack(cpu);
                    }
                    decide(cpu);
                }
            }
        }
    }

    private int any(Status s) {
        if (vcpus.isEmpty()) {
            return -1;
        }
        int start = random.nextInt(vcpus.size());
        for (int i = 0; i < vcpus.size(); i++) {
            int key = (start + i) % vcpus.size();
            if (vcpus.get(key) == s) {
                return key;
            }
        }
        return -1;
    }

    private void add() {
        long live = vcpus.stream().filter(s -> s != Status.GONE).count();
        if (live < 40) {
            vcpus.add(Status.BLOCKED);
            policy.add(vcpus.size() - 1, vcpus.size() / 3, Share.USUAL.withWeight(1 + random.nextInt(200)).withPriority(random.nextInt(32)), nowNanos);
        }
    }

    private void remove() {
        int key = any(random.nextBoolean() ? Status.BLOCKED : Status.READY);
        if (key >= 0 && random.nextInt(4) == 0) {
            vcpus.set(key, Status.GONE);
            policy.remove(key);
        }
    }

    private void ready() {
        int key = any(Status.BLOCKED);
        if (key >= 0) {
            vcpus.set(key, Status.READY);
            policy.ready(key, nowNanos);
        }
    }

    private void block() {
        int key = any(Status.READY);
        if (key >= 0) {
            vcpus.set(key, Status.BLOCKED);
            policy.blocked(key, nowNanos);
        }
    }

    private void comeBack(int cpu) {
        int key = on[cpu];
        on[cpu] = -1;
        boolean runnable = random.nextInt(3) != 0;
        vcpus.set(key, runnable ? Status.READY : Status.BLOCKED);
        policy.ran(key, cpu, Math.max(0, nowNanos - since[cpu]), !runnable ? TurnEnd.BLOCKED : random.nextInt(4) == 0 ? TurnEnd.YIELDED : TurnEnd.EXPIRED, nowNanos);
    }

    private void decide(int cpu) {
        policy.pick(cpu, nowNanos, pick);
        int key = pick.key();
        if (key == Pick.NOBODY) {
            if (vcpus.contains(Status.READY)) {
                broken(Violation.IDLE, "host CPU " + cpu + " idles while vCPU " + vcpus.indexOf(Status.READY) + " is ready");
            }
            return;
        }
        Status status = key < 0 || key >= vcpus.size() ? Status.GONE : vcpus.get(key);
        switch (status) {
            case GONE -> {
                broken(Violation.GONE, "vCPU " + key + " is picked, which does not exist");
                return;
            }
            case BLOCKED -> broken(Violation.BLOCKED, "vCPU " + key + " is picked, which is blocked");
            case RUNNING -> {
                broken(Violation.RUNNING, "vCPU " + key + " is picked, which runs elsewhere");
                return;
            }
            case READY -> { }
        }
        if (pick.sliceNanos() < Pick.LEAST_SLICE_NANOS || pick.sliceNanos() > Pick.MOST_SLICE_NANOS) {
            broken(Violation.SLICE, "a slice of " + pick.sliceNanos() + " ns for vCPU " + key);
        }
        vcpus.set(key, Status.RUNNING);
        on[cpu] = key;
        since[cpu] = nowNanos;
    }

    /** Replaces the policy by a fresh one that is given its state, in the midst of it all. */
    void handOver() throws NotAsleepException, StateException {
        SchedulerPolicy successor = factory.get();
        policy.sleep(Deadline.afterMillis(1_000));
        StateImage.of(policy).into(successor);
        successor.wake();
        policy.close();
        policy = successor;
    }

    /** Everybody comes back and wants to go on: each must be picked before long. */
    void drain() {
        for (int cpu = 0; cpu < on.length; cpu++) {
            if (on[cpu] >= 0) {
                comeBack(cpu);
            }
        }
        for (int key = 0; key < vcpus.size(); key++) {
            if (vcpus.get(key) == Status.BLOCKED) {
                vcpus.set(key, Status.READY);
                policy.ready(key, nowNanos);
            }
        }
        boolean[] seen = new boolean[vcpus.size()];
        // Weights differ by up to 200, so that the lightest may wait for 200 rounds of the heaviest.
        for (int i = 0; i < 200 * 40 * 4; i++, step++) {
            decide(0);
            if (on[0] < 0) {
                break;
            }
            int key = on[0];
            seen[key] = true;
            on[0] = -1;
            nowNanos += pick.sliceNanos();
            vcpus.set(key, Status.READY);
            policy.ran(key, 0, pick.sliceNanos(), TurnEnd.EXPIRED, nowNanos);
        }
        for (int key = 0; key < seen.length; key++) {
            if (!seen[key] && vcpus.get(key) != Status.GONE) {
                broken(Violation.LOST, "vCPU " + key + " was lost in a handover");
            }
        }
    }

    @Override
    public void close() {
        policy.close();
    }
}
