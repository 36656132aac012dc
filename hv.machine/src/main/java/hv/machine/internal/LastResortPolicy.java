package hv.machine.internal;

import hv.api.part.Origin;
import hv.api.scheduler.spi.Pick;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.SchedulerPolicyFactory;
import hv.api.scheduler.spi.Share;
import hv.api.state.Deadline;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

/**
 * First come, first served in 5 ms slices: what schedules when every policy bundle is gone or was ejected. State: who is known, and the queue.
 */
final class LastResortPolicy implements SchedulerPolicy {
    static final FactoryRegistry.Entry MAKER = new FactoryRegistry.Entry(new SchedulerPolicyFactory() {
        @Override
        public String type() {
            return "last-resort";
        }

        @Override
        public SchedulerPolicy create() {
            return new LastResortPolicy();
        }
    }, new Origin("hv.machine", "built-in", -1));
    private static final long SLICE_NANOS = 5_000_000;
    private final long sliceNanos;
    private static final int MOST_VCPUS = 100_000;

    private final ArrayDeque<Integer> queue = new ArrayDeque<>();
    private final Set<Integer> known = new HashSet<>();

    LastResortPolicy() {
        this(SLICE_NANOS);
    }

    LastResortPolicy(long sliceNanos) {
        this.sliceNanos = sliceNanos;
    }

    @Override
    public PartId id() {
        return new PartId("policy", new StateTag("last-resort", 1));
    }

    @Override
    public void add(int key, Share share, long nowNanos) {
        known.add(key);
    }

    @Override
    public void remove(int key) {
        known.remove(key);
        queue.remove(key);
    }

    @Override
    public void share(int key, Share share) {
        // Every vCPU is served alike.
    }

    @Override
    public void ready(int key, long nowNanos) {
        if (known.contains(key) && !queue.contains(key)) {
            queue.add(key);
        }
    }

    @Override
    public void blocked(int key, long nowNanos) {
        queue.remove(key);
    }

    @Override
    public void ran(int key, int hostCpu, long ranNanos, boolean runnable, long nowNanos) {
        if (runnable) {
            ready(key, nowNanos);
        }
    }

    @Override
    public void hostCpus(int count) {
        // Any number is served alike.
    }

    @Override
    public void pick(int hostCpu, long nowNanos, Pick out) {
        Integer key = queue.poll();
        if (key != null) {
            out.run(key, sliceNanos);
        }
    }

    @Override
    public void sleep(Deadline by) {
        // Nothing changes by itself.
    }

    @Override
    public void save(StateWriter out) {
        out.section("vcpus").putInt(known.size()).putLongs(known.stream().mapToLong(k -> k).toArray());
        out.section("queue").putInt(queue.size()).putLongs(queue.stream().mapToLong(k -> k).toArray());
    }

    @Override
    public void restore(StateReader in) throws StateException {
        in.section("vcpus");
        long[] keys = in.getLongs(in.getInt(0, MOST_VCPUS));
        in.section("queue");
        long[] order = in.getLongs(in.getInt(0, keys.length));
        in.end();
        known.clear();
        queue.clear();
        for (long k : keys) {
            known.add((int) k);
        }
        for (long k : order) {
            ready((int) k, 0);
        }
    }

    @Override
    public void wake() {
        // Nothing was stopped.
    }

    @Override
    public void close() {
        queue.clear();
    }
}
