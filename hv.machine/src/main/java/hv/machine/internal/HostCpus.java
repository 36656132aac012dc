package hv.machine.internal;

import hv.api.part.Origin;
import hv.api.part.PartInfo;
import hv.api.part.PartKind;
import hv.api.part.ReplaceException;
import hv.api.part.ReplaceReport;
import hv.api.scheduler.spi.Pick;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.SchedulerPolicyFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * The pool of host CPUs: one thread a slot, on which vCPUs of all machines take turns as the policy decides.
 *
 * <p>The policy is called from slot threads and by {@link #replace} only, so that no other host thread can hang in it. Who makes a vCPU runnable
 * pushes it on a stack that slots empty before they pick. A slot whose policy call hung is given a new thread by the watchdog; the old thread,
 * should it return, finds its slot taken and ends.
 */
final class HostCpus implements AutoCloseable {
    private static final long WATCH_NANOS = 50_000_000L;
    /** So many looks in a row at one turn that is over its time, and it hangs: looks and not time, since the host may have stood still itself. */
    private static final int HANGING_LOOKS = 60;

    private final Slot[] slots;
    private final Map<Integer, MachineVcpu> vcpus = new ConcurrentHashMap<>();
    private final AtomicInteger nextKey = new AtomicInteger();
    private final AtomicReference<MachineVcpu> readyStack = new AtomicReference<>();
    private final FactoryRegistry factories;
    private final Faults faults;
    private final Thread watchdog;
    private volatile PolicyDomain domain;
    private volatile boolean closed;

    HostCpus(int count, FactoryRegistry.Entry policy, FactoryRegistry factories, Faults faults) {
        this.factories = factories;
        this.faults = faults;
        SchedulerPolicy p = ((SchedulerPolicyFactory) policy.factory()).create();
        p.hostCpus(count);
        p.wake();
        domain = new PolicyDomain(p, policy, 1);
        slots = new Slot[count];
        for (int i = 0; i < count; i++) {
            slots[i] = new Slot(i);
            slots[i].startThread();
        }
        watchdog = Thread.ofPlatform().name("hv-watchdog").daemon().start(this::watch);
    }

    int count() {
        return slots.length;
    }

    MachineVcpu byKey(int key) {
        return vcpus.get(key);
    }

    /** A vCPU joins, blocked. */
    int join(MachineVcpu v) {
        int key = nextKey.incrementAndGet();
        vcpus.put(key, v);
        v.key = key;
        inDomain(d -> d.policy().add(key, v.share, System.nanoTime()));
        return key;
    }

    /** A vCPU that does not run leaves. */
    void leave(MachineVcpu v) {
        inDomain(d -> {
            drainReady(d);
            vcpus.remove(v.key);
            v.schedState = MachineVcpu.BLOCKED;
            d.policy().remove(v.key);
        });
    }

    /** A vCPU has, or may have, a reason to run. Any thread; allocates nothing; calls no policy. */
    void wake(MachineVcpu v) {
        if (v.schedState != MachineVcpu.BLOCKED || !v.inbox.compareAndSet(false, true)) {
            return;
        }
        v.runnableNow(System.nanoTime());
        MachineVcpu head;
        do {
            head = readyStack.get();
            v.nextReady = head;
        } while (!readyStack.compareAndSet(head, v));
        for (Slot s : slots) {
            if (s.idle.compareAndSet(true, false)) {
                LockSupport.unpark(s.thread);
                return;
            }
        }
    }

    private void drainReady(PolicyDomain d) {
        MachineVcpu v = readyStack.getAndSet(null);
        while (v != null) {
            MachineVcpu next = v.nextReady;
            v.nextReady = null;
            v.inbox.set(false);
            if (v.schedState == MachineVcpu.BLOCKED && vcpus.get(v.key) == v && v.isEligible()) {
                v.schedState = MachineVcpu.RUNNABLE;
                d.policy().ready(v.key, System.nanoTime());
            }
            v = next;
        }
    }

    /** Runs a task with the policy in force; the policy is ejected if it throws, and the task done again with the next. */
    private void inDomain(java.util.function.Consumer<PolicyDomain> task) {
        for (;;) {
            PolicyDomain d = domain;
            if (!d.tryEnter()) {
                // What must be done here cannot be given up half-way: an interrupt only ends the waiting.
                Thread.interrupted();
                continue;
            }
            try {
                task.accept(d);
                return;
            } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
                eject(d, Faults.describe(e));
            } finally {
                d.leave();
            }
        }
    }

    /** Puts the default policy, or failing that the ejected one's own kind afresh, in the place of a policy at fault. */
    private synchronized void eject(PolicyDomain at, String why) {
        if (domain != at) {
            return;
        }
        faults.report("policy " + at.maker.origin(), why + "; ejected, the default policy takes over");
        FactoryRegistry.Entry next = null;
        for (var info : factories.infos()) {
            if (info.kind() == PartKind.POLICY) {
                FactoryRegistry.Entry e = factories.find(PartKind.POLICY, info.type(), at.maker);
                if (e != null && e.origin().bundleId() != at.maker.origin().bundleId()) {
                    next = e;
                    break;
                }
            }
        }
        SchedulerPolicy fresh = next == null ? new LastResortPolicy() : ((SchedulerPolicyFactory) next.factory()).create();
        FactoryRegistry.Entry maker = next == null ? LastResortPolicy.MAKER : next;
        at.supersede();
        try {
            PolicyDomain.handOver(null, fresh, vcpus.values(), slots.length);
        } catch (hv.api.state.NotAsleepException | hv.api.state.StateException | RuntimeException | LinkageError e) {
            faults.report("policy " + maker.origin(), Faults.describe(e) + "; the built-in policy takes over");
            fresh = new LastResortPolicy();
            maker = LastResortPolicy.MAKER;
            PolicyDomain.tellWhoIsThere(fresh, vcpus.values(), slots.length);
            fresh.wake();
        }
        domain = new PolicyDomain(fresh, maker, at.generation + 1);
        unparkAll();
    }

    private void unparkAll() {
        for (Slot s : slots) {
            if (s.idle.compareAndSet(true, false)) {
                LockSupport.unpark(s.thread);
            }
        }
    }

    /** Replaces the policy, with its state if the tags agree; the old one serves on if the new one refuses or throws. */
    ReplaceReport replace(FactoryRegistry.Entry entry) throws ReplaceException {
        long begun = System.nanoTime();
        PluginCall<SchedulerPolicy> made = new PluginCall<>("make policy of " + entry.origin(), () -> ((SchedulerPolicyFactory) entry.factory()).create());
        SchedulerPolicy fresh = made.await(2_000_000_000L);
        for (;;) {
            PolicyDomain d = domain;
            if (!d.tryEnter()) {
                continue;
            }
            long stop = System.nanoTime();
            boolean kept;
            try {
                drainReady(d);
                kept = new PluginCall<>("hand over to policy of " + entry.origin(),
                        () -> PolicyDomain.handOver(d.policy(), fresh, vcpus.values(), slots.length)).await(PolicyDomain.HANG_NANOS / 2);
                synchronized (this) {
                    if (domain != d) {
                        throw new ReplaceException("the policy was ejected meanwhile; try again");
                    }
                    d.supersede();
                    domain = new PolicyDomain(fresh, entry, d.generation + 1);
                }
            } catch (ReplaceException e) {
                d.policy().wake();
                throw e;
            } finally {
                d.leave();
            }
            long end = System.nanoTime();
            unparkAll();
            closeQuietly(d.policy(), d.maker.origin());
            return new ReplaceReport("policy", d.maker.origin(), entry.origin(), kept, end - stop, System.nanoTime() - begun);
        }
    }

    private void closeQuietly(SchedulerPolicy p, Origin of) {
        try {
            p.close();
        } catch (RuntimeException | LinkageError e) {
            faults.report("policy " + of, e);
        }
    }

    PartInfo info() {
        PolicyDomain d = domain;
        return new PartInfo("policy", PartKind.POLICY, d.maker.factory().type(), d.maker.origin(), d.policy().id().tag(), d.generation, "ok");
    }

    FactoryRegistry.Entry maker() {
        return domain.maker;
    }

    private void watch() {
        while (!closed) {
            PolicyDomain d = domain;
            if (d.isHung()) {
                eject(d, "a call did not return within " + PolicyDomain.HANG_NANOS / 1_000_000 + " ms");
                for (Slot s : slots) {
                    s.replaceIfStuckIn(d);
                }
            }
            for (Slot s : slots) {
                s.replaceIfTurnDoesNotEnd();
            }
            LockSupport.parkNanos(this, WATCH_NANOS);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(watchdog);
        for (Slot s : slots) {
            s.idle.set(false);
            LockSupport.unpark(s.thread);
        }
        for (Slot s : slots) {
            try {
                s.thread.join(2_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        closeQuietly(domain.policy(), domain.maker.origin());
    }

    /** One host CPU. */
    private final class Slot {
        private final int index;
        private final java.util.concurrent.atomic.AtomicBoolean idle = new java.util.concurrent.atomic.AtomicBoolean();
        private final Pick pick = new Pick();
        private volatile Thread thread;
        /** The domain whose policy this slot's thread is in, for the watchdog. */
        private volatile PolicyDomain in;
        /** Whose turn it is, for the watchdog. */
        private volatile MachineVcpu running;
        /** Watchdog only: looks in a row at the turn that ends, or should have ended, at {@link #lookedAt}. */
        private int looks;
        private long lookedAt;

        Slot(int index) {
            this.index = index;
        }

        void startThread() {
            thread = new SlotThread("hv-cpu-" + index, this::loop);
            thread.start();
        }

        void replaceIfStuckIn(PolicyDomain d) {
            Thread stuck = thread;
            if (in == d) {
                in = null;
                startThread();
                stuck.interrupt();
                faults.report("host CPU " + index, "its thread is stuck in the ejected policy of " + d.maker.origin()
                        + " and was abandoned; a new thread serves. Restart the platform to be rid of the old");
            }
        }

        /** Watchdog only. */
        private void replaceIfTurnDoesNotEnd() {
            MachineVcpu v = running;
            long ends = v == null ? 0 : v.turnEndsNanos();
            if (ends == 0 || System.nanoTime() - ends < 0 || ends != lookedAt) {
                // Another turn than last time: on a busy host each may be over its time when it is looked at, and none of them hangs.
                lookedAt = ends;
                looks = 0;
                return;
            }
            if (++looks < HANGING_LOOKS) {
                return;
            }
            looks = 0;
            running = null;
            Thread stuck = thread;
            startThread();
            stuck.interrupt();
            faults.report("host CPU " + index, "its thread hangs in a vCPU's turn and was abandoned; a new thread serves");
            v.abandon();
        }

        private void loop() {
            MachineVcpu ran = null;
            boolean runnable = false;
            long ranNanos = 0;
            while (!closed && thread == Thread.currentThread()) {
                PolicyDomain d = domain;
                if (!d.tryEnter()) {
                    continue;
                }
                MachineVcpu next = null;
                in = d;
                try {
                    long now = System.nanoTime();
                    if (ran != null) {
                        MachineVcpu r = ran;
                        ran = null;
                        // One that waits inside asks for a turn by itself.
                        runnable |= !r.waitsInside() && r.isEligible();
                        if (runnable) {
                            r.runnableNow(now);
                        }
                        r.schedState = runnable ? MachineVcpu.RUNNABLE : MachineVcpu.BLOCKED;
                        // It may have left between the pick and its run.
                        if (vcpus.get(r.key) == r) {
                            d.policy().ran(r.key, index, ranNanos, runnable, now);
                        }
                        if (!runnable && !r.waitsInside() && r.isEligible()) {
                            wake(r);
                        }
                    }
                    drainReady(d);
                    next = d.pick(index, now, pick, HostCpus.this);
                    if (next != null) {
                        next.schedState = MachineVcpu.RUNNING;
                    }
                } catch (PolicyDomain.PolicyFault e) {
                    eject(d, e.getMessage());
                } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
                    eject(d, Faults.describe(e));
                } finally {
                    d.leave();
                }
                if (thread != Thread.currentThread()) {
                    return;
                }
                in = null;
                if (d.isSuperseded()) {
                    if (next != null) {
                        next.schedState = MachineVcpu.RUNNABLE;
                        giveBack(next);
                    }
                    continue;
                }
                if (next == null) {
                    idle.set(true);
                    if (readyStack.get() == null && domain == d && !closed) {
                        LockSupport.park(this);
                    }
                    idle.set(false);
                    continue;
                }
                long from = next.usedNanos();
                running = next;
                runnable = next.turn(pick.sliceNanos());
                if (thread != Thread.currentThread()) {
                    returnedLate(next);
                    return;
                }
                running = null;
                ranNanos = next.usedNanos() - from;
                next.ranNanos += ranNanos;
                ran = next;
            }
        }

        /** An abandoned thread has come back after all: its vCPU blocks, as its machine has failed. */
        private void returnedLate(MachineVcpu v) {
            inDomain(d -> {
                if (vcpus.get(v.key) == v) {
                    v.schedState = MachineVcpu.BLOCKED;
                    d.policy().ran(v.key, index, 0, false, System.nanoTime());
                }
            });
        }

        /** A vCPU that was picked from a policy that was then superseded: the new one may believe it blocked or running. */
        private void giveBack(MachineVcpu v) {
            inDomain(d -> {
                if (vcpus.get(v.key) == v) {
                    d.policy().ran(v.key, index, 0, true, System.nanoTime());
                }
            });
        }
    }
}
