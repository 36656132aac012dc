package hv.machine.internal;

import hv.api.part.Origin;
import hv.api.scheduler.spi.Pick;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.SchedulerPolicyFactory;
import hv.api.scheduler.spi.Share;
import hv.api.scheduler.spi.TurnEnd;
import hv.api.state.Deadline;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * First come, first served in 5 ms slices: what schedules when every policy bundle is gone or was ejected. Of shares it keeps to affinities alone. State:
 * who is known, with its affinity, and the queue.
 */
final class LastResortPolicy implements SchedulerPolicy {
    static final FactoryRegistry.Entry MAKER = new FactoryRegistry.Entry(new SchedulerPolicyFactory() {
        @Override
        public String type() {
            return "last-resort";
        }

        @Override
        public int ranking() {
            return Integer.MIN_VALUE;
        }

        @Override
        public String description() {
            return "turns of 5 ms, when no other policy is left";
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
    private final Map<Integer, Share> known = new HashMap<>();

    LastResortPolicy() {
        this(SLICE_NANOS);
    }

    LastResortPolicy(long sliceNanos) {
        this.sliceNanos = sliceNanos;
    }

    @Override
    public PartId id() {
        return new PartId("policy", new StateTag("last-resort", 2));
    }

    @Override
    public void add(int key, int machine, Share share, long nowNanos) {
        known.put(key, share);
    }

    @Override
    public void remove(int key) {
        known.remove(key);
        queue.remove(key);
    }

    @Override
    public void share(int key, Share share, long nowNanos) {
        known.replace(key, share);
    }

    @Override
    public void machineCap(int machine, int capPercent, long nowNanos) {
        // Every machine is served alike.
    }

    @Override
    public int ready(int key, long nowNanos) {
        if (known.containsKey(key) && !queue.contains(key)) {
            queue.add(key);
        }
        return NO_CPU;
    }

    @Override
    public void blocked(int key, long nowNanos) {
        queue.remove(key);
    }

    @Override
    public void ran(int key, int hostCpu, long ranNanos, TurnEnd end, long nowNanos) {
        if (end != TurnEnd.BLOCKED) {
            ready(key, nowNanos);
        }
    }

    @Override
    public void hostCpus(int count) {
        // Any number is served alike.
    }

    @Override
    public void pick(int hostCpu, long nowNanos, Pick out) {
        for (Iterator<Integer> waiting = queue.iterator(); waiting.hasNext();) {
            int key = waiting.next();
            if (known.get(key).mayRunOn(hostCpu)) {
                waiting.remove();
                out.run(key, sliceNanos);
                return;
            }
        }
        out.nobody();
    }

    @Override
    public void sleep(Deadline by) {
        // Nothing changes by itself.
    }

    @Override
    public void save(StateWriter out) {
        out.section("vcpus").putInt(known.size()).putLongs(known.keySet().stream().sorted().mapToLong(k -> k).toArray())
                .putLongs(known.keySet().stream().sorted().mapToLong(k -> known.get(k).affinity()).toArray());
        out.section("queue").putInt(queue.size()).putLongs(queue.stream().mapToLong(k -> k).toArray());
    }

    @Override
    public void restore(StateReader in) throws StateException {
        in.section("vcpus");
        long[] keys = in.getLongs(in.getInt(0, MOST_VCPUS));
        long[] affinities = in.getLongs(keys.length);
        in.section("queue");
        long[] order = in.getLongs(in.getInt(0, keys.length));
        in.end();
        for (long affinity : affinities) {
            if (affinity == 0) {
                throw new StateException("last-resort state has a vCPU that may run on no host CPU");
            }
        }
        known.clear();
        queue.clear();
        for (int i = 0; i < keys.length; i++) {
            known.put((int) keys[i], Share.USUAL.withAffinity(affinities[i]));
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
