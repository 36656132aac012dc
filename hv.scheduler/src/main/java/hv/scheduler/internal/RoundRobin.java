package hv.scheduler.internal;

import hv.api.scheduler.spi.Pick;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.Share;
import hv.api.state.Deadline;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Round robin: runnable vCPUs stand in one line for all host CPUs; whoever is picked runs at most one slice and then goes to its end. Weights, caps
 * and priorities are kept for a successor and otherwise ignored.
 * <p>Every call takes constant time and allocates nothing, except {@code add} when it has to grow. Members stand in a {@link MemberTable}; the line
 * is a doubly linked list through it, so that leaving from the middle costs no more than leaving from the front.
 */
final class RoundRobin implements SchedulerPolicy {
    static final PartId ID = new PartId("policy", new StateTag("scheduler-round-robin", 1));
    static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    /** Keeps the saved state far below its limit. */
    static final int MAX_MEMBERS = 16_384;
    static final int MAX_HOST_CPUS = 4_096;
    private static final int LONGS_PER_MEMBER = 6;

    private MemberTable members = new MemberTable();
    private int hostCpus;

    @Override
    public void add(int key, Share share, long nowNanos) {
        if (members.slot(key) >= 0) {
            members.share(members.slot(key), share);
            return;
        }
        if (key < 0 || members.count() == MAX_MEMBERS) {
            throw new IllegalArgumentException("vCPU key " + key + ": not a key, or more than " + MAX_MEMBERS + " vCPUs");
        }
        members.add(key, share);
    }

    @Override
    public void remove(int key) {
        int slot = members.slot(key);
        if (slot >= 0) {
            members.remove(slot);
        }
    }

    @Override
    public void share(int key, Share share) {
        int slot = members.slot(key);
        if (slot >= 0) {
            members.share(slot, share);
        }
    }

    @Override
    public void ready(int key, long nowNanos) {
        int slot = members.slot(key);
        if (slot >= 0 && members.status(slot) == MemberTable.BLOCKED) {
            members.enqueue(slot);
        }
    }

    @Override
    public void blocked(int key, long nowNanos) {
        int slot = members.slot(key);
        if (slot >= 0 && members.status(slot) == MemberTable.RUNNABLE) {
            members.dequeue(slot, MemberTable.BLOCKED);
        }
    }

    @Override
    public void ran(int key, int hostCpu, long ranNanos, boolean runnable, long nowNanos) {
        int slot = members.slot(key);
        if (slot < 0 || members.status(slot) != MemberTable.RUNNING) {
            return;
        }
        if (runnable) {
            members.enqueue(slot);
        } else {
            members.block(slot);
        }
    }

    @Override
    public void hostCpus(int count) {
        if (count < 0 || count > MAX_HOST_CPUS) {
            throw new IllegalArgumentException(count + " host CPUs: 0 .. " + MAX_HOST_CPUS);
        }
        hostCpus = count;
    }

    @Override
    public void pick(int hostCpu, long nowNanos, Pick out) {
        int slot = members.first();
        if (slot < 0 || hostCpu < 0 || hostCpu >= hostCpus) {
            out.nobody();
            return;
        }
        members.dequeue(slot, MemberTable.RUNNING);
        out.run(members.key(slot), SLICE_NANOS);
    }

    @Override
    public PartId id() {
        return ID;
    }

    @Override
    public void sleep(Deadline by) {
        // It acts only when called.
    }

    /** Members ascending by key: key, weight, cap, priority, status, place in the line (-1 if not in it). */
    @Override
    public void save(StateWriter out) {
        int[] keys = members.keys();
        Arrays.sort(keys);
        long[] rows = new long[keys.length * LONGS_PER_MEMBER];
        for (int i = 0; i < keys.length; i++) {
            int slot = members.slot(keys[i]);
            Share s = members.share(slot);
            int at = i * LONGS_PER_MEMBER;
            rows[at] = keys[i];
            rows[at + 1] = s.weight();
            rows[at + 2] = s.capPercent();
            rows[at + 3] = s.priority();
            rows[at + 4] = members.status(slot);
            rows[at + 5] = -1;
        }
        long place = 0;
        for (int slot = members.first(); slot >= 0; slot = members.behind(slot)) {
            rows[Arrays.binarySearch(keys, members.key(slot)) * LONGS_PER_MEMBER + 5] = place++;
        }
        out.section("round-robin").putInt(hostCpus).putInt(keys.length).putLongs(rows);
    }

    @Override
    public void restore(StateReader in) throws StateException {
        in.section("round-robin");
        final int cpus = in.getInt(0, MAX_HOST_CPUS);
        final int count = in.getInt(0, MAX_MEMBERS);
        long[] rows = in.getLongs(count * LONGS_PER_MEMBER);
        in.end();
        MemberTable fresh = new MemberTable();
        int[] line = new int[count];
        Arrays.fill(line, -1);
        int runnable = 0;
        long lastKey = -1;
        for (int at = 0; at < rows.length; at += LONGS_PER_MEMBER) {
            long key = rows[at];
            long status = rows[at + 4];
            long place = rows[at + 5];
            if (key <= lastKey || key > Integer.MAX_VALUE || status < MemberTable.BLOCKED || status > MemberTable.RUNNING) {
                throw new StateException("round-robin state has vCPU key " + key + " after " + lastKey + ", in status " + status);
            }
            lastKey = key;
            fresh.add((int) key, shareOf(rows, at));
            int slot = fresh.slot((int) key);
            if (status == MemberTable.RUNNABLE) {
                if (place < 0 || place >= count || line[(int) place] >= 0) {
                    throw new StateException("round-robin state has vCPU " + key + " at place " + place + " of its line");
                }
                line[(int) place] = slot;
                runnable++;
            } else if (place != -1) {
                throw new StateException("round-robin state has vCPU " + key + " in its line, which is not runnable");
            } else if (status == MemberTable.RUNNING) {
                fresh.run(slot);
            }
        }
        for (int i = 0; i < runnable; i++) {
            if (line[i] < 0) {
                throw new StateException("round-robin state has a gap at place " + i + " of its line");
            }
            fresh.enqueue(line[i]);
        }
        members = fresh;
        hostCpus = cpus;
    }

    private static Share shareOf(long[] rows, int at) throws StateException {
        for (int i = 1; i <= 3; i++) {
            if (rows[at + i] < 0 || rows[at + i] > 10_000) {
                throw new StateException("round-robin state has a share of " + rows[at + i] + " for vCPU " + rows[at]);
            }
        }
        try {
            return new Share((int) rows[at + 1], (int) rows[at + 2], (int) rows[at + 3]);
        } catch (IllegalArgumentException e) {
            throw new StateException("round-robin state, vCPU " + rows[at] + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void wake() {
        // It acts only when called.
    }

    @Override
    public void close() {
        // Holds nothing of the host's.
    }
}
