package hv.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.api.HvException;
import hv.api.engine.spi.VcpuCore;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.api.vcpu.Budget;
import hv.api.vcpu.ExitView;
import hv.api.vcpu.Request;
import hv.testkit.engine.EngineSetup;
import hv.testkit.engine.GuestCode;
import hv.testkit.engine.LockStep;
import hv.testkit.engine.LoggedRam;
import hv.testkit.engine.TestMachine;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What holds for every engine, of whatever ISA and by whatever means it runs guests. A suite holds one {@link EngineSetup}, and compares it in lock step
 * with another that is trusted more. Above 400 lines, since it is a list of laws.
 */
public abstract class EngineLaws {
    private static final long SEED = 0x1A75L;
    private static final long HOST_NANOS = 600_000_000_000L;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle WORD = LONG.varHandle();
    private final List<TestMachine> open = new ArrayList<>();
    private final Budget budget = new Budget();
    private TestMachine machine;
    private VcpuCore core;

    /** What is held to the laws. */
    protected abstract EngineSetup setup();

    /** What it is compared with. */
    protected abstract EngineSetup reference();

    protected abstract GuestCode code();

    /** How long a law waits for what must come at once, on however busy a host. */
    protected long patienceSeconds() {
        return 30;
    }

    @AfterEach
    void closeMachines() {
        open.forEach(TestMachine::close);
    }

    private TestMachine machine(byte[] program) throws HvException {
        TestMachine m = TestMachine.with(setup(), code(), program);
        open.add(m);
        return m;
    }

    private void begin(byte[] program) throws HvException {
        machine = machine(program);
        core = machine.core(0);
    }

    private void succeed(TestMachine by) {
        open.remove(machine);
        open.add(by);
        machine = by;
        core = by.core(0);
    }

    private void needsCounting() {
        assumeTrue(machine.engine().traits().countsInstructions(), "the engine does not count instructions");
    }

    private static long word(TestMachine m, long gpa) {
        return m.ram().segment().get(LONG, gpa - GuestCode.RAM_BASE);
    }

    private long word(long gpa) {
        return word(machine, gpa);
    }

    private ExitView toExit() {
        ExitView v = machine.runTo(0, core.instructionsRetired() + 1_000_000);
        if (v == null) {
            throw new AssertionError("no exit in a million instructions, next is " + code().disassemble(core, machine.ram()));
        }
        return v;
    }

    private ExitView.Mmio toDevice(boolean write, long gpa) {
        ExitView.Mmio m = assertInstanceOf(ExitView.Mmio.class, toExit());
        assertEquals(Long.toHexString(gpa), Long.toHexString(m.gpa()));
        assertEquals(write, m.isWrite());
        assertEquals(8, m.widthBytes());
        return m;
    }

    private void answer(long value) {
        core.exit().completion().value(value);
    }

    private byte[] state() throws NotAsleepException, StateException {
        return machine.save().getFirst().toBytes();
    }

    /** Runs {@code n} more, which no exit may interrupt. */
    private void retire(long n) {
        ExitView v = machine.runTo(0, core.instructionsRetired() + n);
        assertNull(v, () -> "left with " + v.label());
    }

    private void awaits(String what, BooleanSupplier condition) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(patienceSeconds());
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - until > 0) {
                throw new AssertionError("no " + what + " in " + patienceSeconds() + " s");
            }
            Thread.onSpinWait();
        }
    }

    /** Runs on another thread without a bound but time. */
    private CompletableFuture<Void> runsElsewhere(long nanos) {
        return CompletableFuture.runAsync(() -> core.run(budget.set(nanos, Long.MAX_VALUE)), r -> Thread.ofPlatform().daemon().start(r));
    }

    private void comesOut(CompletableFuture<Void> run) throws Exception {
        run.get(patienceSeconds(), TimeUnit.SECONDS);
    }

    // ---- budgets, kicks, requests ------------------------------------------------------------------------------------------

    @Test
    public void aBudgetIsExact() throws Exception {
        begin(code().counts());
        needsCounting();
        retire(200);
        Random random = new Random(SEED);
        for (int k = 0; k < 2_000; k++) {
            long n = k < 200 ? k + 1 : 1 + random.nextInt(1_000);
            long before = core.instructionsRetired();
            core.run(budget.set(HOST_NANOS, n));
            assertInstanceOf(ExitView.SliceEnd.class, core.exit().view());
            assertEquals(n, core.instructionsRetired() - before);
        }
    }

    @Test
    public void oneByOneComesToTheSameAsAtOnce() throws Exception {
        begin(code().counts());
        needsCounting();
        retire(5_000);
        byte[] once = state();
        long counted = word(GuestCode.DATA);
        begin(code().counts());
        for (int k = 0; k < 5_000; k++) {
            retire(1);
        }
        assertArrayEquals(once, state());
        assertEquals(counted, word(GuestCode.DATA));
    }

    @Test
    public void aGuestThatTrapsForEverSpendsItsBudget() throws Exception {
        begin(code().trapsForEver());
        core.run(budget.set(HOST_NANOS, 10_000));
        assertTrue(core.instructionsRetired() <= 10_000, core.instructionsRetired() + " retired");
    }

    @Test
    public void timeEndsARun() throws Exception {
        begin(code().counts());
        CompletableFuture<Void> run = runsElsewhere(5_000_000);
        comesOut(run);
        assertInstanceOf(ExitView.SliceEnd.class, core.exit().view());
        assertTrue(word(GuestCode.DATA) > 0);
    }

    @Test
    public void aKickBeforeARunEndsItAtOnceAndOnce() throws Exception {
        begin(code().counts());
        needsCounting();
        retire(100);
        long before = core.instructionsRetired();
        core.kick();
        core.run(budget.set(HOST_NANOS, 1_000));
        assertInstanceOf(ExitView.Kicked.class, core.exit().view());
        assertEquals(before, core.instructionsRetired());
        retire(1_000);
    }

    @Test
    public void aKickEndsARunThatIsUnderWay() throws Exception {
        begin(code().counts());
        for (int k = 0; k < 20; k++) {
            long before = word(GuestCode.DATA);
            CompletableFuture<Void> run = runsElsewhere(2 * TimeUnit.SECONDS.toNanos(patienceSeconds()));
            awaits("progress of the guest", () -> (long) WORD.getVolatile(machine.ram().segment(), GuestCode.DATA - GuestCode.RAM_BASE) != before);
            core.kick();
            comesOut(run);
            assertInstanceOf(ExitView.Kicked.class, core.exit().view());
        }
    }

    @Test
    public void requestsAreAcknowledgedByAHartInTheGuest() throws Exception {
        begin(code().counts());
        CompletableFuture<Void> run = runsElsewhere(2 * TimeUnit.SECONDS.toNanos(patienceSeconds()));
        for (int k = 0; k < 20; k++) {
            for (Request r : List.of(Request.FLUSH_TLB, Request.FENCE_I, Request.INTERRUPT)) {
                long ticket = core.request(r);
                awaits("acknowledgement of " + r, () -> core.acknowledged(ticket));
            }
        }
        core.kick();
        comesOut(run);
        long counted = word(GuestCode.DATA);
        retire(100);
        assertTrue(word(GuestCode.DATA) > counted, "the guest came no further");
    }

    @Test
    public void requestsAreAcknowledgedForAHartOutOfTheGuest() throws Exception {
        begin(code().counts());
        for (Request r : List.of(Request.FLUSH_TLB, Request.FENCE_I, Request.INTERRUPT)) {
            long ticket = core.request(r);
            retire(1);
            assertTrue(core.acknowledged(ticket), r + " after one instruction");
        }
    }

    // ---- exits and completions -----------------------------------------------------------------------------------------------

    @Test
    public void anExitIsCompletedExactlyOnce() throws Exception {
        begin(code().asksDevice(50));
        for (int k = 0; k < 50; k++) {
            toDevice(false, GuestCode.DEVICE);
            long before = core.instructionsRetired();
            answer(7_000 + k);
            core.commit();
            byte[] committed = state();
            core.commit();
            assertArrayEquals(committed, state(), "a second commit changed the state");
            if (machine.engine().traits().countsInstructions()) {
                assertEquals(before + 1, core.instructionsRetired());
            }
            assertEquals(7_001 + k, toDevice(true, GuestCode.DEVICE + 8).value());
        }
        toDevice(true, GuestCode.FINISH);
        for (int k = 0; k < 50; k++) {
            assertEquals(7_000 + k, word(GuestCode.DATA + 8 * k));
        }
    }

    @Test
    public void anExitThatIsRetriedComesAgainAsIfItHadNotBeen() throws Exception {
        begin(code().asksDevice(3));
        for (int k = 0; k < 3; k++) {
            toDevice(false, GuestCode.DEVICE);
            long before = core.instructionsRetired();
            answer(1);
            core.retry();
            byte[] retried = state();
            assertEquals(before, core.instructionsRetired());
            toDevice(false, GuestCode.DEVICE);
            core.retry();
            assertArrayEquals(retried, state());
            toDevice(false, GuestCode.DEVICE);
            answer(40 + k);
            assertEquals(41 + k, toDevice(true, GuestCode.DEVICE + 8).value());
        }
    }

    @Test
    public void aStateSavedAtAnExitGoesOnBehindIt() throws Exception {
        begin(code().asksDevice(20));
        for (int k = 0; k < 20; k++) {
            toDevice(false, GuestCode.DEVICE);
            answer(900 + k);
            succeed(machine.restored(setup()));
            assertEquals(901 + k, toDevice(true, GuestCode.DEVICE + 8).value());
            succeed(machine.restored(setup()));
        }
        toDevice(true, GuestCode.FINISH);
        assertEquals(919, word(GuestCode.DATA + 8 * 19));
    }

    @Test
    public void resetForgetsWhatWasUnderWay() throws Exception {
        begin(code().asksDevice(2));
        long[] fresh = registers();
        toDevice(false, GuestCode.DEVICE);
        answer(5);
        core.reset();
        code().begin(core);
        core.commit();
        // Retired instructions may count on, or begin anew.
        assertArrayEquals(fresh, registers());
        toDevice(false, GuestCode.DEVICE);
        answer(6);
        assertEquals(7, toDevice(true, GuestCode.DEVICE + 8).value());
    }

    private long[] registers() {
        return code().registers().values().stream().mapToLong(core.registers()::read).toArray();
    }

    // ---- interrupts -----------------------------------------------------------------------------------------------------------

    @Test
    public void anInterruptIsTakenAtTheBoundaryWhereItIsPending() throws Exception {
        begin(code().takesInterrupts(true));
        needsCounting();
        retire(300);
        long handled = 0;
        for (int k = 0; k < 60; k++) {
            retire(1 + k % 13);
            long counted = word(GuestCode.DATA);
            core.setInterrupt(code().interruptLine(), true);
            toDevice(false, GuestCode.DEVICE);
            assertEquals(counted, word(GuestCode.DATA), "the program went on under a pending interrupt");
            core.setInterrupt(code().interruptLine(), false);
            answer(0);
            assertEquals(++handled, word(GuestCode.DATA + 8));
            retire(300);
            assertTrue(word(GuestCode.DATA) > counted, "the program did not go on behind its handler");
            assertEquals(handled, word(GuestCode.DATA + 8), "the handler ran again though the line is low");
        }
    }

    @Test
    public void aHandlerLeavesNoTraceInTheProgram() throws Exception {
        begin(code().takesInterrupts(true));
        needsCounting();
        retire(500);
        long handlers = 0;
        for (int k = 0; k < 20; k++) {
            retire(1 + k % 7);
            long before = core.instructionsRetired();
            core.setInterrupt(code().interruptLine(), true);
            toDevice(false, GuestCode.DEVICE);
            core.setInterrupt(code().interruptLine(), false);
            answer(0);
            retire(2);
            handlers += core.instructionsRetired() - before;
        }
        // What is not the handler's is the program's, which is where it would be without.
        long ofProgram = core.instructionsRetired() - handlers;
        TestMachine alone = machine(code().takesInterrupts(true));
        assertNull(alone.runTo(0, ofProgram));
        assertEquals(word(alone, GuestCode.DATA), word(GuestCode.DATA));
        int pc = code().registers().values().iterator().next();
        assertEquals(Long.toHexString(alone.core(0).registers().read(pc)), Long.toHexString(core.registers().read(pc)));
    }

    @Test
    public void aDisabledInterruptStaysPending() throws Exception {
        begin(code().takesInterrupts(false));
        retire(300);
        long counted = word(GuestCode.DATA);
        core.setInterrupt(code().interruptLine(), true);
        retire(1_000);
        assertEquals(0, word(GuestCode.DATA + 8));
        assertTrue(word(GuestCode.DATA) > counted);
    }

    @Test
    public void aWaitingHartWantsToRunOnceALineRises() throws Exception {
        begin(code().waits());
        assumeTrue(!machine.engine().traits().parksInside(), "idle vCPUs park inside the engine");
        if (setup().strict()) {
            // Waiting is the interpreter's then.
            core.setInterrupt(code().interruptLine(), true);
            assertTrue(core.wantsToRun() || core.instructionsRetired() == 0);
        } else {
            assertInstanceOf(ExitView.Idle.class, toExit());
            assertFalse(core.wantsToRun());
            core.setInterrupt(code().interruptLine(), true);
            assertTrue(core.wantsToRun());
        }
        toDevice(true, GuestCode.FINISH);
    }

    @Test
    public void linesAreSavedWithTheHart() throws Exception {
        begin(code().takesInterrupts(true));
        retire(300);
        core.setInterrupt(code().interruptLine(), true);
        succeed(machine.restored(setup()));
        long counted = word(GuestCode.DATA);
        toDevice(false, GuestCode.DEVICE);
        assertEquals(counted, word(GuestCode.DATA));
        core.setInterrupt(code().interruptLine(), false);
        answer(0);
        retire(300);
        assertEquals(1, word(GuestCode.DATA + 8));
    }

    // ---- code and memory -----------------------------------------------------------------------------------------------------

    @Test
    public void codeThatTheGuestChangesIsExecutedAfterItsFence() throws Exception {
        begin(code().patchesItself(300));
        toDevice(true, GuestCode.FINISH);
        for (int k = 1; k <= 300; k++) {
            assertEquals(k, word(GuestCode.DATA + 8 * k), "round " + k);
        }
    }

    @Test
    public void codeThatADeviceWritesIsExecutedAfterAFence() throws Exception {
        begin(code().calls(true));
        for (int k = 1; k <= 100; k++) {
            machine.ram().store(GuestCode.SUBROUTINE, code().returns(k));
            long rounds = word(GuestCode.DATA + 8);
            // The round under way may have fenced already.
            runsUntil(rounds + 2);
            assertEquals(k, word(GuestCode.DATA));
        }
    }

    @Test
    public void codeThatADeviceWritesIsExecutedAfterARequest() throws Exception {
        begin(code().calls(false));
        for (int k = 1; k <= 100; k++) {
            machine.ram().store(GuestCode.SUBROUTINE, code().returns(k));
            long ticket = core.request(Request.FENCE_I);
            runsUntil(word(GuestCode.DATA + 8) + 2);
            assertTrue(core.acknowledged(ticket));
            assertEquals(k, word(GuestCode.DATA));
        }
    }

    private void runsUntil(long rounds) {
        for (long limit = core.instructionsRetired() + 10_000; word(GuestCode.DATA + 8) < rounds; ) {
            assertTrue(core.instructionsRetired() < limit, "the program does not go on");
            retire(1);
        }
    }

    @Test
    public void dataThatADeviceWritesIsSeen() throws Exception {
        begin(code().copies());
        for (long k = 1; k <= 200; k++) {
            byte[] value = new byte[8];
            MemorySegment.ofArray(value).set(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0, k * 0x0101_0101_0101L);
            machine.ram().store(GuestCode.DATA + 64, value);
            runsUntil(word(GuestCode.DATA + 8) + 2);
            assertEquals(k * 0x0101_0101_0101L, word(GuestCode.DATA));
        }
    }

    @Test
    public void everyPageThatIsWrittenIsLoggedOnceARound() throws Exception {
        for (int pages : new int[] {1, 5, 16}) {
            begin(code().touches(pages));
            // Twice without a log, so that whatever an engine caches is cached.
            roundOfTouches();
            roundOfTouches();
            machine.ram().startLog();
            for (int k = 0; k < 20; k++) {
                BitSet expected = new BitSet();
                expected.set(page(GuestCode.DATA));
                expected.set(page(GuestCode.PAGES), page(GuestCode.PAGES) + pages);
                roundOfTouches();
                assertEquals(expected, harvested(), "round " + k);
                assertEquals(new BitSet(), harvested(), "again without a store");
            }
        }
    }

    private static int page(long gpa) {
        return (int) (gpa - GuestCode.RAM_BASE >> 12);
    }

    private BitSet harvested() {
        BitSet out = new BitSet();
        machine.ram().harvest(0, page -> {
            assertFalse(out.get(page), "page " + page + " twice in one round");
            out.set(page);
        });
        return out;
    }

    private void roundOfTouches() {
        toDevice(false, GuestCode.DEVICE);
        answer(0);
        core.commit();
    }

    // ---- harts and machines --------------------------------------------------------------------------------------------------

    @Test
    public void hartsShareMemoryAndNothingElse() throws Exception {
        LoggedRam ram = new LoggedRam(GuestCode.RAM_BASE, GuestCode.RAM_BYTES);
        ram.store(GuestCode.CODE, code().counts());
        TestMachine pair = new TestMachine(setup(), code(), 2, ram);
        open.add(pair);
        code().begin(pair.core(0));
        code().begin(pair.core(1));
        byte[] asleep = pair.save().get(1).toBytes();
        assertNull(pair.runTo(0, 1_000));
        assertArrayEquals(asleep, pair.save().get(1).toBytes(), "the second hart changed while the first ran");
        byte[] first = pair.save().get(0).toBytes();
        long counted = word(pair, GuestCode.DATA);
        assertNull(pair.runTo(1, 1_000));
        assertArrayEquals(first, pair.save().get(0).toBytes(), "the first hart changed while the second ran");
        assertTrue(word(pair, GuestCode.DATA) > 0 && counted > 0);
        pair.core(0).setInterrupt(code().interruptLine(), true);
        byte[] second = pair.save().get(1).toBytes();
        pair.core(0).kick();
        pair.core(1).run(budget.set(HOST_NANOS, 10));
        assertInstanceOf(ExitView.SliceEnd.class, pair.core(1).exit().view(), "a kick of the first took the second out");
        assertFalse(Arrays.equals(second, pair.save().get(1).toBytes()), "the second did not run");
    }

    @Test
    public void machinesShareNothing() throws Exception {
        // Different programs at the same addresses.
        TestMachine alone = machine(code().asksDevice(30));
        byte[] answered = asked(alone, () -> { });
        TestMachine a = machine(code().counts());
        TestMachine b = machine(code().asksDevice(30));
        byte[] before = b.save().getFirst().toBytes();
        byte[] ram = b.ram().segment().toArray(ValueLayout.JAVA_BYTE);
        assertNull(a.runTo(0, 5_000));
        assertArrayEquals(before, b.save().getFirst().toBytes());
        assertArrayEquals(ram, b.ram().segment().toArray(ValueLayout.JAVA_BYTE));
        TestMachine c = machine(code().counts());
        assertArrayEquals(answered, asked(b, () -> assertNull(c.runTo(0, c.core(0).instructionsRetired() + 7))), "another machine changed what it does");
        assertNull(c.runTo(0, 5_000));
        assertArrayEquals(a.save().getFirst().toBytes(), c.save().getFirst().toBytes(), "another machine changed what it does");
        assertEquals(word(a, GuestCode.DATA), word(c, GuestCode.DATA));
        assertTrue(word(a, GuestCode.DATA) > 100, "it counted to " + word(a, GuestCode.DATA));
    }

    /** Runs asksDevice to its last store, and returns its state there; {@code between} comes after each instruction. */
    private static byte[] asked(TestMachine m, Runnable between) throws Exception {
        for (int k = 0; k < 10_000; k++) {
            ExitView v = m.runTo(0, m.core(0).instructionsRetired() + 1);
            between.run();
            if (v instanceof ExitView.Mmio d && d.isWrite() && d.gpa() == GuestCode.FINISH) {
                return m.save().getFirst().toBytes();
            }
            if (v instanceof ExitView.Mmio d && !d.isWrite()) {
                m.core(0).exit().completion().value(k);
            }
        }
        throw new AssertionError("the program does not end");
    }

    // ---- state ----------------------------------------------------------------------------------------------------------------

    /** A core is a part like any other. */
    @Nested
    class State extends StatefulLaws<VcpuCore> {
        @Override
        protected VcpuCore createPart() throws Exception {
            TestMachine m = machine(code().counts());
            m.core(0).sleep(Deadline.afterMillis(10_000));
            return m.core(0);
        }

        @Override
        protected void exercise(VcpuCore part) {
            for (TestMachine m : open) {
                if (m.core(0) == part) {
                    m.runTo(0, 501);
                    part.setInterrupt(code().interruptLine(), true);
                    return;
                }
            }
            throw new IllegalStateException("a core of no machine");
        }
    }

    @Test
    public void aRefusedStateLeavesTheEngineUsable() throws Exception {
        begin(code().counts());
        needsCounting();
        retire(3_000);
        byte[] straight = state();
        begin(code().counts());
        Random random = new Random(SEED);
        int refused = 0;
        for (int k = 1; k <= 300; k++) {
            retire(10);
            core.sleep(Deadline.afterMillis(10_000));
            byte[] good = StateImage.of(core).toBytes();
            byte[] bad = k % 3 == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
            if (k % 3 != 0) {
                // Well framed as a rule, so that it comes to the part's own checks.
                int at = random.nextInt(bad.length);
                bad[at] ^= (byte) (1 + random.nextInt(255));
            }
            try {
                StateImage.of(core.id().tag(), bad).into(core);
                StateImage.of(core.id().tag(), good).into(core);
            } catch (StateException e) {
                refused++;
            }
            core.wake();
        }
        assertTrue(refused > 100, refused + " of 300 were refused");
        assertArrayEquals(straight, state());
    }

    // ---- lock step ------------------------------------------------------------------------------------------------------------

    private void agrees(long seed, LockStep.Mode mode, int every, long most, long[] compared) {
        boolean keeps = mode == LockStep.Mode.PLAIN || mode == LockStep.Mode.INTERRUPTED;
        LockStep.Outcome o = new LockStep(code(), reference(), setup()).run(code().random(seed, keeps), mode, every, most);
        if (o.difference() != null) {
            throw new AssertionError(reference() + " and " + setup() + " differ, program " + seed + ", mode " + mode + ", every " + every + ":\n" + o.difference());
        }
        compared[0] += o.instructions();
    }

    /** Programs, of each at most a tenth, until so many instructions were compared. */
    private void agrees(LockStep.Mode mode, long firstSeed, long instructions, int... everies) {
        needCounts();
        long[] compared = new long[1];
        for (long seed = firstSeed; compared[0] < instructions; seed++) {
            long before = compared[0];
            agrees(seed, mode, everies[(int) ((seed - firstSeed) % everies.length)], Math.min(instructions / 10, instructions - compared[0]), compared);
            assertTrue(compared[0] > before, "program " + seed + " did nothing");
        }
    }

    private void needCounts() {
        assumeTrue(setup().factory().traits().countsInstructions() && reference().factory().traits().countsInstructions(), "an engine does not count instructions");
    }

    @Test
    public void randomProgramsAgreeAfterEachInstruction() {
        agrees(LockStep.Mode.PLAIN, 1, 40_000, 1);
    }

    @Test
    public void randomProgramsAgreeInBlocks() {
        agrees(LockStep.Mode.PLAIN, 1_000, 60_000, 7, 64, 1_000);
    }

    @Test
    public void aRestoredMachineGoesOnAsTheOther() {
        agrees(LockStep.Mode.RESTORED, 2_000, 3_000, 1, 3, 50);
    }

    @Test
    public void aReplacedEngineGoesOnAsTheOther() {
        agrees(LockStep.Mode.REPLACED, 3_000, 3_000, 1, 3, 50);
    }

    @Test
    public void interruptsAtTheSameInstructionDoTheSame() {
        agrees(LockStep.Mode.INTERRUPTED, 4_000, 20_000, 23, 61, 200);
    }

    @Test
    public void theSameInputGivesTheSame() {
        needCounts();
        for (long seed = 5_000; seed < 5_003; seed++) {
            LockStep.Outcome o = new LockStep(code(), setup(), setup()).run(code().random(seed, true), LockStep.Mode.PLAIN, 500, 10_000);
            assertNull(o.difference(), o.difference());
        }
    }

    @Test
    @Tag("full")
    public void aMillionRandomInstructionsAgree() {
        agrees(LockStep.Mode.PLAIN, 100_000, 600_000, 1, 13, 1_000);
        agrees(LockStep.Mode.RESTORED, 200_000, 100_000, 3, 20, 333);
        agrees(LockStep.Mode.REPLACED, 300_000, 100_000, 3, 20, 333);
        agrees(LockStep.Mode.INTERRUPTED, 400_000, 300_000, 23, 61, 700);
    }
}
