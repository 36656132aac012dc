package hv.machine.internal;

import hv.api.bus.Wiring;
import hv.api.debug.Resume;
import hv.api.debug.StopPoints;
import hv.api.dispatcher.spi.Dispatcher;
import hv.api.engine.spi.DebugCore;
import hv.api.engine.spi.VcpuCore;
import hv.api.scheduler.spi.Share;
import hv.api.vcpu.Budget;
import hv.api.vcpu.Exit;
import hv.api.vcpu.ExitView;
import hv.api.vcpu.Next;
import hv.api.vcpu.Registers;
import hv.api.vcpu.Request;
import hv.api.vcpu.Vcpu;
import hv.api.vcpu.VcpuState;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A vCPU: its identity, its place with the scheduler, and the loop from the guest to the host and back.
 *
 * <p>Two handshakes keep wake-ups and safepoints from being lost, each by one volatile store followed by a read of what the other side stores:
 * a slot publishes {@link #schedState} = BLOCKED and then looks for reasons to run, a waker publishes the reason and then reads the state;
 * a slot publishes {@link #inRun} and then reads the gate, a safepoint closes the gate and then waits for {@code inRun} to fall.
 */
final class MachineVcpu implements Vcpu {
    static final int BLOCKED = 0;
    static final int RUNNABLE = 1;
    static final int RUNNING = 2;

    private final HostedMachine machine;
    private final int index;
    private final Budget budget = new Budget();
    final ExitCounters counters = new ExitCounters();
    /** Watchdog only: looks in a row at which it had waited too long. */
    int starvingLooks;
    /** Inside the domain: of the policies that know of its turn. */
    private long lineage;
    /** It is to give up its host CPU to another. */
    private volatile boolean preempted;
    /** Replaced with the engine, at a safepoint. */
    volatile VcpuCore core;

    /** Levels of the vCPU's interrupt lines as last set. */
    private final AtomicLong lines = new AtomicLong();
    /** Lines that were high once: of the others the engine knows itself. */
    private final AtomicLong driven = new AtomicLong();
    int key;
    volatile Share share;
    volatile int schedState = BLOCKED;
    final AtomicBoolean inbox = new AtomicBoolean();
    MachineVcpu nextReady;
    /** Written by the slot thread that runs it. */
    volatile long ranNanos;
    /** When it last became runnable, on the scale of {@link System#nanoTime()}: at its wake-up, or at the end of the turn before. */
    private volatile long runnableSinceNanos;
    /** Written by the slot thread that runs it. */
    private volatile long stolenNanos;

    /** As the debugger has it; RUN where there is none. */
    private volatile Resume debugged = Resume.RUN;
    private volatile boolean started;
    private volatile boolean parked;
    /** It is parked since it asked the firmware to suspend it. */
    private volatile boolean suspended;
    private volatile boolean inRun;
    private volatile long turnEndsNanos;
    /** Between entry and exit of the engine. */
    private volatile boolean inGuest;
    /** Its own thread if its engine parks inside, else null: then it runs on those of the slots. */
    private volatile VcpuThread own;

    MachineVcpu(HostedMachine machine, int index, Share share) {
        this.machine = machine;
        this.index = index;
        this.share = share;
    }

    /** Whether it has a reason to be on a host CPU. */
    boolean isEligible() {
        return started && debugged != Resume.HOLD && machine.gate().isOpen() && (!parked || debugged == Resume.STEP || core.wantsToRun());
    }

    /** When its turn is to be over, on the scale of {@link System#nanoTime()}; 0 while it has none. Any thread. */
    long turnEndsNanos() {
        return turnEndsNanos;
    }

    /** Its turn does not end: the engine, a module or a device hangs. The thread is lost; the machine fails, alone. */
    void abandon() {
        machine.fail("vCPU " + index + " does not come back from its engine, a module or a device");
    }

    /** Its engine parks inside: from now on it runs on a thread of its own. */
    void ownThread() {
        own = new VcpuThread(this, machine.cpus(), "hv-vcpu-" + machine.name() + "-" + index);
    }

    /** It has left the host's CPUs for good. */
    void endThread() {
        if (own != null) {
            own.close();
        }
    }

    /** CPU that it has used on a thread of its own, nanoseconds; the slot's time counts otherwise. */
    long usedNanos() {
        VcpuThread t = own;
        return t == null ? System.nanoTime() : t.cpuNanos();
    }

    /** It goes on, or waits for an interrupt, without a slot. */
    boolean waitsInside() {
        VcpuThread t = own;
        return t != null && t.isUnderWay();
    }

    /** On a slot's thread: a turn. @return whether it wants another, and cannot ask by itself */
    boolean turn(long sliceNanos) {
        VcpuThread t = own;
        return t == null ? runSlice(sliceNanos) : t.turn(sliceNanos);
    }

    /** It has a reason to run, and no host CPU yet. Any thread, but one at a time. */
    void runnableNow(long nowNanos) {
        runnableSinceNanos = nowNanos;
    }

    /** Inside the domain: a turn begins. */
    void pickedIn(long policies) {
        lineage = policies;
        preempted = false;
    }

    /** Inside the domain: whether the policies know of the turn that it comes back from. */
    boolean wasPickedIn(long policies) {
        return lineage == policies;
    }

    /** It gives up its host CPU before long. */
    void preempt() {
        preempted = true;
        core.kick();
    }

    boolean isPreempted() {
        return preempted;
    }

    /** Whether it is runnable, and was already then, without a host CPU. */
    boolean hasWaitedSince(long nanos) {
        return schedState == RUNNABLE && runnableSinceNanos - nanos < 0 && isEligible();
    }

    int machineKey() {
        return machine.schedulingKey();
    }

    /** Of its machine, percent of a host CPU; 0 for none. */
    int machineCap() {
        return machine.capPercent();
    }

    String machineName() {
        return machine.name();
    }

    /** One turn on a host CPU. @return whether it wants another */
    boolean runSlice(long sliceNanos) {
        inRun = true;
        try {
            long begun = System.nanoTime();
            long end = begun + sliceNanos;
            turnEndsNanos = end | 1;
            if (isEligible()) {
                suspended = false;
                stolenNanos += Math.max(0, begun - runnableSinceNanos);
                turnBegins();
            }
            for (;;) {
                // What is left of an instruction is done first: until then its vCPU has no state that could be put down.
                if (!isEligible() && !core.exit().isUnfinished()) {
                    return false;
                }
                parked = false;
                long left = end - System.nanoTime();
                if ((left <= 0 || preempted) && !core.exit().isUnfinished()) {
                    return true;
                }
                if (!runOnce(Math.max(1, left))) {
                    return isEligible();
                }
            }
        } finally {
            turnEndsNanos = 0;
            inRun = false;
            if (!machine.gate().isOpen() || debugged == Resume.HOLD) {
                machine.gate().cameOut();
            }
        }
    }

    /** Into the guest and, through the dispatcher, back. @return false when the vCPU gives its host CPU up */
    private boolean runOnce(long nanos) {
        VcpuCore c = core;
        boolean step = debugged == Resume.STEP;
        try {
            inGuest = true;
            if (step) {
                ((DebugCore) c).step();
            } else {
                c.run(budget.set(nanos, Long.MAX_VALUE));
            }
        } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
            machine.fail("the engine failed in vCPU " + index + ": " + Faults.describe(e));
            return false;
        } finally {
            inGuest = false;
        }
        Exit exit = c.exit();
        ExitView view = exit.view();
        if (view instanceof ExitView.SliceEnd) {
            counters.count(view, exit.route(), 0);
            return step && stepped();
        }
        if (view instanceof ExitView.Debug stop) {
            counters.count(view, exit.route(), 0);
            machine.debugging().stopped(index, stop);
            return false;
        }
        long from = System.nanoTime();
        Next next;
        SlotThread thread = (SlotThread) Thread.currentThread();
        thread.beginExit();
        try {
            next = dispatch(exit);
        } finally {
            thread.endExit();
        }
        counters.count(view, exit.route(), System.nanoTime() - from);
        if (next == null) {
            return false;
        }
        switch (next) {
            case RESUME, REFLECT -> {
                if (step && !(view instanceof ExitView.Kicked)) {
                    c.commit();
                    return stepped();
                }
                return true;
            }
            case RETRY -> {
                c.retry();
                return true;
            }
            case PARK -> {
                c.commit();
                suspended = view instanceof ExitView.FirmwareCall;
                parked = true;
                return step && stepped();
            }
            case STOP -> {
                return step && stepped();
            }
        }
        return false;
    }

    /** The debugger's step is done. @return false */
    private boolean stepped() {
        machine.debugging().stepped(index);
        return false;
    }

    private void turnBegins() {
        Places.Wires w = machine.places().wires();
        try {
            w.wiring().interpreter().turnBegins(this);
        } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
            // Another one takes over, or the machine has failed: its gate is closed.
            machine.faultResponse().module(w, e);
        }
    }

    /** Null if the module at fault could not be replaced: the machine has failed. */
    private Next dispatch(Exit exit) {
        for (;;) {
            Places.Wires w = machine.places().wires();
            Dispatcher d = w.dispatcher();
            Wiring wiring = w.wiring();
            try {
                return d.dispatch(exit, this, wiring);
            } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
                if (!machine.faultResponse().module(w, e)) {
                    return null;
                }
                if (machine.places().wires() == w) {
                    // Another module is on its way: the exit is made anew then.
                    return Next.RETRY;
                }
            }
        }
    }

    boolean isInRun() {
        return inRun;
    }

    boolean isInGuest() {
        return inGuest;
    }

    /** Its machine's gate was closed: come out. */
    void comeOut() {
        core.kick();
    }

    /** At a safepoint: another engine's core takes over; levels of the lines that changed meanwhile, and stop points, are told to it. */
    void attach(VcpuCore fresh) {
        core = fresh;
        StopPoints stops = machine.debugging().stopPoints();
        if (!stops.isEmpty()) {
            ((DebugCore) fresh).stopAt(stops);
        }
        // A line that fell while the state was on its way is told too; and again until nothing has changed meanwhile, so that a fall is not told before its rise.
        long told = ~lines.get();
        for (long levels = ~told; levels != told; levels = lines.get()) {
            for (long changed = (levels ^ told) & driven.get(); changed != 0; changed &= changed - 1) {
                int line = Long.numberOfTrailingZeros(changed);
                fresh.setInterrupt(line, (levels & 1L << line) != 0);
            }
            told = levels;
        }
    }

    /** How it may go on from now on, as the debugger wants it; it is kicked or woken accordingly. Any thread. */
    void debug(Resume how) {
        debugged = how;
        if (how == Resume.HOLD) {
            core.kick();
        } else {
            wake();
        }
    }

    void wake() {
        machine.cpus().wake(this);
    }

    void setStarted(boolean nowStarted, boolean nowParked) {
        parked = nowParked;
        suspended = false;
        started = nowStarted;
    }

    boolean isParked() {
        return parked;
    }

    boolean isSuspended() {
        return suspended;
    }

    /** Of a saved machine. */
    void setSuspended(boolean isSuspended) {
        suspended = isSuspended;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public Registers registers() {
        return core.registers();
    }

    @Override
    public void request(Request request) {
        VcpuCore c = core;
        long ticket = c.request(request);
        if (request == Request.INTERRUPT) {
            wake();
            return;
        }
        // A vCPU that is out of the guest takes the request before its next instruction: that is as good as done.
        for (int spins = 0; inGuest && !c.acknowledged(ticket); spins++) {
            if (spins < 1000) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(10_000);
            }
        }
    }

    @Override
    public void interrupt(int line, boolean level) {
        long bit = 1L << line;
        if (level) {
            if ((driven.get() & bit) == 0) {
                driven.getAndAccumulate(bit, (a, b) -> a | b);
            }
            lines.getAndAccumulate(bit, (a, b) -> a | b);
        } else {
            lines.getAndAccumulate(~bit, (a, b) -> a & b);
        }
        core.setInterrupt(line, level);
        if (level) {
            wake();
        }
    }

    @Override
    public boolean isStarted() {
        return started;
    }

    @Override
    public VcpuState state() {
        if (!started) {
            return inRun ? VcpuState.STOP_PENDING : VcpuState.STOPPED;
        }
        return suspended ? VcpuState.SUSPENDED : VcpuState.STARTED;
    }

    @Override
    public long stolenNanos() {
        return stolenNanos;
    }

    @Override
    public Guest guest() {
        return machine.guest();
    }
}
