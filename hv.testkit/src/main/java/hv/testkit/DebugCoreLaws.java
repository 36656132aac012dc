package hv.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import hv.api.debug.StopPoints;
import hv.api.debug.Watchpoint;
import hv.api.engine.spi.DebugCore;
import hv.api.memory.Access;
import hv.api.riscv.RiscvRegister;
import hv.api.state.Deadline;
import hv.api.state.StateImage;
import hv.api.vcpu.Budget;
import hv.api.vcpu.ExitView;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What holds for every RISC-V engine that says it can be debugged: it stops where it was told to and nowhere else, exactly before the instruction, and
 * the guest cannot tell. In S mode without translation; what an engine does with pages is its own tests' matter.
 */
public abstract class DebugCoreLaws {
    protected static final long BASE = 0x8000_0000L;
    protected static final int RAM_BYTES = 1 << 16;
    private static final int A0 = 10;
    private static final int A1 = 11;
    private static final int A2 = 12;
    private static final int A3 = 13;
    /** Data of the programs. */
    private static final long DATA = BASE + 0x1000;
    private static final int ROUNDS = 200;
    private static final int ECALL = 0x73;
    private static final int CSR_SIE = 0x104;
    private static final int CSR_SSTATUS = 0x100;
    private static final int CSR_STVEC = 0x105;

    /** A loop: a0 counts up to a2 = ROUNDS; a1 points at a doubleword that gets a0 each time, and is read back into a3. */
    private static final int[] LOOP = {
        addi(A0, 0, 0),              //  0
        addi(A0, A0, 1),             //  4 again:
        sd(A0, A1, 0),               //  8
        ld(A3, A1, 0),               // 12
        bne(A0, A2, -12),            // 16
        ECALL,                       // 20
    };
    private static final int AGAIN = 4;
    private static final int STORE = 8;
    private static final int LOAD = 12;
    private static final int BRANCH = 16;
    private static final int CALL = 20;

    private final Budget budget = new Budget();
    private DebugCore core;
    private MemorySegment ram;

    /** A core of a machine with {@link #RAM_BYTES} of {@code ram} at {@link #BASE}, awake, in its reset state. Once a test. */
    protected abstract DebugCore create(MemorySegment[] ram);

    private void begin(int... program) {
        MemorySegment[] given = new MemorySegment[1];
        core = create(given);
        ram = given[0];
        load(0, program);
        set(A1, DATA);
        set(A2, ROUNDS);
        restart();
    }

    private void load(int offset, int... program) {
        for (int k = 0; k < program.length; k++) {
            ram.set(ValueLayout.JAVA_INT_UNALIGNED, offset + 4 * k, program[k]);
        }
    }

    private void restart() {
        core.registers().write(RiscvRegister.PC, BASE);
        core.registers().write(RiscvRegister.MODE, 1);
    }

    private void set(int register, long value) {
        core.registers().write(register, value);
    }

    private long get(int register) {
        return core.registers().read(register);
    }

    private long pc() {
        return get(RiscvRegister.PC);
    }

    private long data() {
        return ram.get(ValueLayout.JAVA_LONG_UNALIGNED, DATA - BASE);
    }

    private void breakAt(long... offsets) {
        List<Long> at = new ArrayList<>();
        for (long o : offsets) {
            at.add(BASE + o);
        }
        core.stopAt(new StopPoints(at, List.of()));
    }

    private void watch(long va, int lenBytes, Access access) {
        core.stopAt(new StopPoints(List.of(), List.of(new Watchpoint(va, lenBytes, access))));
    }

    private ExitView run() {
        core.run(budget.set(60_000_000_000L, 100_000));
        return core.exit().view();
    }

    private void stopsAt(long offset) {
        ExitView.Debug d = assertInstanceOf(ExitView.Debug.class, run());
        assertEquals(BASE + offset, pc());
        assertEquals(false, d.isWatchpoint());
        assertEquals(BASE + offset, d.va());
    }

    private void watchStopsAt(long offset, long va, boolean write) {
        ExitView.Debug d = assertInstanceOf(ExitView.Debug.class, run());
        assertEquals(BASE + offset, pc());
        assertEquals(true, d.isWatchpoint());
        assertEquals(va, d.va());
        assertEquals(write, d.isWrite());
    }

    private void endsAtCall() {
        assertInstanceOf(ExitView.FirmwareCall.class, run());
        assertEquals(ROUNDS, get(A0));
    }

    private void step() {
        core.step();
        assertInstanceOf(ExitView.SliceEnd.class, core.exit().view());
    }

    @Test
    public void aBreakpointStopsBeforeItsInstruction() {
        begin(LOOP);
        breakAt(STORE);
        ram.set(ValueLayout.JAVA_LONG_UNALIGNED, DATA - BASE, 77);
        stopsAt(STORE);
        assertEquals(1, get(A0));
        assertEquals(77, data());
        assertEquals(2, core.instructionsRetired());
    }

    @Test
    public void aRunThatBeginsAtABreakpointStopsThereAgain() {
        begin(LOOP);
        breakAt(STORE);
        stopsAt(STORE);
        stopsAt(STORE);
        assertEquals(2, core.instructionsRetired());
    }

    @Test
    public void aStepPassesABreakpointAndTheRunBehindItStopsAtTheNext() {
        begin(LOOP);
        breakAt(STORE, BRANCH, CALL);
        for (int round = 1; round <= ROUNDS; round++) {
            stopsAt(STORE);
            assertEquals(round, get(A0));
            step();
            stopsAt(BRANCH);
            step();
        }
        stopsAt(CALL);
        breakAt();
        endsAtCall();
    }

    @Test
    public void everyInstructionMayHaveOne() {
        begin(LOOP);
        breakAt(0, AGAIN, STORE, LOAD, BRANCH, CALL);
        long last = -1;
        for (int n = 0; pc() != BASE + CALL; n++) {
            assertInstanceOf(ExitView.Debug.class, run());
            assertEquals(n, core.instructionsRetired());
            assertEquals(true, pc() != last);
            last = pc();
            if (pc() != BASE + CALL) {
                step();
            }
        }
        assertEquals(ROUNDS, get(A0));
    }

    @Test
    public void aBreakpointSetInCodeThatHasRunStops() {
        begin(LOOP);
        endsAtCall();
        restart();
        breakAt(LOAD);
        stopsAt(LOAD);
    }

    @Test
    public void aBreakpointThatWasTakenAwayStopsNoMore() {
        begin(LOOP);
        breakAt(AGAIN, LOAD);
        stopsAt(AGAIN);
        breakAt();
        endsAtCall();
        long straight = core.instructionsRetired();
        restart();
        endsAtCall();
        assertEquals(2 * straight, core.instructionsRetired());
    }

    @Test
    public void theGuestReadsItsOwnCodeAtABreakpoint() {
        begin(LOOP);
        set(A1, BASE + CALL);
        load(0, ld(A3, A1, 0), addi(A0, A3, 0), ECALL);
        load(CALL, ECALL, addi(A0, 0, 5));
        long before = ram.get(ValueLayout.JAVA_LONG_UNALIGNED, CALL);
        breakAt(CALL, CALL + 4);
        assertInstanceOf(ExitView.FirmwareCall.class, run());
        assertEquals(before, get(A0));
        assertEquals(before, ram.get(ValueLayout.JAVA_LONG_UNALIGNED, CALL));
    }

    @Test
    public void aBreakpointOutlivesTheCodeUnderIt() {
        begin(LOOP);
        breakAt(LOAD);
        stopsAt(LOAD);
        // The store of the loop writes over an instruction that has a breakpoint: the same again.
        core.stopAt(StopPoints.NONE);
        load(CALL, sw(A3, A1, 0), 0x0000100f /* fence.i */, addi(A0, 0, 9), ECALL);
        set(A1, BASE + CALL + 8);
        set(A3, addi(A0, 0, 8));
        core.request(hv.api.vcpu.Request.FENCE_I);
        core.registers().write(RiscvRegister.PC, BASE + CALL);
        breakAt(CALL + 8);
        stopsAt(CALL + 8);
        step();
        assertEquals(8, get(A0));
    }

    @Test
    public void aStepIsOneInstructionAlsoWhereItJumps() {
        begin(LOOP);
        long[] expected = {AGAIN, STORE, LOAD, BRANCH, AGAIN, STORE};
        for (int n = 0; n < expected.length; n++) {
            step();
            assertEquals(BASE + expected[n], pc());
            assertEquals(n + 1, core.instructionsRetired());
        }
    }

    @Test
    public void aStepTakesNoInterruptAndTheRunBehindItDoes() {
        begin(LOOP);
        core.registers().write(RiscvRegister.csr(CSR_STVEC), BASE + 0x2000);
        load(0x2000, ECALL);
        core.registers().write(RiscvRegister.csr(CSR_SIE), 2);
        core.registers().write(RiscvRegister.csr(CSR_SSTATUS), 2);
        core.setInterrupt(1, true);
        step();
        assertEquals(BASE + AGAIN, pc());
        step();
        assertEquals(BASE + STORE, pc());
        assertInstanceOf(ExitView.FirmwareCall.class, run());
        assertEquals(BASE + 0x2000, pc());
    }

    @Test
    public void aTrapIsAStep() {
        begin(0);
        core.registers().write(RiscvRegister.csr(CSR_STVEC), BASE + 0x2000);
        load(0x2000, addi(A0, 0, 1), ECALL);
        set(A0, 0);
        step();
        assertEquals(BASE + 0x2000, pc());
        assertEquals(0, get(A0));
    }

    @Test
    public void aWatchedStoreStopsBeforeIt() {
        begin(LOOP);
        watch(DATA, 8, Access.WRITE);
        watchStopsAt(STORE, DATA, true);
        assertEquals(0, data());
        assertEquals(1, get(A0));
        core.stopAt(StopPoints.NONE);
        step();
        assertEquals(1, data());
        watch(DATA, 8, Access.WRITE);
        watchStopsAt(STORE, DATA, true);
        assertEquals(1, data());
        assertEquals(2, get(A0));
    }

    @Test
    public void aStepStopsAtAWatchpointToo() {
        begin(LOOP);
        watch(DATA, 8, Access.WRITE);
        step();
        step();
        core.step();
        assertInstanceOf(ExitView.Debug.class, core.exit().view());
        assertEquals(BASE + STORE, pc());
        assertEquals(0, data());
    }

    @Test
    public void aWatchedLoadStopsAndAStoreThereDoesNot() {
        begin(LOOP);
        watch(DATA, 1, Access.READ);
        watchStopsAt(LOAD, DATA, false);
        assertEquals(1, data());
        assertEquals(0, get(A3));
    }

    @Test
    public void aWatchpointOfBothStopsAtBoth() {
        begin(LOOP);
        watch(DATA + 3, 2, Access.READ_WRITE);
        watchStopsAt(STORE, DATA + 3, true);
        core.registers().write(RiscvRegister.PC, BASE + LOAD);
        watchStopsAt(LOAD, DATA + 3, false);
    }

    @Test
    public void neighboursOfWatchedDataDoNotStop() {
        begin(LOOP);
        core.stopAt(new StopPoints(List.of(), List.of(new Watchpoint(DATA - 8, 8, Access.READ_WRITE), new Watchpoint(DATA + 8, 16, Access.READ_WRITE))));
        endsAtCall();
        assertEquals(ROUNDS, data());
    }

    @Test
    public void aWatchpointSetWhileTheDataIsInUseStops() {
        begin(LOOP);
        endsAtCall();
        restart();
        watch(DATA, 8, Access.WRITE);
        watchStopsAt(STORE, DATA, true);
        core.stopAt(StopPoints.NONE);
        endsAtCall();
    }

    @Test
    public void resetAndRestoreLeaveStopPointsAndTheStateHoldsNone() throws Exception {
        begin(LOOP);
        core.sleep(Deadline.afterMillis(1000));
        StateImage without = StateImage.of(core);
        core.wake();
        breakAt(LOAD);
        core.sleep(Deadline.afterMillis(1000));
        assertArrayEquals(without.toBytes(), StateImage.of(core).toBytes());
        without.into(core);
        core.wake();
        stopsAt(LOAD);
        core.reset();
        set(A1, DATA);
        set(A2, ROUNDS);
        restart();
        stopsAt(LOAD);
    }

    @Test
    public void whatIsNotTranslatedIsFoundAtItsOwnAddress() {
        begin(LOOP);
        assertEquals(BASE + 5, core.translate(BASE + 5));
        assertEquals(-1, core.translate(-1));
    }

    private static int addi(int rd, int rs1, int imm) {
        return imm << 20 | rs1 << 15 | rd << 7 | 0x13;
    }

    private static int ld(int rd, int rs1, int imm) {
        return imm << 20 | rs1 << 15 | 3 << 12 | rd << 7 | 0x03;
    }

    private static int sd(int rs2, int rs1, int imm) {
        return store(rs2, rs1, imm, 3);
    }

    private static int sw(int rs2, int rs1, int imm) {
        return store(rs2, rs1, imm, 2);
    }

    private static int store(int rs2, int rs1, int imm, int width) {
        return imm >> 5 << 25 | rs2 << 20 | rs1 << 15 | width << 12 | (imm & 31) << 7 | 0x23;
    }

    private static int bne(int rs1, int rs2, int distance) {
        return (distance >> 12 & 1) << 31 | (distance >> 5 & 63) << 25 | rs2 << 20 | rs1 << 15 | 1 << 12 | (distance >> 1 & 15) << 8 | (distance >> 11 & 1) << 7 | 0x63;
    }
}
