package hv.engine.kvm.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.HvException;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import hv.api.state.Stateful;
import hv.api.vcpu.ExitView;
import hv.api.x86.X86Register;
import hv.api.x86.X86State;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Hand-assembled guests in real mode; needs /dev/kvm. */
final class KvmVcpuTest {
    /** mov dx,0x3f8; in al,dx; add al,1; out dx,al; hlt. */
    private static final String ECHO = "ba f8 03  ec  04 01  ee  f4";
    /** again: inc dword [0x3000]; jmp again. */
    private static final String COUNTS = "66 ff 06 00 30  eb f9";
    private static final int COUNT = 0x3000;
    private static final long MILLI = 1_000_000;

    @Test
    void aPortIsReadAndWritten() throws HvException {
        try (Rig rig = Rig.of(ECHO)) {
            ExitView.PortIo in = rig.runTo(ExitView.PortIo.class);
            assertEquals(0x3f8, in.port());
            assertEquals(1, in.widthBytes());
            assertFalse(in.isWrite());
            assertFalse(rig.core(0).exit().isUnfinished());
            rig.core(0).exit().completion().value(41);
            ExitView.PortIo out = rig.runTo(ExitView.PortIo.class);
            assertTrue(out.isWrite());
            assertEquals(42, out.value());
        }
    }

    @Test
    void aReadWithoutAnAnswerIsRefused() throws HvException {
        try (Rig rig = Rig.of(ECHO)) {
            rig.runTo(ExitView.PortIo.class);
            assertThrows(IllegalStateException.class, () -> rig.run(MILLI));
        }
    }

    @Test
    void aRetriedAccessIsMadeAgain() throws HvException {
        try (Rig rig = Rig.of(ECHO)) {
            rig.runTo(ExitView.PortIo.class);
            rig.core(0).retry();
            assertFalse(rig.runTo(ExitView.PortIo.class).isWrite());
            rig.core(0).exit().completion().value(1);
            assertEquals(2, rig.runTo(ExitView.PortIo.class).value());
        }
    }

    @Test
    void anAccessOutsideRamIsCompleted() throws HvException {
        // mov ax,0x9000; mov ds,ax; mov ax,[0]; inc ax; mov [2],ax; hlt
        try (Rig rig = Rig.of("b8 00 90  8e d8  a1 00 00  40  a3 02 00  f4")) {
            ExitView.Mmio read = rig.runTo(ExitView.Mmio.class);
            assertEquals(0x90000, read.gpa());
            assertEquals(2, read.widthBytes());
            assertFalse(read.isWrite());
            rig.core(0).exit().completion().value(0x1234);
            ExitView.Mmio write = rig.runTo(ExitView.Mmio.class);
            assertTrue(write.isWrite());
            assertEquals(0x90002, write.gpa());
            assertEquals(0x1235, write.value());
        }
    }

    /** An access across two pages is one of three bytes and one of one. */
    @Test
    void anAccessAcrossPagesIsTakenApart() throws HvException {
        // mov ax,0x9000; mov ds,ax; mov eax,[0xffd]; mov [0x3000+cs],eax; out 0x80,al
        try (Rig rig = Rig.of("b8 00 90  8e d8  66 a1 fd 0f  2e 66 a3 00 30  e6 80")) {
            for (int k = 0; k < 4; k++) {
                ExitView.Mmio read = rig.runTo(ExitView.Mmio.class);
                assertEquals(0x90ffd + k, read.gpa());
                assertEquals(1, read.widthBytes());
                rig.core(0).exit().completion().value(0x10 + k);
            }
            rig.runTo(ExitView.PortIo.class);
            assertEquals(0x13121110, rig.word(COUNT));
        }
    }

    @Test
    void stringOutputIsAnExitAnElement() throws Exception {
        // mov si,0x2000; mov cx,5; mov dx,0x100; cld; rep outsb; hlt
        try (Rig rig = Rig.of("be 00 20  b9 05 00  ba 00 01  fc  f3 6e  f4")) {
            rig.put(0x2000, "68 65 6c 6c 6f");
            StringBuilder out = new StringBuilder();
            while (out.length() < 5) {
                out.append((char) rig.runTo(ExitView.PortIo.class).value());
            }
            assertEquals("hello", out.toString());
            rig.core(0).sleep(Deadline.afterMillis(1));
            assertEquals(0x2005, rig.core(0).registers().read(X86Register.RSI) & 0xffff, "the instruction is complete");
        }
    }

    @Test
    void stringInputFillsRamAndIsNotPutDownHalfWay() throws Exception {
        // mov di,0x2100; mov cx,4; mov dx,0x101; cld; rep insb; out 0x80,al
        try (Rig rig = Rig.of("bf 00 21  b9 04 00  ba 01 01  fc  f3 6c  e6 80")) {
            for (int k = 0; k < 4; k++) {
                assertEquals(0x101, rig.runTo(ExitView.PortIo.class).port());
                assertEquals(k < 3, rig.core(0).exit().isUnfinished());
                if (k < 3) {
                    assertThrows(NotAsleepException.class, () -> rig.core(0).sleep(Deadline.afterMillis(1)));
                }
                rig.core(0).exit().completion().value('a' + k);
            }
            assertEquals(0x80, rig.runTo(ExitView.PortIo.class).port());
            assertEquals(0x64636261, rig.word(0x2100));
        }
    }

    @Test
    void aSliceEndsInTime() throws HvException {
        try (Rig rig = Rig.of(COUNTS)) {
            rig.count(COUNT);
            for (int k = 0; k < 5; k++) {
                int before = rig.word(COUNT);
                long from = System.nanoTime();
                assertInstanceOf(ExitView.SliceEnd.class, rig.run(20 * MILLI));
                long took = System.nanoTime() - from;
                assertTrue(took >= 19 * MILLI, took + " ns");
                assertTrue(rig.word(COUNT) != before, "the guest ran");
            }
        }
    }

    @Test
    void aKickEndsARunOnAnotherThread() throws Exception {
        try (Rig rig = Rig.of(COUNTS)) {
            for (int k = 0; k < 20; k++) {
                int before = rig.word(COUNT);
                CompletableFuture<ExitView> ran = CompletableFuture.supplyAsync(() -> rig.run(Rig.FOREVER_NANOS), r -> Thread.ofPlatform().start(r));
                while (rig.word(COUNT) == before) {
                    Thread.onSpinWait();
                }
                rig.core(0).kick();
                assertInstanceOf(ExitView.Kicked.class, ran.get(30, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void aKickBeforeARunEndsItAtOnceAndOnce() throws HvException {
        try (Rig rig = Rig.of(COUNTS)) {
            rig.core(0).kick();
            assertInstanceOf(ExitView.Kicked.class, rig.run(Rig.FOREVER_NANOS));
            assertInstanceOf(ExitView.SliceEnd.class, rig.run(5 * MILLI));
        }
    }

    /** A halted vCPU waits in KVM: a kick brings it out, an interrupt line through the chips in the kernel lets it go on. */
    @Test
    void aHaltedVcpuWakesByItsLineAndComesOutByAKick() throws Exception {
        // The 8259: vectors from 0x20, line 4 alone open; then halt for ever. Its handler: out 0x80,al; end of interrupt; iret.
        try (Rig rig = Rig.of("b0 11 e6 20  b0 20 e6 21  b0 04 e6 21  b0 01 e6 21  b0 ef e6 21  fb  f4  eb fd")) {
            rig.put(0x90, "00 11 00 00");
            rig.put(0x1100, "b0 55 e6 80  b0 20 e6 20  cf");
            assertInstanceOf(ExitView.SliceEnd.class, rig.run(50 * MILLI));
            CompletableFuture<ExitView> ran = CompletableFuture.supplyAsync(() -> rig.run(Rig.FOREVER_NANOS), r -> Thread.ofPlatform().start(r));
            rig.machine.engine().interrupts().input(4, true);
            ExitView.PortIo out = assertInstanceOf(ExitView.PortIo.class, ran.get(30, TimeUnit.SECONDS));
            assertEquals(0x80, out.port());
            assertEquals(0x55, out.value());
            rig.machine.engine().interrupts().input(4, false);
            CompletableFuture<ExitView> again = CompletableFuture.supplyAsync(() -> rig.run(Rig.FOREVER_NANOS), r -> Thread.ofPlatform().start(r));
            rig.core(0).kick();
            assertInstanceOf(ExitView.Kicked.class, again.get(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void aTripleFaultIsAFailureWithOneLine() throws HvException {
        // lidt [0x2000], of limit 0; int3
        try (Rig rig = Rig.of("0f 01 1e 00 20  cc")) {
            String why = rig.runTo(ExitView.Failure.class).reason();
            assertTrue(why.contains("triple fault"), why);
            assertFalse(why.contains("\n"));
        }
    }

    @Test
    void theStateGoesOnInAnotherEngine() throws Exception {
        try (Rig rig = Rig.of("66 b8 11 22 33 44  db e3  d9 e8  " + COUNTS)) {
            rig.count(COUNT);
            byte[] shared = StateImage.of(rig.machine.engine().shared()).toBytes();
            rig.machine.replaceEngine(Rig.KVM);
            StateImage.of(rig.machine.engine().shared().id().tag(), shared).into(rig.machine.engine().shared());
            rig.machine.engine().shared().wake();
            assertEquals(0x44332211, rig.core(0).registers().read(X86Register.RAX) & 0xffffffffL);
            rig.count(COUNT);
        }
    }

    @Test
    void savedStatesAreTheSameWhenNothingRan() throws Exception {
        try (Rig rig = Rig.of("66 b8 11 22 33 44  db e3  d9 e8  " + COUNTS)) {
            rig.count(COUNT);
            List<StateImage> first = rig.machine.save();
            X86State before = Held.of(first.getFirst());
            first.getFirst().into(rig.core(0));
            X86State after = Held.of(rig.machine.save().getFirst());
            assertArrayEquals(before.registers(), after.registers());
            assertArrayEquals(before.xsave(), after.xsave());
            assertArrayEquals(before.lapic(), after.lapic());
            assertArrayEquals(before.events(), after.events());
            assertEquals(before.apicBase(), after.apicBase());
            assertEquals(before.xcr0(), after.xcr0());
            assertEquals(before.activity(), after.activity());
            assertEquals(before.msr().length, after.msr().length);
        }
    }

    @Test
    void aRefusedStateLeavesTheVcpuAlone() throws Exception {
        try (Rig rig = Rig.of("66 b8 11 22 33 44  " + COUNTS)) {
            rig.count(COUNT);
            X86State s = Held.of(rig.machine.save().getFirst());
            long[] registers = s.registers().clone();
            // Paging without protection: no CPU has that state.
            registers[X86Register.CR0] = 0x8000_0000L;
            registers[X86Register.RAX] = 99;
            X86State bad = new X86State(registers, s.apicBase(), s.msr(), s.tscKhz(), s.xcr0(), s.xsave(), s.debug(), s.lapic(), s.events(), s.activity());
            StateImage image = Held.image(bad);
            assertThrows(StateException.class, () -> image.into(rig.core(0)));
            long[] unknown = {0x10, 0, 0xdeadbeefL, 1};
            X86State odd = new X86State(s.registers(), s.apicBase(), unknown, s.tscKhz(), s.xcr0(), s.xsave(), s.debug(), s.lapic(), s.events(), s.activity());
            StateImage oddImage = Held.image(odd);
            assertThrows(StateException.class, () -> oddImage.into(rig.core(0)));
            rig.core(0).wake();
            assertEquals(0x44332211, rig.core(0).registers().read(X86Register.RAX) & 0xffffffffL);
            rig.count(COUNT);
        }
    }

    @Test
    void aResetInTheMiddleOfAnInstructionBeginsAnew() throws HvException {
        try (Rig rig = Rig.of(ECHO)) {
            rig.runTo(ExitView.PortIo.class);
            rig.core(0).reset();
            rig.realMode(0, Rig.CODE);
            assertFalse(rig.runTo(ExitView.PortIo.class).isWrite());
            rig.core(0).exit().completion().value(7);
            assertEquals(8, rig.runTo(ExitView.PortIo.class).value());
        }
    }

    /** However long after each other they are reset. */
    @Test
    void afterAResetTheTimeStampCountersAreTogether() throws Exception {
        try (Rig rig = new Rig(2)) {
            rig.put(Rig.CODE, COUNTS);
            rig.core(1).reset();
            rig.realMode(0, Rig.CODE);
            assertInstanceOf(ExitView.SliceEnd.class, rig.run(3000 * MILLI));
            rig.core(0).reset();
            List<StateImage> states = rig.machine.save();
            X86State first = Held.of(states.get(0));
            long apart = tsc(Held.of(states.get(1))) - tsc(first);
            assertTrue(Math.abs(apart) < 1000L * first.tscKhz(), apart + " cycles apart, at " + first.tscKhz() + " kHz");
        }
    }

    private static long tsc(X86State s) {
        for (int i = 0; i < s.msr().length; i += 2) {
            if (s.msr()[i] == 0x10) {
                return s.msr()[i + 1];
            }
        }
        throw new AssertionError("no TSC");
    }

    @Test
    void whatTheGuestWritesIsInTheDirtyLog() throws HvException {
        try (Rig rig = Rig.of(COUNTS)) {
            rig.ram.startLog();
            rig.count(COUNT);
            rig.ram.store(0x5000, new byte[] {1});
            BitSet pages = new BitSet();
            rig.ram.harvest(1, pages::set);
            assertTrue(pages.get(COUNT >> 12), "the guest's");
            assertTrue(pages.get(5), "a device's");
            assertFalse(pages.get(0x40), "nobody wrote there");
            BitSet again = new BitSet();
            rig.ram.harvest(2, again::set);
            assertFalse(again.get(COUNT >> 12), "it is forgotten once told");
            rig.count(COUNT);
            rig.ram.harvest(3, again::set);
            assertTrue(again.get(COUNT >> 12), "written again");
        }
    }

    /** The collector waits for no vCPU in the guest. */
    @Test
    void garbageIsCollectedWhileTheGuestRuns() throws Exception {
        try (Rig rig = Rig.of(COUNTS)) {
            int before = rig.word(COUNT);
            CompletableFuture<ExitView> ran = CompletableFuture.supplyAsync(() -> rig.run(Rig.FOREVER_NANOS), r -> Thread.ofPlatform().start(r));
            while (rig.word(COUNT) == before) {
                Thread.onSpinWait();
            }
            System.gc();
            assertFalse(ran.isDone(), "the collection ended while the vCPU was in the guest");
            rig.core(0).kick();
            assertInstanceOf(ExitView.Kicked.class, ran.get(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void cpuidSaysWhichVcpuItIs() throws HvException {
        // mov eax,1; cpuid; mov [0x3000],ebx; mov [0x3004],ecx; out 0x80,al
        try (Rig rig = new Rig(2)) {
            rig.put(Rig.CODE, "66 b8 01 00 00 00  0f a2  66 89 1e 00 30  66 89 0e 04 30  e6 80");
            rig.realMode(0, Rig.CODE);
            rig.runTo(ExitView.PortIo.class);
            assertEquals(0, rig.word(COUNT) >>> 24, "APIC id");
            assertEquals(2, rig.word(COUNT) >>> 16 & 0xff, "vCPUs");
            assertTrue(rig.word(COUNT + 4) < 0, "bit 31: a hypervisor");
        }
    }

    @Test
    void registersKeepWhatIsWritten() throws HvException {
        try (Rig rig = Rig.of("f4")) {
            for (int r = X86Register.RAX; r <= X86Register.R15; r++) {
                rig.core(0).registers().write(r, 1000L + r);
            }
            rig.core(0).commit();
            for (int r = X86Register.RAX; r <= X86Register.R15; r++) {
                assertEquals(1000L + r, rig.core(0).registers().read(r));
            }
            assertEquals(0x93, rig.core(0).registers().read(X86Register.access(X86Register.DS)) & 0xff, "data, writable, accessed, present");
            assertThrows(IllegalArgumentException.class, () -> rig.core(0).registers().read(28));
            assertThrows(IllegalArgumentException.class, () -> rig.core(0).registers().read(64));
        }
    }

    /** Nothing but a state. */
    private static final class Held implements Stateful {
        private X86State state;

        static X86State of(StateImage image) throws StateException {
            Held held = new Held();
            image.into(held);
            return held.state;
        }

        static StateImage image(X86State state) throws StateException {
            Held held = new Held();
            held.state = state;
            return StateImage.of(held);
        }

        @Override
        public PartId id() {
            return new PartId("cpu/0", X86State.TAG);
        }

        @Override
        public void sleep(Deadline by) {
            // A value.
        }

        @Override
        public void save(StateWriter out) {
            state.write(out);
        }

        @Override
        public void restore(StateReader in) throws StateException {
            state = X86State.read(in);
        }

        @Override
        public void wake() {
            // A value.
        }
    }
}
