package hv.machine.internal;

import hv.api.part.Origin;
import hv.api.part.PartInfo;
import hv.api.part.PartKind;
import hv.api.part.ReplaceException;
import hv.api.part.ReplaceReport;
import hv.api.scheduler.spi.Pick;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.SchedulerPolicyFactory;
import hv.api.scheduler.spi.Share;
import hv.api.scheduler.spi.TurnEnd;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * The pool of host CPUs: one thread a slot, on which vCPUs of all machines take turns as the policy decides.
 *
 * <p>The policy is called from slot threads, the waker and control threads only, so that no thread of a device or timer can hang in it. Who makes a vCPU
 * runnable pushes it on a stack that slots empty before they pick, and the waker if all slots are busy: the policy may want to preempt one. A slot whose
 * policy call hung is given a new thread by the watchdog; the old thread, should it return, finds its slot taken and ends. Longer than most since
 * these hand-overs are one protocol.
 */
final class HostCpus implements AutoCloseable {
    private static final long WATCH_NANOS = 50_000_000L;
    /** So many looks in a row at one turn that is over its time, and it hangs: looks and not time, since the host may have stood still itself. */
    private static final int HANGING_LOOKS = 60;
    private static final int STARVING_LOOKS = 20;

    private final Slot[] slots;
    private final Roster roster = new Roster();
    private final AtomicInteger nextKey = new AtomicInteger();
    private final AtomicReference<MachineVcpu> readyStack = new AtomicReference<>();
    /** Inside the domain: taken off the stack, and not told to the policy yet. Here and not on a thread's stack, since that thread may hang or throw on the way. */
    private volatile MachineVcpu taken;
    private final FactoryRegistry factories;
    private final Faults faults;
    private final Thread watchdog;
    /** Tells the policy who woke while no slot looks: it may want to preempt. */
    private final Caller waker = new Caller("hv-wakes", "the thread of wake-ups", this::tellWakes);
    /** Some wake-up is to be told by the waker. */
    private volatile boolean wakesWait;
    /** Under this: makers of policies that were ejected. */
    private final Set<FactoryRegistry.Entry> ejected = new HashSet<>();
    /** Held while reservations are looked at and joined. */
    final Object admission = new Object();
    private volatile PolicyDomain domain;
    private volatile boolean closed;

    HostCpus(int count, FactoryRegistry.Entry policy, FactoryRegistry factories, Faults faults) {
        this.factories = factories;
        this.faults = faults;
        SchedulerPolicy p = ((SchedulerPolicyFactory) policy.factory()).create();
        p.hostCpus(count);
        p.wake();
        domain = new PolicyDomain(p, policy, 1, 1);
        slots = new Slot[count];
        for (int i = 0; i < count; i++) {
            slots[i] = new Slot(i);
        }
        for (Slot s : slots) {
            s.caller.startThread();
        }
        waker.startThread();
        watchdog = Thread.ofPlatform().name("hv-watchdog").daemon().start(this::watch);
    }

    int count() {
        return slots.length;
    }

    MachineVcpu byKey(int key) {
        return roster.find(key);
    }

    private boolean isHere(MachineVcpu v) {
        return roster.find(v.key) == v;
    }

    /** Names a machine to the policy. */
    int nextMachineKey() {
        return nextKey.incrementAndGet();
    }

    /** A vCPU joins, blocked. */
    void join(MachineVcpu v) {
        v.key = nextKey.incrementAndGet();
        roster.add(v);
        inDomain(d -> {
            long now = System.nanoTime();
            d.policy().add(v.key, v.machineKey(), v.share, now);
            d.policy().machineCap(v.machineKey(), v.machineCap(), now);
        });
    }

    /** A vCPU that does not run leaves. */
    void leave(MachineVcpu v) {
        inDomain(d -> {
            drainReady(d);
            roster.remove(v);
            v.schedState = MachineVcpu.BLOCKED;
            d.policy().remove(v.key);
        });
    }

    /** Shares of a machine's vCPUs have changed, or its cap. All host CPUs decide anew. */
    void reshare(MachineVcpu[] vcpus, Share[] shares, Runnable andMachine) {
        inDomain(d -> {
            long now = System.nanoTime();
            andMachine.run();
            for (int i = 0; i < vcpus.length; i++) {
                vcpus[i].share = shares[i];
                if (isHere(vcpus[i])) {
                    d.policy().share(vcpus[i].key, shares[i], now);
                    d.policy().machineCap(vcpus[i].machineKey(), vcpus[i].machineCap(), now);
                }
            }
        });
        for (Slot s : slots) {
            decideAnew(s.index);
        }
    }

    /** Other machines' shares; for admission. */
    List<Share> sharesBut(int machineKey) {
        return roster.all().stream().filter(v -> v.machineKey() != machineKey).map(v -> v.share).toList();
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
        if (!wakeAnIdleSlot()) {
            wakesWait = true;
            LockSupport.unpark(waker.thread);
        }
    }

    private boolean wakeAnIdleSlot() {
        for (Slot s : slots) {
            if (s.idle.compareAndSet(true, false)) {
                LockSupport.unpark(s.caller.thread);
                return true;
            }
        }
        return false;
    }

    /** What runs there is preempted; if it idles it is woken. Numbers that name no host CPU are a policy's "none". */
    private void decideAnew(int hostCpu) {
        if (hostCpu < 0 || hostCpu >= slots.length) {
            return;
        }
        Slot s = slots[hostCpu];
        if (s.idle.compareAndSet(true, false)) {
            LockSupport.unpark(s.caller.thread);
            return;
        }
        MachineVcpu v = s.picked;
        if (v != null) {
            v.preempt();
        }
    }

    /** Inside the domain. */
    private void drainReady(PolicyDomain d) {
        for (;;) {
            MachineVcpu v;
            // A thread that was late is not to take what another already handles: see PolicyDomain.supersede.
            synchronized (d) {
                if (d.isSuperseded()) {
                    return;
                }
                if (taken == null) {
                    taken = readyStack.getAndSet(null);
                }
                v = taken;
                if (v == null) {
                    return;
                }
                taken = v.nextReady;
                v.nextReady = null;
                v.inbox.set(false);
                if (v.schedState != MachineVcpu.BLOCKED || !isHere(v) || !v.isEligible()) {
                    continue;
                }
                v.schedState = MachineVcpu.RUNNABLE;
            }
            decideAnew(d.policy().ready(v.key, System.nanoTime()));
        }
    }

    /** The waker's loop. */
    private void tellWakes() {
        while (!closed && waker.isServedByThisThread()) {
            if (!wakesWait) {
                LockSupport.park(this);
                continue;
            }
            wakesWait = false;
            while ((readyStack.get() != null || taken != null) && !closed && waker.isServedByThisThread()) {
                PolicyDomain d = domain;
                if (!d.tryEnter()) {
                    continue;
                }
                waker.in = d;
                try {
                    drainReady(d);
                } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
                    eject(d, Faults.describe(e));
                } finally {
                    d.leave();
                }
                if (waker.isServedByThisThread()) {
                    waker.in = null;
                }
            }
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

    /** Puts round robin, or failing that another policy on offer or the built-in one, in the place of a policy at fault. */
    private synchronized void eject(PolicyDomain at, String why) {
        if (domain != at) {
            return;
        }
        ejected.add(at.maker);
        FactoryRegistry.Entry maker = factories.fallbackPolicy(ejected);
        if (maker == null) {
            maker = LastResortPolicy.MAKER;
        }
        faults.report("policy " + at.maker.origin(), why + "; ejected, " + maker.factory().type() + " takes over");
        at.supersede();
        SchedulerPolicy fresh;
        try {
            fresh = ((SchedulerPolicyFactory) maker.factory()).create();
            PolicyDomain.handOver(null, fresh, roster.all(), slots.length);
        } catch (hv.api.state.NotAsleepException | hv.api.state.StateException | RuntimeException | LinkageError e) {
            faults.report("policy " + maker.origin(), Faults.describe(e) + "; the built-in policy takes over");
            fresh = new LastResortPolicy();
            maker = LastResortPolicy.MAKER;
            PolicyDomain.tellWhoIsThere(fresh, roster.all(), slots.length);
            fresh.wake();
        }
        domain = new PolicyDomain(fresh, maker, at.generation + 1, at.generation + 1);
        unparkAll();
    }

    /** Whether a policy of this maker was ejected. */
    synchronized boolean wasEjected(FactoryRegistry.Entry maker) {
        return ejected.contains(maker);
    }

    /** Makers of ejected policies. */
    synchronized Set<FactoryRegistry.Entry> ejected() {
        return Set.copyOf(ejected);
    }

    /** A maker has left: nothing of its bundle is kept. */
    synchronized void forget(FactoryRegistry.Entry maker) {
        ejected.remove(maker);
    }

    private void unparkAll() {
        for (Slot s : slots) {
            if (s.idle.compareAndSet(true, false)) {
                LockSupport.unpark(s.caller.thread);
            }
        }
        // What the old policy was not told of any more.
        wakesWait = true;
        LockSupport.unpark(waker.thread);
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
                        () -> PolicyDomain.handOver(d.policy(), fresh, roster.all(), slots.length)).await(PolicyDomain.HANG_NANOS / 2);
                synchronized (this) {
                    if (domain != d) {
                        throw new ReplaceException("the policy was ejected meanwhile; try again");
                    }
                    d.supersede();
                    ejected.remove(entry);
                    domain = new PolicyDomain(fresh, entry, d.generation + 1, kept ? d.lineage : d.generation + 1);
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
                    s.caller.replaceIfStuckIn(d);
                }
                waker.replaceIfStuckIn(d);
            }
            lookForStarving(d);
            for (Slot s : slots) {
                s.replaceIfTurnDoesNotEnd();
            }
            LockSupport.parkNanos(this, WATCH_NANOS);
        }
    }

    /** Watchdog only. Looks are counted beside the time, since the host may have stood still itself. */
    private void lookForStarving(PolicyDomain d) {
        long now = System.nanoTime();
        for (MachineVcpu v : roster.all()) {
            if (!v.hasWaitedSince(now - SchedulerPolicy.STARVATION_NANOS)) {
                v.starvingLooks = 0;
            } else if (++v.starvingLooks >= STARVING_LOOKS && d.tryEnter()) {
                v.starvingLooks = 0;
                try {
                    eject(d, "vCPU " + v.index() + " of " + v.machineName() + " is runnable and was not picked for more than "
                            + SchedulerPolicy.STARVATION_NANOS / 1_000_000_000 + " s");
                } finally {
                    d.leave();
                }
                return;
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(watchdog);
        LockSupport.unpark(waker.thread);
        for (Slot s : slots) {
            s.idle.set(false);
            LockSupport.unpark(s.caller.thread);
        }
        waker.await();
        for (Slot s : slots) {
            s.caller.await();
        }
        closeQuietly(domain.policy(), domain.maker.origin());
    }

    /** A thread that calls the policy. One that is stuck in it is given up, and another serves. */
    private class Caller {
        private final String threadName;
        private final String what;
        private final Runnable loop;
        volatile Thread thread;
        /** The domain whose policy the thread is in, for the watchdog. */
        volatile PolicyDomain in;

        Caller(String threadName, String what, Runnable loop) {
            this.threadName = threadName;
            this.what = what;
            this.loop = loop;
        }

        void startThread() {
            thread = new SlotThread(threadName, loop);
            thread.start();
        }

        /** Its end. */
        void await() {
            try {
                thread.join(2_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        boolean isServedByThisThread() {
            return thread == Thread.currentThread();
        }

        /** Watchdog only. */
        void replaceIfStuckIn(PolicyDomain d) {
            Thread stuck = thread;
            if (in == d) {
                in = null;
                startThread();
                stuck.interrupt();
                faults.report(what, "stuck in the ejected policy of " + d.maker.origin()
                        + " and abandoned; a new thread serves. Restart the platform to be rid of the old");
            }
        }
    }

    /** One host CPU. */
    private final class Slot {
        private final int index;
        private final AtomicBoolean idle = new AtomicBoolean();
        private final Pick pick = new Pick();
        private final Caller caller;
        /** Whom the policy picked last, until it comes back: for preemption. */
        private volatile MachineVcpu picked;
        /** Whose turn it is, for the watchdog. */
        private volatile MachineVcpu running;
        /** Watchdog only: looks in a row at the turn that ends, or should have ended, at {@link #lookedAt}. */
        private int looks;
        private long lookedAt;

        Slot(int index) {
            this.index = index;
            caller = new Caller("hv-cpu-" + index, "the thread of host CPU " + index, this::loop);
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
            picked = null;
            Thread stuck = caller.thread;
            caller.startThread();
            stuck.interrupt();
            faults.report("host CPU " + index, "its thread hangs in a vCPU's turn and was abandoned; a new thread serves");
            v.abandon();
        }

        private void loop() {
            MachineVcpu ran = null;
            boolean wantsMore = false;
            long ranNanos = 0;
            long sliceEnds = 0;
            while (!closed && caller.isServedByThisThread()) {
                PolicyDomain d = domain;
                if (!d.tryEnter()) {
                    continue;
                }
                MachineVcpu next = null;
                caller.in = d;
                try {
                    long now = System.nanoTime();
                    if (ran != null) {
                        MachineVcpu r = ran;
                        // Told or not, it is not to be told twice if the policy throws.
                        ran = cameBack(d, r, wantsMore, now) ? null : r;
                        if (ran == null) {
                            tellRan(d, r, ranNanos, sliceEnds, now);
                        }
                    }
                    drainReady(d);
                    next = decide(d, now);
                } catch (PolicyDomain.PolicyFault e) {
                    eject(d, e.getMessage());
                } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
                    eject(d, Faults.describe(e));
                } finally {
                    d.leave();
                }
                if (!caller.isServedByThisThread()) {
                    giveUp(ran, wantsMore, next);
                    return;
                }
                caller.in = null;
                if (next == null) {
                    if (ran == null) {
                        idle(d);
                    }
                    continue;
                }
                decideAnew(pick.alsoHostCpu());
                long from = next.usedNanos();
                sliceEnds = System.nanoTime() + pick.sliceNanos();
                running = next;
                wantsMore = next.turn(pick.sliceNanos());
                if (!caller.isServedByThisThread()) {
                    returnedLate(next);
                    return;
                }
                running = null;
                ranNanos = Math.max(0, next.usedNanos() - from);
                next.ranNanos += ranNanos;
                ran = next;
            }
        }

        /** Inside the domain. @return null for nobody, or if another thread has taken over meanwhile */
        private MachineVcpu decide(PolicyDomain d, long now) throws PolicyDomain.PolicyFault {
            MachineVcpu next = d.pick(index, now, pick, HostCpus.this);
            if (next == null) {
                return null;
            }
            synchronized (d) {
                if (d.isSuperseded()) {
                    return null;
                }
                next.schedState = MachineVcpu.RUNNING;
                next.pickedIn(d.lineage);
                picked = next;
            }
            return next;
        }

        /** Inside the domain: its turn is over. @return false if another domain is in force by now, and it is to be told that one */
        private boolean cameBack(PolicyDomain d, MachineVcpu r, boolean wantsMore, long now) {
            // One that waits inside asks for a turn by itself.
            boolean runnable = wantsMore || !r.waitsInside() && r.isEligible();
            synchronized (d) {
                if (d.isSuperseded()) {
                    return false;
                }
                picked = null;
                if (runnable) {
                    r.runnableNow(now);
                }
                r.schedState = runnable ? MachineVcpu.RUNNABLE : MachineVcpu.BLOCKED;
            }
            return true;
        }

        private void tellRan(PolicyDomain d, MachineVcpu r, long usedNanos, long sliceEnds, long now) {
            boolean runnable = r.schedState == MachineVcpu.RUNNABLE;
            // It may have left between the pick and its run.
            if (isHere(r)) {
                if (r.wasPickedIn(d.lineage)) {
                    d.policy().ran(r.key, index, usedNanos, !runnable ? TurnEnd.BLOCKED : now < sliceEnds && !r.isPreempted() ? TurnEnd.YIELDED : TurnEnd.EXPIRED, now);
                } else if (runnable) {
                    // This policy knows nothing of that turn: it was told that the vCPU is there, not that it ran.
                    decideAnew(d.policy().ready(r.key, now));
                }
            }
            if (!runnable && !r.waitsInside() && r.isEligible()) {
                wake(r);
            }
        }

        /** This thread was taken to hang, and another serves: what it had in hand is told to the policy in force. */
        private void giveUp(MachineVcpu ran, boolean wantsMore, MachineVcpu next) {
            MachineVcpu back = ran != null ? ran : next;
            if (back != null) {
                inDomain(d -> {
                    long now = System.nanoTime();
                    if (cameBack(d, back, back == next || wantsMore, now)) {
                        tellRan(d, back, 0, now, now);
                    }
                });
            }
        }

        private void idle(PolicyDomain d) {
            idle.set(true);
            if (readyStack.get() == null && taken == null && domain == d && !closed) {
                if (pick.isTimed()) {
                    LockSupport.parkNanos(this, Math.max(1, pick.untilNanos() - System.nanoTime()));
                } else {
                    LockSupport.park(this);
                }
            }
            idle.set(false);
        }

        /** An abandoned thread has come back after all: its vCPU blocks, as its machine has failed. */
        private void returnedLate(MachineVcpu v) {
            inDomain(d -> {
                if (isHere(v)) {
                    v.schedState = MachineVcpu.BLOCKED;
                    if (v.wasPickedIn(d.lineage)) {
                        d.policy().ran(v.key, index, 0, TurnEnd.BLOCKED, System.nanoTime());
                    }
                }
            });
        }
    }
}
