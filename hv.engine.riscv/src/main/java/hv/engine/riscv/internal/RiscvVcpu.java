package hv.engine.riscv.internal;

import hv.api.debug.StopPoints;
import hv.api.engine.spi.DebugCore;
import hv.api.engine.spi.EngineContext;
import hv.api.riscv.HartState;
import hv.api.riscv.RiscvRegister;
import hv.api.state.Deadline;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import hv.api.vcpu.Budget;
import hv.api.vcpu.Completion;
import hv.api.vcpu.Exit;
import hv.api.vcpu.ExitView;
import hv.api.vcpu.Registers;
import hv.api.vcpu.Request;
import hv.riscv.Hart;
import hv.riscv.PageLookup;

/** One vCPU of the interpreting engine: exits and completions, requests and state around a {@link HartCore}. */
final class RiscvVcpu implements DebugCore {
    private static final long NANOS = 1_000_000_000L;

    private final int vcpu;
    private final EngineContext context;
    private final Hart hart;
    final HartCore core;
    private final Exit exit = new Exit();
    /** EXIT_... whose completion is still to be committed, or EXIT_BUDGET for none. */
    private int pending = HartCore.EXIT_BUDGET;
    private int pendingBytes;

    RiscvVcpu(RiscvEngine engine, EngineContext context, int vcpu, int maxSatpMode) {
        this.vcpu = vcpu;
        this.context = context;
        long hz = context.timebaseHz();
        hart = new Hart(() -> ticks(context.clock().nowNanos(), hz), maxSatpMode, context.firmwareMode(), vcpu,
            context.interruptFile(vcpu, false), context.interruptFile(vcpu, true));
        core = new HartCore(hart, context.ram(), new HartCore.Host() {
            @Override
            public void timerChanged(long stimecmp) {
                armTimer(stimecmp);
            }

            @Override
            public void protectOthers() {
                engine.protect(core());
            }
        }, context.strict(), engine.translator());
    }

    private HartCore core() {
        return core;
    }

    static long ticks(long nanos, long hz) {
        return nanos / NANOS * hz + nanos % NANOS * hz / NANOS;
    }

    /** The first nanosecond at which the time counter has reached {@code ticks}. */
    static long nanos(long ticks, long hz) {
        if (ticks < 0 || ticks / hz >= Long.MAX_VALUE / NANOS - 1) {
            return Long.MAX_VALUE;
        }
        return ticks / hz * NANOS + (ticks % hz * NANOS + hz - 1) / hz;
    }

    private void armTimer(long stimecmp) {
        context.armTimer(vcpu, nanos(stimecmp, context.timebaseHz()));
    }

    @Override
    public Registers registers() {
        return hart;
    }

    @Override
    public Exit exit() {
        return exit;
    }

    @Override
    public void run(Budget budget) {
        commit();
        long now = System.nanoTime();
        left(core.run(budget.instructions(), now + Math.min(budget.nanos(), Long.MAX_VALUE >> 1)));
    }

    @Override
    public void step() {
        commit();
        left(core.step());
    }

    private void left(int why) {
        pending = why;
        switch (why) {
            case HartCore.EXIT_BUDGET -> exit.sliceEnd();
            case HartCore.EXIT_KICKED -> exit.kicked();
            case HartCore.EXIT_IDLE -> exit.idle();
            case HartCore.EXIT_FIRMWARE_CALL -> {
                ExitView.FirmwareCall call = exit.firmwareCall();
                for (int k = 0; k < 8; k++) {
                    call.setArg(k, hart.x[RiscvRegister.A0 + k]);
                }
            }
            case HartCore.EXIT_MMIO -> {
                pendingBytes = core.instructionBytes();
                exit.mmio(core.mmioGpa, core.mmioBytes, core.mmioWrite, core.mmioWrite ? core.mmioValue : 0);
            }
            case HartCore.EXIT_BREAKPOINT -> exit.breakpoint(core.stopVa);
            case HartCore.EXIT_WATCHPOINT -> exit.watchpoint(core.stopVa, core.stopWrite);
            default -> exit.privileged(core.privilegedCode, core.privilegedBytes, hart.pc);
        }
    }

    @Override
    public void commit() {
        int was = pending;
        pending = HartCore.EXIT_BUDGET;
        if (was != HartCore.EXIT_MMIO && was != HartCore.EXIT_FIRMWARE_CALL && was != HartCore.EXIT_PRIVILEGED) {
            return;
        }
        Completion c = exit.completion();
        switch (c.kind()) {
            case TRAP -> {
                // The handler of a register access knows the physical address only.
                hart.enterTrap(c.first(), was == HartCore.EXIT_MMIO ? core.mmioVa : c.second());
            }
            case VALUE -> {
                if (was == HartCore.EXIT_MMIO && !core.mmioWrite) {
                    core.loaded(core.mmioOp, c.first());
                    retired(pendingBytes);
                } else if (was == HartCore.EXIT_FIRMWARE_CALL) {
                    hart.x[RiscvRegister.A0] = c.first();
                    retired(4);
                }
            }
            case PAIR -> {
                if (was == HartCore.EXIT_FIRMWARE_CALL) {
                    hart.x[RiscvRegister.A0] = c.first();
                    hart.x[RiscvRegister.A1] = c.second();
                    retired(4);
                }
            }
            case NONE -> {
                if (was == HartCore.EXIT_MMIO && core.mmioWrite) {
                    retired(pendingBytes);
                } else if (was == HartCore.EXIT_MMIO) {
                    throw new IllegalStateException(context.machineName() + ": the read of " + Long.toHexString(core.mmioGpa) + " by vCPU " + vcpu
                        + " was resumed without a value");
                }
                // A call that nobody answered is made again; an instruction that the interpreter executed is done.
            }
        }
        c.taken();
    }

    private void retired(int lenBytes) {
        hart.pc += lenBytes;
        hart.instret++;
    }

    @Override
    public void retry() {
        pending = HartCore.EXIT_BUDGET;
        exit.completion().taken();
    }

    @Override
    public void stopAt(StopPoints points) {
        core.stopAt(points.isEmpty() ? null : new StopMap(points));
    }

    @Override
    public long translate(long va) {
        return PageLookup.find(hart, core, va);
    }

    @Override
    public void kick() {
        core.attend(HartCore.KICK);
    }

    @Override
    public long request(Request request) {
        return core.attend(switch (request) {
            case FLUSH_TLB -> HartCore.FLUSH;
            case FENCE_I -> HartCore.FENCE;
            case SLEEP -> HartCore.KICK;
            case INTERRUPT -> HartCore.INTERRUPT;
        });
    }

    @Override
    public boolean acknowledged(long ticket) {
        return core.isServed(ticket);
    }

    @Override
    public void setInterrupt(int line, boolean level) {
        hart.setLine(line, level);
        if (level) {
            core.attend(HartCore.INTERRUPT);
        }
    }

    @Override
    public boolean wantsToRun() {
        return hart.wakes();
    }

    @Override
    public long instructionsRetired() {
        return hart.instret;
    }

    @Override
    public void reset() {
        retry();
        hart.reset();
        core.reset();
        armTimer(hart.stimecmp);
    }

    @Override
    public PartId id() {
        return new PartId("cpu/" + vcpu, HartState.TAG);
    }

    @Override
    public void sleep(Deadline by) {
        // It changes only inside run.
        commit();
    }

    @Override
    public void save(StateWriter out) {
        commit();
        hart.state().write(out);
    }

    @Override
    public void restore(StateReader in) throws StateException {
        HartState s = HartState.read(in);
        hart.restore(s);
        retry();
        core.reset();
    }

    @Override
    public void wake() {
        core.reset();
        armTimer(hart.stimecmp);
    }
}
