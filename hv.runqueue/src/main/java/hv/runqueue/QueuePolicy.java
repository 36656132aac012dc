package hv.runqueue;

import hv.api.scheduler.spi.Pick;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.Share;
import hv.api.scheduler.spi.TurnEnd;
import hv.api.state.Deadline;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import java.util.Arrays;

/**
 * A policy with one queue for all host CPUs. It keeps vCPUs, caps, affinities, who runs where, and the state; the subclass says in which order the runnable
 * ones run, for how long, and who preempts whom. A decision costs a logarithm of their number, unless affinities stand in the way of the first.
 * <pre>
 *   (blocked) --ready--> (runnable: in the queue, or held by a cap) --pick--> (running) --ran--> ...
 * </pre>
 * Nobody waits much longer than {@value #MOST_WAIT_NANOS} ns, whatever the order says. Longer than most since the steps of a vCPU's life belong together.
 */
public abstract class QueuePolicy implements SchedulerPolicy {
    /** Who may run and has waited so long is next. */
    protected static final long MOST_WAIT_NANOS = 10_000_000_000L;
    private static final long LOOK_FOR_WAITING_NANOS = 1_000_000_000L;
    /** Keeps the saved state below its limit of 1 MiB. */
    static final int MOST_VCPUS = 8_192;
    static final int MOST_HOST_CPUS = 1_024;
    static final byte BLOCKED = 0;
    static final byte RUNNABLE = 1;
    static final byte RUNNING = 2;
    /** Orders keep to this, so that differences do not overflow. */
    protected static final long MOST_ORDER = 1L << 62;
    private final StateTag tag;
    private Tables t;
    private SlotHeap queue = new SlotHeap();
    /** Runnable ones that a cap, or the policy, holds; by when they may run. */
    private SlotHeap held = new SlotHeap();
    private int hostCpus;
    /** By host CPU: slot that runs there, or -1. */
    private int[] running = new int[16];
    /** By host CPU: it was told to decide anew and has not yet. */
    private boolean[] asked = new boolean[16];
    private long lookedNanos;
    private int urgent = -1;

    /**
     * @param tag   of the state: two policies of one tag give each other their state
     * @param owned how many longs a vCPU has that are the policy's own, 0 .. 3, see {@link #own}
     */
    protected QueuePolicy(StateTag tag, int owned) {
        this.tag = tag;
        t = new Tables(owned);
        Arrays.fill(running, -1);
    }

    // --- what a policy says

    /** A vCPU came. Its own longs are 0. */
    protected void added(int slot, long nowNanos) {
        // Most begin with nothing.
    }

    /** It becomes runnable, or its share changed while it was: its order. */
    protected abstract long orderOfReady(int slot, long nowNanos);

    /** It ran: its order from now on, also if it is blocked. */
    protected abstract long orderAfterTurn(int slot, long ranNanos, TurnEnd end, long nowNanos);

    /** It is no longer runnable or running, or is about to become so anew with another share. */
    protected void leaves(int slot, long nowNanos) {
        // Most need not know.
    }

    /** It is picked: for how long, nanoseconds. A cap may shorten it. */
    protected abstract long sliceNanos(int slot, long nowNanos);

    /** Whether one that became ready is to run in the place of one that runs since a while. */
    protected abstract boolean preempts(int slot, int runningSlot, long nowNanos);

    /** Until when it must not run although it is runnable; 0 if it may. */
    protected long heldUntil(int slot, long nowNanos) {
        return 0;
    }

    /** The first in the queue that may run on this host CPU, or -1. Who is not in the queue's order stands elsewhere in the policy. */
    protected int first(int hostCpu, long nowNanos) {
        return firstOf(queue, hostCpu);
    }

    /** One that waits and is not held, the first if that is easily told; or -1. */
    protected int anyQueued() {
        return queue.first();
    }

    /** It leaves the queue, to run, to be held or to block. */
    protected void dequeued(int slot) {
        // Most have but one queue.
    }

    /** Numbers of the policy as a whole; a constant count. */
    protected abstract long[] saveOwn();

    /** @param numbers as many as {@link #saveOwn} gives @throws StateException they cannot be; nothing has changed */
    protected abstract void restoreOwn(long[] numbers) throws StateException;

    // --- what it may use

    protected final Share share(int slot) {
        return t.share[slot];
    }

    protected final long order(int slot) {
        return t.order[slot];
    }

    /** Since when it is runnable without running, or when it was picked. */
    protected final long sinceNanos(int slot) {
        return t.since[slot];
    }

    /** One of its own longs, as {@link #own(int, int, long)} has set it. */
    protected final long own(int slot, int which) {
        return t.own[which][slot];
    }

    protected final void own(int slot, int which, long value) {
        t.own[which][slot] = value;
    }

    /** Adds a number to all orders, for policies whose orders grow without end. */
    protected final void shiftOrders(long by) {
        for (int slot = 0; slot < t.order.length; slot++) {
            t.order[slot] = bounded(t.order[slot] + by);
            if (queue.contains(slot)) {
                queue.remove(slot);
                queue.add(slot, t.order[slot], t.keys.key(slot));
            }
        }
    }

    /** The runnable ones that are not held, but for those that stand elsewhere in the policy. */
    protected final SlotHeap queue() {
        return queue;
    }

    /** The first of a queue that may run on this host CPU, or -1. */
    protected final int firstOf(SlotHeap from, int hostCpu) {
        int top = from.first();
        if (top < 0 || t.share[top].mayRunOn(hostCpu)) {
            return top;
        }
        int best = -1;
        for (int i = 1; i < from.size(); i++) {
            int s = from.at(i);
            if (t.share[s].mayRunOn(hostCpu) && (best < 0 || from.order(s) < from.order(best) || from.order(s) == from.order(best) && t.keys.key(s) < t.keys.key(best))) {
                best = s;
            }
        }
        return best;
    }

    /** Breaks ties in queues. */
    protected final int key(int slot) {
        return t.keys.key(slot);
    }

    protected final int hostCpus() {
        return hostCpus;
    }

    // --- events

    @Override
    public final void add(int key, int machine, Share share, long nowNanos) {
        if (t.keys.slot(key) >= 0) {
            share(key, share, nowNanos);
            return;
        }
        if (key < 0 || machine < 0 || t.keys.count() == MOST_VCPUS) {
            throw new IllegalArgumentException("vCPU key " + key + " of machine " + machine + ": not a key, or more than " + MOST_VCPUS + " vCPUs");
        }
        added(t.add(key, machine, share, nowNanos), nowNanos);
    }

    @Override
    public final void remove(int key) {
        int slot = t.keys.slot(key);
        if (slot < 0) {
            return;
        }
        if (t.status[slot] == RUNNING) {
            running[t.cpu[slot]] = -1;
        }
        if (t.status[slot] != BLOCKED) {
            unqueue(slot);
            leaves(slot, t.since[slot]);
        }
        if (urgent == slot) {
            urgent = -1;
        }
        t.remove(slot);
    }

    @Override
    public final void share(int key, Share share, long nowNanos) {
        int slot = t.keys.slot(key);
        if (slot < 0) {
            return;
        }
        byte status = t.status[slot];
        if (status != BLOCKED) {
            unqueue(slot);
            leaves(slot, nowNanos);
        }
        t.share[slot] = share;
        t.caps.cap(slot, share.capPercent(), nowNanos);
        if (status != BLOCKED) {
            t.order[slot] = orderOfReady(slot, nowNanos);
        }
        if (status == RUNNABLE) {
            enqueue(slot, nowNanos);
        }
    }

    @Override
    public final void machineCap(int machine, int capPercent, long nowNanos) {
        int m = t.machines.slot(machine);
        if (m >= 0) {
            t.machineCaps.cap(m, capPercent, nowNanos);
            // Who waits for the old cap looks again.
            while (held.first() >= 0) {
                unhold(held.first());
            }
        }
    }

    @Override
    public final int ready(int key, long nowNanos) {
        int slot = t.keys.slot(key);
        if (slot < 0 || t.status[slot] != BLOCKED) {
            return NO_CPU;
        }
        t.status[slot] = RUNNABLE;
        t.since[slot] = nowNanos;
        t.order[slot] = orderOfReady(slot, nowNanos);
        enqueue(slot, nowNanos);
        int idle = idleFor(slot, -1);
        if (idle >= 0 || held.contains(slot)) {
            return idle;
        }
        int worst = -1;
        for (int cpu = 0; cpu < hostCpus; cpu++) {
            int r = running[cpu];
            if (r >= 0 && !asked[cpu] && t.share[slot].mayRunOn(cpu) && preempts(slot, r, nowNanos) && (worst < 0 || t.order[r] > t.order[running[worst]])) {
                worst = cpu;
            }
        }
        if (worst >= 0) {
            asked[worst] = true;
        }
        return worst;
    }

    /** A host CPU on which nobody runs, other than one, that it may run on; or -1. */
    private int idleFor(int slot, int other) {
        for (int cpu = 0; cpu < hostCpus; cpu++) {
            if (running[cpu] < 0 && cpu != other && t.share[slot].mayRunOn(cpu)) {
                return cpu;
            }
        }
        return NO_CPU;
    }

    private void enqueue(int slot, long nowNanos) {
        long until = mayRunAt(slot, nowNanos);
        if (until == 0) {
            queue.add(slot, t.order[slot], t.keys.key(slot));
        } else {
            held.add(slot, until, t.keys.key(slot));
        }
    }

    /** When neither a cap nor the policy holds it; 0 for now. */
    private long mayRunAt(int slot, long nowNanos) {
        long at = Math.max(heldUntil(slot, nowNanos), t.caps.readyAt(slot, nowNanos));
        return Math.max(at, t.machineCaps.readyAt(t.machine[slot], nowNanos));
    }

    private void unqueue(int slot) {
        queue.remove(slot);
        held.remove(slot);
        dequeued(slot);
    }

    private void unhold(int slot) {
        held.remove(slot);
        queue.add(slot, t.order[slot], t.keys.key(slot));
    }

    @Override
    public final void blocked(int key, long nowNanos) {
        int slot = t.keys.slot(key);
        if (slot >= 0 && t.status[slot] == RUNNABLE) {
            unqueue(slot);
            t.status[slot] = BLOCKED;
            leaves(slot, nowNanos);
        }
    }

    @Override
    public final void ran(int key, int hostCpu, long ranNanos, TurnEnd end, long nowNanos) {
        int slot = t.keys.slot(key);
        if (slot < 0 || t.status[slot] != RUNNING) {
            return;
        }
        running[t.cpu[slot]] = -1;
        asked[t.cpu[slot]] = false;
        t.caps.take(slot, ranNanos - t.taken[slot]);
        t.machineCaps.take(t.machine[slot], ranNanos - t.taken[slot]);
        t.order[slot] = orderAfterTurn(slot, ranNanos, end, nowNanos);
        if (end == TurnEnd.BLOCKED) {
            t.status[slot] = BLOCKED;
            leaves(slot, nowNanos);
        } else {
            t.status[slot] = RUNNABLE;
            t.since[slot] = nowNanos;
            enqueue(slot, nowNanos);
        }
    }

    @Override
    public final void hostCpus(int count) {
        if (count < 0 || count > MOST_HOST_CPUS) {
            throw new IllegalArgumentException(count + " host CPUs: 0 .. " + MOST_HOST_CPUS);
        }
        hostCpus = count;
        reach(count);
    }

    private void reach(int cpus) {
        int before = running.length;
        if (before < cpus) {
            running = Arrays.copyOf(running, cpus);
            Arrays.fill(running, before, cpus, -1);
            asked = Arrays.copyOf(asked, cpus);
        }
    }

    @Override
    public final void pick(int hostCpu, long nowNanos, Pick out) {
        while (held.first() >= 0 && held.order(held.first()) <= nowNanos) {
            unhold(held.first());
        }
        if (nowNanos - lookedNanos > LOOK_FOR_WAITING_NANOS) {
            lookedNanos = nowNanos;
            urgent = longestWaiting(nowNanos);
        }
        int slot = hostCpu < 0 || hostCpu >= hostCpus ? -1 : next(hostCpu, nowNanos);
        if (slot < 0) {
            if (held.first() < 0) {
                out.nobody();
            } else {
                out.nobodyUntil(held.order(held.first()));
            }
            return;
        }
        unqueue(slot);
        long slice = Math.min(sliceNanos(slot, nowNanos), Math.min(t.caps.available(slot), t.machineCaps.available(t.machine[slot])));
        if (held.first() >= 0) {
            // Who is released meanwhile decides anew who runs; a crumb is not worth it.
            slice = Math.min(slice, Math.max(500_000, held.order(held.first()) - nowNanos));
        }
        slice = Math.clamp(slice, Pick.LEAST_SLICE_NANOS, Pick.MOST_SLICE_NANOS);
        t.taken[slot] = slice;
        t.caps.take(slot, slice);
        t.machineCaps.take(t.machine[slot], slice);
        t.status[slot] = RUNNING;
        t.cpu[slot] = hostCpu;
        t.since[slot] = nowNanos;
        running[hostCpu] = slot;
        asked[hostCpu] = false;
        out.run(t.keys.key(slot), slice);
        int waiting = anyQueued();
        if (waiting >= 0) {
            out.also(idleFor(waiting, hostCpu));
        }
    }

    private int next(int hostCpu, long nowNanos) {
        int u = urgent;
        if (u >= 0 && t.status[u] == RUNNABLE && t.share[u].mayRunOn(hostCpu) && mayRunAt(u, nowNanos) == 0) {
            urgent = -1;
            return u;
        }
        for (;;) {
            int slot = first(hostCpu, nowNanos);
            if (slot < 0) {
                return slot;
            }
            long until = mayRunAt(slot, nowNanos);
            if (until == 0) {
                return slot;
            }
            unqueue(slot);
            held.add(slot, until, t.keys.key(slot));
        }
    }

    private int longestWaiting(long nowNanos) {
        int longest = -1;
        for (int slot = 0; slot < t.status.length; slot++) {
            if (t.status[slot] == RUNNABLE && !held.contains(slot) && nowNanos - t.since[slot] > MOST_WAIT_NANOS && (longest < 0 || t.since[slot] < t.since[longest])) {
                longest = slot;
            }
        }
        return longest;
    }

    // --- state

    @Override
    public final PartId id() {
        return new PartId("policy", tag);
    }

    @Override
    public final void sleep(Deadline by) {
        // It acts only when called.
    }

    @Override
    public final void save(StateWriter out) {
        out.section("queue-policy").putInt(hostCpus).putLong(lookedNanos);
        t.save(out);
        out.section("own").putLongs(saveOwn());
    }

    @Override
    public final void restore(StateReader in) throws StateException {
        in.section("queue-policy");
        final int cpus = in.getInt(0, MOST_HOST_CPUS);
        final long looked = in.getLong();
        Tables fresh = Tables.read(in, t.own.length);
        in.section("own");
        long[] numbers = in.getLongs(saveOwn().length);
        in.end();
        int[] on = new int[Math.max(16, MOST_HOST_CPUS)];
        Arrays.fill(on, -1);
        for (int slot = 0; slot < fresh.status.length; slot++) {
            if (fresh.status[slot] == RUNNING) {
                if (on[fresh.cpu[slot]] >= 0) {
                    throw new StateException("policy state has two vCPUs on host CPU " + fresh.cpu[slot]);
                }
                on[fresh.cpu[slot]] = slot;
            }
        }
        restoreOwn(numbers);
        t = fresh;
        hostCpus = cpus;
        lookedNanos = looked;
        urgent = -1;
        running = on;
        asked = new boolean[on.length];
        queue = new SlotHeap();
        held = new SlotHeap();
        for (int slot = 0; slot < t.status.length; slot++) {
            if (t.status[slot] == RUNNABLE) {
                // A cap that holds it is met when it is picked.
                queue.add(slot, t.order[slot], t.keys.key(slot));
            }
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

    /** What an order may be: within what differences can be told of. */
    protected static long bounded(long order) {
        return Math.clamp(order, -MOST_ORDER, MOST_ORDER);
    }
}
