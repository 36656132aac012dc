package hv.engine.kvm.internal;

import static hv.engine.kvm.internal.KvmAbi.U32;
import static hv.engine.kvm.internal.KvmAbi.U64;
import static hv.engine.kvm.internal.KvmAbi.U8;

import hv.api.HvException;
import hv.api.engine.spi.VcpuCore;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import hv.api.vcpu.Budget;
import hv.api.vcpu.Exit;
import hv.api.vcpu.Registers;
import hv.api.vcpu.Request;
import hv.api.x86.X86Register;
import hv.api.x86.X86State;
import hv.host.ControlFile;
import hv.host.KickSignal;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One vCPU. Its thread enters the guest by KVM_RUN and comes out of it by an exit, or by a {@link KickSignal}: somebody else's kick, or its own timer at
 * the end of the slice. An idle vCPU waits inside.
 */
final class KvmVcpu implements VcpuCore {
    private static final long LONGEST_RUN_NANOS = 3_600_000_000_000L;
    /** The timer is left alone if the new end is so near to the one that it is set for: then an exit costs no system call for it. */
    private static final long SLACK_NANOS = 20_000;
    private static final int SIGNAL_MASK_BYTES = 12;
    private static final int KERNEL_SIGSET_BYTES = 8;
    /** An instruction has a handful of accesses at most that are completed one by one. */
    private static final int MOST_COMPLETIONS = 64;
    /** Where the thread is, for those who kick. */
    private static final int OUT = 0;
    private static final int IN = 1;
    private static final int BEING_KICKED = 2;
    private static final VarHandle PLACE;

    static {
        try {
            PLACE = MethodHandles.lookup().findVarHandle(KvmVcpu.class, "place", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final String machine;
    private final int index;
    private final ControlFile file;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment run;
    private final ControlFile.Request enter;
    private final KvmRegisters registers;
    private final VcpuState state;
    private final Exit exit = new Exit();
    private final PendingAccess access;
    private final X86State atReset;
    /** The exit of the pending access was made, and its answer is to be taken; otherwise it is to be made by the next run. */
    private boolean presented;

    private Thread thread;
    private KickSignal signal;
    /** When the timer fires, on the scale of {@link System#nanoTime()}. */
    private long timerNanos;
    private boolean timerArmed;
    private volatile boolean kicked;
    @SuppressWarnings("unused")   // by PLACE
    private volatile int place;

    KvmVcpu(String machine, int index, ControlFile file, int runBytes, int[] stateMsrs, int xsaveBytes) throws IOException {
        this.machine = machine;
        this.index = index;
        this.file = file;
        try {
            run = file.map(runBytes, arena);
            enter = file.request(KvmAbi.RUN, arena);
            registers = new KvmRegisters(file, arena);
            state = new VcpuState(file, registers, stateMsrs, xsaveBytes);
            access = new PendingAccess(run, exit);
            // A first entry that ends before the guest's first instruction: what it links is not linked in the first turn.
            complete();
            atReset = state.takeAtReset();
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    @Override
    public Registers registers() {
        return registers;
    }

    @Override
    public Exit exit() {
        return exit;
    }

    @Override
    public void run(Budget budget) {
        if (access.isOpen()) {
            if (!presented || !access.answered()) {
                present();
                return;
            }
            access.forget();
        }
        long end = System.nanoTime() + Math.min(budget.nanos(), LONGEST_RUN_NANOS);
        try {
            bind();
        } catch (HvException e) {
            exit.failure("vCPU " + index + ": " + e.getMessage());
            return;
        }
        int refused = registers.flush();
        if (refused < 0) {
            exit.failure("vCPU " + index + " cannot begin with the registers it was given: KVM refuses them, errno " + -refused);
            return;
        }
        for (;;) {
            int result = enterOnce(end);
            if (result >= 0) {
                left();
                return;
            }
            switch (-result) {
                case ControlFile.EINTR -> {
                    signal.consume();
                    if (kicked) {
                        kicked = false;
                        exit.kicked();
                        return;
                    }
                    if (System.nanoTime() - end >= -SLACK_NANOS) {
                        timerArmed = false;
                        exit.sliceEnd();
                        return;
                    }
                    // A kick that was answered already, or a timer of the slice before.
                    timerArmed = false;
                }
                case KvmAbi.EAGAIN -> {
                    // It waited for its start by another vCPU, which has come.
                }
                default -> {
                    exit.failure("vCPU " + index + ": KVM refuses to run it, errno " + -result);
                    return;
                }
            }
        }
    }

    private int enterOnce(long end) {
        PLACE.setVolatile(this, IN);
        try {
            if (kicked) {
                return -ControlFile.EINTR;
            }
            arm(end);
            registers.entered();
            return enter.make();
        } finally {
            while (!PLACE.compareAndSet(this, IN, OUT)) {
                Thread.onSpinWait();
            }
        }
    }

    /** The thread that runs it changes, but seldom. */
    private void bind() throws HvException {
        Thread now = Thread.currentThread();
        if (thread == now) {
            return;
        }
        KickSignal fresh = KickSignal.ofThisThread();
        if (signal != null) {
            signal.close();
        }
        signal = fresh;
        thread = now;
        timerArmed = false;
        try (Arena call = Arena.ofConfined()) {
            MemorySegment mask = call.allocate(SIGNAL_MASK_BYTES, Long.BYTES);
            mask.set(U32, 0, KERNEL_SIGSET_BYTES);
            mask.set(U64, 4, fresh.maskInCall());
            KvmError.check("take a signal mask", file.ioctl(KvmAbi.SET_SIGNAL_MASK, mask));
        }
    }

    private void arm(long end) {
        if (timerArmed && Math.abs(end - timerNanos) <= SLACK_NANOS) {
            return;
        }
        signal.arm(Math.max(1, end - System.nanoTime()));
        timerNanos = end;
        timerArmed = true;
    }

    /** An exit that KVM reports. */
    private void left() {
        int reason = run.get(U32, KvmAbi.RUN_EXIT_REASON);
        switch (reason) {
            case KvmAbi.EXIT_IO -> opened(access.portIo());
            case KvmAbi.EXIT_MMIO -> opened(access.mmio());
            case KvmAbi.EXIT_HLT -> exit.idle();
            case KvmAbi.EXIT_INTR, KvmAbi.EXIT_IRQ_WINDOW_OPEN -> exit.sliceEnd();
            case KvmAbi.EXIT_SHUTDOWN -> exit.failure("the guest has shut its CPU down (triple fault) in vCPU " + index + " at rip " + rip());
            case KvmAbi.EXIT_FAIL_ENTRY -> exit.failure("the host's CPU refuses the state of vCPU " + index + " (hardware reason "
                    + Long.toHexString(run.get(U64, KvmAbi.RUN_FAIL_ENTRY_REASON)) + ") at rip " + rip());
            case KvmAbi.EXIT_INTERNAL_ERROR -> exit.failure("KVM cannot emulate an instruction of vCPU " + index + " (suberror "
                    + run.get(U32, KvmAbi.RUN_INTERNAL_SUBERROR) + ") at rip " + rip());
            case KvmAbi.EXIT_SYSTEM_EVENT -> exit.failure("KVM ends the guest: system event " + run.get(U32, KvmAbi.RUN_SYSTEM_EVENT_TYPE));
            default -> exit.failure("KVM left vCPU " + index + " for a reason that is not known: " + reason);
        }
    }

    private void opened(boolean sound) {
        if (sound) {
            present();
        } else {
            exit.failure("KVM describes an access of vCPU " + index + " that cannot be");
        }
    }

    private void present() {
        access.present();
        presented = true;
    }

    private String rip() {
        return Long.toHexString(registers.read(X86Register.RIP));
    }

    @Override
    public void commit() {
        if (!access.isOpen()) {
            registers.flush();
            return;
        }
        if (!presented) {
            return;
        }
        presented = false;
        if (access.answered()) {
            access.forget();
            complete();
        }
    }

    /** Lets KVM finish the instruction, without another one. A further access of it, in another page, is presented by the next run. */
    private void complete() {
        run.set(U8, KvmAbi.RUN_IMMEDIATE_EXIT, (byte) 1);
        registers.entered();
        int result = enter.make();
        run.set(U8, KvmAbi.RUN_IMMEDIATE_EXIT, (byte) 0);
        if (result < 0 && result != -ControlFile.EINTR && result != -KvmAbi.EAGAIN) {
            throw new KvmError("complete an instruction of vCPU " + index, result);
        }
        if (result >= 0) {
            left();
            presented = false;
        }
    }

    /** KVM is in the middle of the instruction: the same exit is made again. */
    @Override
    public void retry() {
        presented = false;
        exit.completion().taken();
    }

    @Override
    public void kick() {
        kicked = true;
        if (PLACE.compareAndSet(this, IN, BEING_KICKED)) {
            // The thread cannot leave before the place is given back, so it is alive.
            signal.send();
            PLACE.setVolatile(this, IN);
        }
    }

    /** The CPU keeps translations and code coherent by itself, and looks at interrupts when they come. */
    @Override
    public long request(Request request) {
        if (request == Request.SLEEP) {
            kick();
        }
        return 0;
    }

    @Override
    public boolean acknowledged(long ticket) {
        return true;
    }

    /** Lines lead to the interrupt controllers in the kernel. */
    @Override
    public void setInterrupt(int line, boolean level) {
        throw new IllegalStateException(machine + ": vCPUs of KVM have no lines of their own");
    }

    /** It waits for interrupts inside. */
    @Override
    public boolean wantsToRun() {
        return true;
    }

    @Override
    public long instructionsRetired() {
        return 0;
    }

    @Override
    public void reset() {
        abandonAccess();
        try {
            state.put(atReset);
        } catch (StateException e) {
            throw new KvmError("reset vCPU " + index + ": " + e.getMessage(), -KvmAbi.EINVAL);
        }
    }

    /** Whatever instruction is under way ends, its reads as zero. */
    private void abandonAccess() {
        registers.forget();
        for (int i = 0; access.isOpen() && i < MOST_COMPLETIONS; i++) {
            access.abandon();
            access.forget();
            complete();
        }
        access.forget();
        presented = false;
        registers.forget();
        exit.sliceEnd();
    }

    @Override
    public PartId id() {
        return new PartId("cpu/" + index, X86State.TAG);
    }

    @Override
    public void sleep(Deadline by) throws NotAsleepException {
        if (exit.isUnfinished()) {
            throw new NotAsleepException("vCPU " + index + " is in the middle of an instruction");
        }
        commit();
        if (access.isOpen()) {
            throw new NotAsleepException("vCPU " + index + " is in the middle of an instruction");
        }
    }

    @Override
    public void save(StateWriter out) {
        commit();
        state.take().write(out);
    }

    @Override
    public void restore(StateReader in) throws StateException {
        X86State s = X86State.read(in);
        abandonAccess();
        state.put(s);
    }

    @Override
    public void wake() {
        // Its timers run in the kernel.
    }

    /** It does not run. */
    void close() {
        if (signal != null) {
            signal.close();
            signal = null;
        }
        arena.close();
        file.close();
    }
}
