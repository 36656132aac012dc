package hv.testkit;

import hv.api.debug.StopPoints;
import hv.api.debug.Watchpoint;
import hv.api.engine.spi.DebugCore;
import hv.api.riscv.HartState;
import hv.api.riscv.RiscvRegister;
import hv.api.state.Deadline;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import hv.api.vcpu.Budget;
import hv.api.vcpu.Exit;
import hv.api.vcpu.Registers;
import hv.api.vcpu.Request;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class DebugCoreLawsTest {
    /** A hart of the few instructions that the laws' programs have, and S mode's one interrupt; good unless a subclass breaks it. */
    static class SmallHart implements DebugCore, Registers {
        static final int STVEC = RiscvRegister.csr(0x105);
        static final int SIE = RiscvRegister.csr(0x104);
        static final int SSTATUS = RiscvRegister.csr(0x100);
        final MemorySegment ram = MemorySegment.ofArray(new long[DebugCoreLaws.RAM_BYTES / 8]);
        final Exit exit = new Exit();
        StopPoints stops = StopPoints.NONE;
        long[] x = new long[32];
        long pc;
        long stvec;
        long sie;
        long sstatus;
        long retired;
        boolean line;

        @Override
        public void run(Budget budget) {
            for (long n = budget.instructions(); n > 0; n--) {
                if (takesInterrupt(false)) {
                    pc = stvec;
                    sstatus = 0;
                }
                if (stopsAtBreakpoint(false)) {
                    exit.breakpoint(pc);
                    return;
                }
                if (execute()) {
                    return;
                }
            }
            exit.sliceEnd();
        }

        boolean takesInterrupt(boolean step) {
            return !step && line && (sie & 2) != 0 && (sstatus & 2) != 0;
        }

        boolean stopsAtBreakpoint(boolean step) {
            return !step && stops.breakpoints().contains(pc);
        }

        @Override
        public void step() {
            if (takesInterrupt(true)) {
                pc = stvec;
            }
            if (stopsAtBreakpoint(true)) {
                exit.breakpoint(pc);
            } else if (!execute()) {
                exit.sliceEnd();
            }
        }

        /** @return whether it has left */
        private boolean execute() {
            int code = fetch(pc);
            int rd = code >> 7 & 31;
            int rs1 = code >> 15 & 31;
            int rs2 = code >> 20 & 31;
            switch (code & 127) {
                case 0x13 -> set(rd, x[rs1] + (code >> 20));
                case 0x0f -> { }
                case 0x03 -> {
                    if (isWatched(x[rs1], 8, false)) {
                        return true;
                    }
                    set(rd, ram.get(ValueLayout.JAVA_LONG_UNALIGNED, x[rs1] - DebugCoreLaws.BASE));
                }
                case 0x23 -> {
                    int bytes = 1 << (code >> 12 & 7);
                    if (isWatched(x[rs1], bytes, true)) {
                        return true;
                    }
                    if (bytes == 8) {
                        ram.set(ValueLayout.JAVA_LONG_UNALIGNED, x[rs1] - DebugCoreLaws.BASE, x[rs2]);
                    } else {
                        ram.set(ValueLayout.JAVA_INT_UNALIGNED, x[rs1] - DebugCoreLaws.BASE, (int) x[rs2]);
                    }
                }
                case 0x63 -> {
                    if (x[rs1] != x[rs2]) {
                        retired++;
                        pc += code >> 31 << 12 | (code >> 7 & 1) << 11 | (code >> 25 & 63) << 5 | (code >> 8 & 15) << 1;
                        return false;
                    }
                }
                case 0x73 -> {
                    exit.firmwareCall();
                    return true;
                }
                default -> {
                    pc = stvec;
                    return false;
                }
            }
            retired++;
            pc += 4;
            return false;
        }

        int fetch(long at) {
            return ram.get(ValueLayout.JAVA_INT_UNALIGNED, at - DebugCoreLaws.BASE);
        }

        boolean isWatched(long va, int bytes, boolean write) {
            for (Watchpoint w : stops.watchpoints()) {
                if (w.meets(va, bytes, write)) {
                    exit.watchpoint(Math.max(va, w.va()), write);
                    return true;
                }
            }
            return false;
        }

        private void set(int rd, long value) {
            x[rd] = rd == 0 ? 0 : value;
        }

        @Override
        public void stopAt(StopPoints points) {
            stops = points;
        }

        @Override
        public long translate(long va) {
            return va >>> 56 == 0 ? va : -1;
        }

        @Override
        public long read(int register) {
            return register < 32 ? x[register] : register == RiscvRegister.PC ? pc : register == RiscvRegister.MODE ? 1 : register == STVEC ? stvec : register == SIE ? sie : sstatus;
        }

        @Override
        public void write(int register, long value) {
            if (register < 32) {
                set(register, value);
            } else if (register == RiscvRegister.PC) {
                pc = value;
            } else if (register == STVEC) {
                stvec = value;
            } else if (register == SIE) {
                sie = value;
            } else if (register == SSTATUS) {
                sstatus = value;
            }
        }

        @Override
        public Registers registers() {
            return this;
        }

        @Override
        public Exit exit() {
            return exit;
        }

        @Override
        public void commit() {
            // Its only exit that wants an answer is the call that ends a program.
        }

        @Override
        public void retry() {
            // See commit.
        }

        @Override
        public void kick() {
            // Nobody does.
        }

        @Override
        public long request(Request request) {
            return 0;
        }

        @Override
        public boolean acknowledged(long ticket) {
            return true;
        }

        @Override
        public void setInterrupt(int number, boolean level) {
            line = level;
        }

        @Override
        public boolean wantsToRun() {
            return true;
        }

        @Override
        public long instructionsRetired() {
            return retired;
        }

        @Override
        public void reset() {
            x = new long[32];
            pc = 0;
        }

        @Override
        public PartId id() {
            return new PartId("cpu/0", HartState.TAG);
        }

        @Override
        public void sleep(Deadline by) {
            // It changes only inside run.
        }

        @Override
        public void save(StateWriter out) {
            new HartState(x, new long[32], pc, 1, new long[0], retired, line ? 2 : 0, false).write(out);
        }

        @Override
        public void restore(StateReader in) throws StateException {
            HartState s = HartState.read(in);
            x = s.x().clone();
            pc = s.pc();
            retired = s.instret();
        }

        @Override
        public void wake() {
            // See sleep.
        }
    }

    private static DebugCore with(MemorySegment[] ram, SmallHart hart) {
        ram[0] = hart.ram;
        return hart;
    }

    static class GoodLaws extends DebugCoreLaws {
        @Override
        protected DebugCore create(MemorySegment[] ram) {
            return with(ram, new SmallHart());
        }
    }

    static class LateLaws extends DebugCoreLaws {
        @Override
        protected DebugCore create(MemorySegment[] ram) {
            return with(ram, new SmallHart() {
                private boolean passed;

                @Override
                boolean stopsAtBreakpoint(boolean step) {
                    // Goes on from where it stands, as a debugger's convenience.
                    passed = !passed && super.stopsAtBreakpoint(step);
                    return passed;
                }
            });
        }
    }

    static class StuckLaws extends DebugCoreLaws {
        @Override
        protected DebugCore create(MemorySegment[] ram) {
            return with(ram, new SmallHart() {
                @Override
                boolean stopsAtBreakpoint(boolean step) {
                    return super.stopsAtBreakpoint(false);
                }
            });
        }
    }

    static class InterruptedLaws extends DebugCoreLaws {
        @Override
        protected DebugCore create(MemorySegment[] ram) {
            return with(ram, new SmallHart() {
                @Override
                boolean takesInterrupt(boolean step) {
                    return super.takesInterrupt(false);
                }
            });
        }
    }

    static class PatchingLaws extends DebugCoreLaws {
        @Override
        protected DebugCore create(MemorySegment[] ram) {
            return with(ram, new SmallHart() {
                private static final int EBREAK = 0x0010_0073;
                private final java.util.Map<Long, Integer> patched = new java.util.HashMap<>();

                @Override
                public void stopAt(StopPoints points) {
                    patched.forEach((at, code) -> ram.set(ValueLayout.JAVA_INT_UNALIGNED, at - BASE, code));
                    patched.clear();
                    for (long at : points.breakpoints()) {
                        patched.put(at, super.fetch(at));
                        ram.set(ValueLayout.JAVA_INT_UNALIGNED, at - BASE, EBREAK);
                    }
                    super.stopAt(points);
                }

                @Override
                int fetch(long at) {
                    return patched.containsKey(at) ? patched.get(at) : super.fetch(at);
                }
            });
        }
    }

    static class WholePageLaws extends DebugCoreLaws {
        @Override
        protected DebugCore create(MemorySegment[] ram) {
            return with(ram, new SmallHart() {
                @Override
                boolean isWatched(long va, int bytes, boolean write) {
                    return super.isWatched(va & ~0xfffL, 4096, write);
                }
            });
        }
    }

    static class BothWaysLaws extends DebugCoreLaws {
        @Override
        protected DebugCore create(MemorySegment[] ram) {
            return with(ram, new SmallHart() {
                @Override
                boolean isWatched(long va, int bytes, boolean write) {
                    return super.isWatched(va, bytes, write) || super.isWatched(va, bytes, !write);
                }
            });
        }
    }

    static class ForgettingLaws extends DebugCoreLaws {
        @Override
        protected DebugCore create(MemorySegment[] ram) {
            return with(ram, new SmallHart() {
                @Override
                public void wake() {
                    stops = StopPoints.NONE;
                }
            });
        }
    }

    static class KeepingLaws extends DebugCoreLaws {
        @Override
        protected DebugCore create(MemorySegment[] ram) {
            return with(ram, new SmallHart() {
                @Override
                public void stopAt(StopPoints points) {
                    if (!points.isEmpty()) {
                        super.stopAt(points);
                    }
                }
            });
        }
    }

    @Test
    void aGoodCoreIsAccepted() {
        Suites.accepts(GoodLaws.class);
    }

    @Test
    void aCoreThatRunsOnFromABreakpointIsRejected() {
        Suites.rejects(LateLaws.class, "aRunThatBeginsAtABreakpointStopsThereAgain");
    }

    @Test
    void aCoreThatCannotStepOffABreakpointIsRejected() {
        Suites.rejects(StuckLaws.class, "aStepPassesABreakpointAndTheRunBehindItStopsAtTheNext");
    }

    @Test
    void aCoreThatStepsIntoAHandlerIsRejected() {
        Suites.rejects(InterruptedLaws.class, "aStepTakesNoInterruptAndTheRunBehindItDoes");
    }

    @Test
    void aCoreThatWritesIntoTheGuestsCodeIsRejected() {
        Suites.rejects(PatchingLaws.class, "theGuestReadsItsOwnCodeAtABreakpoint");
    }

    @Test
    void aCoreThatWatchesWholePagesIsRejected() {
        Suites.rejects(WholePageLaws.class, "neighboursOfWatchedDataDoNotStop");
    }

    @Test
    void aCoreThatTakesReadsForWritesIsRejected() {
        Suites.rejects(BothWaysLaws.class, "aWatchedLoadStopsAndAStoreThereDoesNot");
    }

    @Test
    void aCoreThatForgetsItsStopPointsIsRejected() {
        Suites.rejects(ForgettingLaws.class, "resetAndRestoreLeaveStopPointsAndTheStateHoldsNone");
    }

    @Test
    void aCoreThatKeepsWhatWasTakenAwayIsRejected() {
        Suites.rejects(KeepingLaws.class, "aBreakpointThatWasTakenAwayStopsNoMore");
    }
}
