package hv.interpreter.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.riscv.RiscvRegister;
import hv.api.vcpu.Completion;
import hv.api.vcpu.Next;
import hv.api.vcpu.Request;
import hv.api.vcpu.VcpuState;
import hv.riscv.Csr;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SbiCallsTest extends SbiCase {
    @Test
    void baseSaysVersionTwoAndProbesWhatIsThere() {
        assertEquals(0, call(Sbi.EXT_BASE, 0));
        assertEquals(0x0200_0000, a1());
        for (long there : new long[] {0, 8, 0x10, Sbi.EXT_TIME, Sbi.EXT_IPI, Sbi.EXT_RFENCE, Sbi.EXT_HSM, Sbi.EXT_SRST, Sbi.EXT_DBCN, Sbi.EXT_PMU,
            Sbi.EXT_SUSP, Sbi.EXT_STA}) {
            assertEquals(0, call(Sbi.EXT_BASE, 3, there));
            assertEquals(1, a1(), Long.toHexString(there));
        }
        for (long absent : new long[] {9, -1, 0x43505043, 0x4E41434C, 1L << 40}) {
            assertEquals(0, call(Sbi.EXT_BASE, 3, absent));
            assertEquals(0, a1(), Long.toHexString(absent));
        }
    }

    @Test
    void whatIsNotImplementedIsNotSupported() {
        long[][] calls = {{0x43505043, 0}, {0x4E41434C, 0}, {-1, -1}, {Sbi.EXT_BASE, 7}, {Sbi.EXT_TIME, 1}, {Sbi.EXT_IPI, 1}, {Sbi.EXT_RFENCE, 3}, {Sbi.EXT_RFENCE, 6},
            {Sbi.EXT_RFENCE, 1L << 32}, {Sbi.EXT_HSM, 4}, {Sbi.EXT_SRST, 1}, {Sbi.EXT_DBCN, 3}, {Sbi.EXT_PMU, 8},
            {Sbi.EXT_SUSP, 1}, {Sbi.EXT_STA, 1}};
        for (long[] c : calls) {
            assertEquals(Sbi.ERR_NOT_SUPPORTED, call(c[0], c[1]), Long.toHexString(c[0]) + "/" + c[1]);
            assertEquals(Next.RESUME, next);
        }
    }

    @Test
    void theTimerIsTheHartsOwnComparator() {
        assertEquals(0, call(Sbi.EXT_TIME, 0, 0x1234_5678_9abcL));
        assertEquals(0x1234_5678_9abcL, hart.read(RiscvRegister.csr(0x14d)));
        assertEquals(0, call(Sbi.EXT_LEGACY_SET_TIMER, 0, 77));
        assertEquals(77, hart.read(RiscvRegister.csr(0x14d)));
    }

    @Test
    void anInterruptReachesTheHartsOfItsMaskAlone() {
        startAll();
        assertEquals(0, call(Sbi.EXT_IPI, 0, 0b101, 1));
        assertEquals(List.of(0L, 2L, 0L, 2L), lines());
    }

    @Test
    void aBaseOfAllOnesMeansEveryStartedHart() {
        guest.startVcpu(2, RAM, 0);
        assertEquals(0, call(Sbi.EXT_IPI, 0, 0, -1));
        assertEquals(List.of(2L, 0L, 2L, 0L), lines());
    }

    @Test
    void aMaskWithAHartThatIsNotThereTouchesNobody() {
        startAll();
        long[][] wrong = {{0b11, 3}, {1, 4}, {1, -2}, {1, Long.MAX_VALUE}, {1L << 63, 0}, {-1, 0}};
        for (long[] w : wrong) {
            assertEquals(Sbi.ERR_INVALID_PARAM, call(Sbi.EXT_IPI, 0, w), Long.toHexString(w[0]) + " " + w[1]);
            assertEquals(Sbi.ERR_INVALID_PARAM, call(Sbi.EXT_RFENCE, 0, w));
        }
        assertEquals(List.of(0L, 0L, 0L, 0L), lines());
        assertEquals(List.of(), guest.vcpu(3).takeRequests());
    }

    private List<Long> lines() {
        return List.of(guest.vcpu(0).lines(), guest.vcpu(1).lines(), guest.vcpu(2).lines(), guest.vcpu(3).lines());
    }

    @Test
    void remoteFencesReachTheHartsOfTheMask() {
        startAll();
        assertEquals(0, call(Sbi.EXT_RFENCE, 0, 0b10, 0));
        assertEquals(List.of(Request.FENCE_I), guest.vcpu(1).takeRequests());
        assertEquals(0, call(Sbi.EXT_RFENCE, 1, 0b1000, 0, 0x1000, 0x1000));
        assertEquals(List.of(Request.FLUSH_TLB), guest.vcpu(3).takeRequests());
        assertEquals(0, call(Sbi.EXT_RFENCE, 2, 0b1, 2, 0, -1, 5));
        assertEquals(List.of(Request.FLUSH_TLB), guest.vcpu(2).takeRequests());
        assertEquals(List.of(), guest.vcpu(0).takeRequests());
    }

    @Test
    void aHartStartsOnceAtAGoodAddress() {
        assertEquals(Sbi.ERR_INVALID_PARAM, call(Sbi.EXT_HSM, 0, 4, RAM, 0));
        assertEquals(Sbi.ERR_INVALID_PARAM, call(Sbi.EXT_HSM, 0, 1L << 32, RAM, 0));
        assertEquals(Sbi.ERR_INVALID_ADDRESS, call(Sbi.EXT_HSM, 0, 1, 0x1000, 0));
        assertEquals(Sbi.ERR_INVALID_ADDRESS, call(Sbi.EXT_HSM, 0, 1, RAM + 1, 0));
        assertEquals(Sbi.ERR_INVALID_ADDRESS, call(Sbi.EXT_HSM, 0, 1, -2, 0));
        assertEquals(List.of(), guest.takeEvents());
        assertEquals(0, call(Sbi.EXT_HSM, 0, 1, RAM + 0x200, 0xabc));
        assertEquals(List.of("start 1 80000200 abc"), guest.takeEvents());
        assertEquals(Sbi.ERR_ALREADY_AVAILABLE, call(Sbi.EXT_HSM, 0, 1, RAM + 0x200, 0xabc));
    }

    @Test
    void statusTellsStartedFromStopped() {
        assertEquals(0, call(Sbi.EXT_HSM, 2, 0));
        assertEquals(0, a1());
        assertEquals(0, call(Sbi.EXT_HSM, 2, 1));
        assertEquals(1, a1());
        assertEquals(Sbi.ERR_INVALID_PARAM, call(Sbi.EXT_HSM, 2, -1));
    }

    @Test
    void aStoppedHartDoesNotComeBack() {
        call(Sbi.EXT_HSM, 1);
        assertEquals(Next.STOP, next);
        assertEquals(List.of("stop 0"), guest.takeEvents());
    }

    @Test
    void retentiveSuspendParksAndReturns() {
        assertEquals(0, call(Sbi.EXT_HSM, 3, 0));
        assertEquals(Next.PARK, next);
        assertEquals(Completion.Kind.PAIR, vcpu.exit().completion().kind());
    }

    @Test
    void nonRetentiveSuspendGoesOnAtItsAddressWithTranslationAndInterruptsOff() {
        hart.write(RiscvRegister.csr(0x180), 8L << 60 | 0x80001);
        hart.mstatus = Csr.SSTATUS_SIE | Csr.SSTATUS_SUM;
        call(Sbi.EXT_HSM, 3, 0x8000_0000L, RAM + 64, 99);
        assertEquals(Next.PARK, next);
        assertEquals(Completion.Kind.NONE, vcpu.exit().completion().kind());
        assertEquals(0, hart.read(RiscvRegister.csr(0x180)));
        assertEquals(Csr.SSTATUS_SUM, hart.mstatus);
        assertEquals(RAM + 64, hart.read(RiscvRegister.PC));
        assertEquals(0, hart.read(RiscvRegister.A0));
        assertEquals(99, hart.read(RiscvRegister.A1));
        assertEquals(Sbi.ERR_INVALID_ADDRESS, call(Sbi.EXT_HSM, 3, 0xffff_ffff_8000_0000L, 3));
        assertEquals(Sbi.ERR_INVALID_PARAM, call(Sbi.EXT_HSM, 3, 0x1000_0000L, RAM));
    }

    @Test
    void resetAndPowerOffReachTheMachine() {
        call(Sbi.EXT_SRST, 0, 0, 0);
        assertEquals(Next.STOP, next);
        call(Sbi.EXT_SRST, 0, 1, 0);
        call(Sbi.EXT_SRST, 0, 2, 1);
        call(Sbi.EXT_LEGACY_SHUTDOWN, 0);
        assertEquals(Next.STOP, next);
        assertEquals(List.of("power-off the guest asked for it", "reset the guest asked for it", "reset the guest reports a system failure",
            "power-off the guest asked for it"), guest.takeEvents());
        assertEquals(Sbi.ERR_INVALID_PARAM, call(Sbi.EXT_SRST, 0, 3, 0));
        assertEquals(Sbi.ERR_INVALID_PARAM, call(Sbi.EXT_SRST, 0, 0, 2));
        assertEquals(Sbi.ERR_INVALID_PARAM, call(Sbi.EXT_SRST, 0, -1, 0));
        assertEquals(List.of(), guest.takeEvents());
    }

    @Test
    void theConsoleWritesWhatIsInRam() {
        put(RAM + 100, "hello".getBytes(StandardCharsets.US_ASCII));
        assertEquals(0, call(Sbi.EXT_DBCN, 0, 5, RAM + 100, 0));
        assertEquals(5, a1());
        assertEquals("hello", guest.takePrinted());
        guest.consoleRoom(2);
        assertEquals(0, call(Sbi.EXT_DBCN, 0, 5, RAM + 100, 0));
        assertEquals(2, a1());
    }

    @Test
    void theConsoleReadsIntoRam() {
        guest.type("typed");
        assertEquals(0, call(Sbi.EXT_DBCN, 1, 3, RAM + 8, 0));
        assertEquals(3, a1());
        byte[] got = guest.ram().bytes().asSlice(8, 4).toArray(ValueLayout.JAVA_BYTE);
        assertEquals("typ\0", new String(got, StandardCharsets.US_ASCII));
        call(Sbi.EXT_DBCN, 1, 10, RAM, 0);
        assertEquals(2, a1());
        call(Sbi.EXT_DBCN, 1, 10, RAM, 0);
        assertEquals(0, a1());
    }

    @Test
    void hostileConsoleAddressesAreInvalidParameters() {
        long end = RAM + guest.ram().sizeBytes();
        long[][] wrong = {{1, 0, 0}, {1, RAM - 1, 0}, {2, end - 1, 0}, {1, end, 0}, {-1, RAM, 0}, {Long.MIN_VALUE, RAM, 0}, {Long.MAX_VALUE, RAM, 0},
            {1, -1, 0}, {1, RAM, 1}, {1L << 32, RAM, 0}, {8, Long.MAX_VALUE - 3, 0}};
        guest.type("kept");
        for (long[] w : wrong) {
            for (int function = 0; function <= 1; function++) {
                assertEquals(Sbi.ERR_INVALID_PARAM, call(Sbi.EXT_DBCN, function, w), Long.toHexString(w[0]) + " at " + Long.toHexString(w[1]));
            }
        }
        assertEquals("", guest.takePrinted());
        assertEquals(0, call(Sbi.EXT_DBCN, 0, 0, 0, 0));
    }

    @Test
    void aByteThatDoesNotFitIsTriedAgain() {
        guest.consoleRoom(0);
        call(Sbi.EXT_DBCN, 2, 'x');
        assertEquals(Next.RETRY, next);
        call(Sbi.EXT_LEGACY_PUTCHAR, 0, 'x');
        assertEquals(Next.RETRY, next);
        guest.consoleRoom(10);
        assertEquals(0, call(Sbi.EXT_DBCN, 2, 'x'));
        assertEquals(0, call(Sbi.EXT_LEGACY_PUTCHAR, 0, 'y'));
        assertEquals("xy", guest.takePrinted());
    }

    @Test
    void legacyCallsLeaveTheSecondResultRegisterAlone() {
        guest.type("q");
        assertEquals('q', call(Sbi.EXT_LEGACY_GETCHAR, 0, 1, 0x5555));
        assertEquals(0x5555, a1());
        assertEquals(-1, call(Sbi.EXT_LEGACY_GETCHAR, 0, 1, 0x5555));
        vcpu.interrupt(1, true);
        assertEquals(0, call(Sbi.EXT_LEGACY_CLEAR_IPI, 0));
        assertEquals(0, vcpu.lines());
    }

    @Test
    void legacyMasksAreReadThroughTheHartsTranslation() {
        startAll();
        putLong(RAM + 0x100, 0b0110);
        assertEquals(0, call(Sbi.EXT_LEGACY_SEND_IPI, 0, RAM + 0x100));
        assertEquals(List.of(0L, 2L, 2L, 0L), lines());
        // Sv39: root at RAM+0x1000, a leaf two levels down maps VA 0x4000_0000 + page 5 to RAM+0x4000.
        putLong(RAM + 0x1000 + 8, (RAM + 0x2000 >> 12) << 10 | 1);
        putLong(RAM + 0x2000, (RAM + 0x3000 >> 12) << 10 | 1);
        putLong(RAM + 0x3000 + 5 * 8, (RAM + 0x4000 >> 12) << 10 | 0b11);
        putLong(RAM + 0x3000 + 6 * 8, 0);
        putLong(RAM + 0x4ff8, 0b1000);
        hart.write(RiscvRegister.csr(0x180), 8L << 60 | RAM + 0x1000 >> 12);
        assertEquals(0, call(Sbi.EXT_LEGACY_REMOTE_FENCE_I, 0, 0x4000_0000L + 0x5ff8));
        assertEquals(List.of(Request.FENCE_I), guest.vcpu(3).takeRequests());
        assertEquals(Sbi.ERR_INVALID_ADDRESS, call(Sbi.EXT_LEGACY_SEND_IPI, 0, 0x4000_0000L + 0x6000));
        assertEquals(Sbi.ERR_INVALID_ADDRESS, call(Sbi.EXT_LEGACY_SEND_IPI, 0, 0x5fff_ffff_ffffL));
        assertEquals(0, call(Sbi.EXT_LEGACY_REMOTE_SFENCE_VMA, 0, 0));
        assertEquals(List.of(Request.FLUSH_TLB), guest.vcpu(3).takeRequests());
    }

    @Test
    void anUnansweredAccessFaultsWithItsAddress() {
        vcpu.exit().mmio(0x2000, 4, false, 0);
        assertEquals(Next.REFLECT, interpreter.interpret(vcpu.exit(), vcpu, bus));
        assertEquals(5, vcpu.exit().completion().first());
        assertEquals(0x2000, vcpu.exit().completion().second());
        vcpu.exit().mmio(0x2000, 4, true, 0);
        assertEquals(Next.REFLECT, interpreter.interpret(vcpu.exit(), vcpu, bus));
        assertEquals(7, vcpu.exit().completion().first());
    }

    @Test
    void strictModeExecutesOnTheHartsOwnRegisters() {
        hart.x[5] = 0x1234;
        // csrw sscratch, t0
        vcpu.exit().privileged(0x14029073, 4, RAM);
        assertEquals(Next.RESUME, interpreter.interpret(vcpu.exit(), vcpu, bus));
        assertEquals(0x1234, hart.sscratch);
        assertEquals(RAM + 4, hart.pc);
        // wfi
        vcpu.exit().privileged(0x10500073, 4, RAM + 4);
        assertEquals(Next.PARK, interpreter.interpret(vcpu.exit(), vcpu, bus));
        assertEquals(RAM + 8, hart.pc);
        // csrr a0, mstatus: there is no M mode, so it traps.
        hart.stvec = RAM + 0x800;
        vcpu.exit().privileged(0x30002573, 4, RAM + 8);
        assertEquals(Next.RESUME, interpreter.interpret(vcpu.exit(), vcpu, bus));
        assertEquals(RAM + 0x800, hart.pc);
        assertEquals(2, hart.scause);
        assertEquals(RAM + 8, hart.sepc);
    }

    @Test
    void aHartThatIsAboutToStopIsStartedOnceItHasStopped() {
        guest.vcpu(1).whenStopped(VcpuState.STOP_PENDING);
        assertEquals(0, call(Sbi.EXT_HSM, 2, 1));
        assertEquals(3, a1());
        call(Sbi.EXT_HSM, 0, 1, RAM, 7);
        assertEquals(Next.RETRY, next);
        guest.vcpu(1).whenStopped(VcpuState.STOPPED);
        assertEquals(0, call(Sbi.EXT_HSM, 0, 1, RAM, 7));
        assertEquals(Next.RESUME, next);
        assertEquals(List.of("start 1 80000000 7"), guest.takeEvents());
    }

    @Test
    void theSystemIsSuspendedByItsLastHartAlone() {
        assertEquals(Sbi.ERR_INVALID_PARAM, call(Sbi.EXT_SUSP, 0, 1, RAM, 0));
        assertEquals(Sbi.ERR_INVALID_PARAM, call(Sbi.EXT_SUSP, 0, 0x8000_0000L, RAM, 0));
        assertEquals(Sbi.ERR_INVALID_ADDRESS, call(Sbi.EXT_SUSP, 0, 0, RAM + 1, 0));
        assertEquals(Sbi.ERR_INVALID_ADDRESS, call(Sbi.EXT_SUSP, 0, 0, 0, 0));
        guest.startVcpu(2, RAM, 0);
        assertEquals(Sbi.ERR_DENIED, call(Sbi.EXT_SUSP, 0, 0, RAM, 0));
        guest.stopVcpu(2);
        guest.vcpu(2).whenStopped(VcpuState.STOP_PENDING);
        assertEquals(Sbi.ERR_DENIED, call(Sbi.EXT_SUSP, 0, 0, RAM, 0));
        guest.vcpu(2).whenStopped(VcpuState.STOPPED);
        hart.write(RiscvRegister.csr(0x180), 8L << 60);
        hart.write(RiscvRegister.csr(0x100), 2);
        call(Sbi.EXT_SUSP, 0, 0, RAM + 0x400, 0x77);
        assertEquals(Next.PARK, next);
        assertEquals(RAM + 0x400, hart.pc);
        assertEquals(0, hart.read(RiscvRegister.csr(0x180)));
        assertEquals(0, hart.read(RiscvRegister.csr(0x100)) & 2);
        assertEquals(0x77, hart.x[RiscvRegister.A1]);
    }
}
