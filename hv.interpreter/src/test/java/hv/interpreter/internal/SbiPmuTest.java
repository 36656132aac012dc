package hv.interpreter.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.riscv.RiscvRegister;
import hv.riscv.Csr;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Chapter 11 of the SBI. */
class SbiPmuTest extends SbiCase {
    private static final long FIRMWARE = 0xf_0000L;
    private static final int ALL = 0x7fffd;

    private long pmu(long function, long... args) {
        return call(Sbi.EXT_PMU, function, args);
    }

    private long cycle() {
        return hart.read(RiscvRegister.csr(Csr.CYCLE));
    }

    @Test
    void countersAreThoseOfTheHartAndSixteenOfTheFirmware() {
        assertEquals(0, pmu(0));
        assertEquals(19, a1());
        assertEquals(0, pmu(1, 0));
        assertEquals(0xc00 | 63 << 12, a1());
        assertEquals(0, pmu(1, 2));
        assertEquals(0xc02 | 63 << 12, a1());
        for (int k = 3; k < 19; k++) {
            assertEquals(0, pmu(1, k));
            assertTrue(a1() < 0, "counter " + k + " is the firmware's");
        }
        for (long none : new long[] {1, 19, -1, 1L << 32}) {
            assertEquals(Sbi.ERR_INVALID_PARAM, pmu(1, none));
        }
    }

    @Test
    void cyclesAndInstructionsStopAndStartAtAValue() {
        hart.instret = 1000;
        assertEquals(1000, cycle());
        assertEquals(0, pmu(4, 0, 5, 1));
        hart.instret = 1500;
        assertEquals(1000, cycle(), "a stopped counter stands");
        assertEquals(Sbi.ERR_ALREADY_STOPPED, pmu(4, 0, 5, 0));
        assertEquals(0, pmu(2, 0, ALL, 2, PmuEvent.HW_CPU_CYCLES));
        assertEquals(0, a1());
        assertEquals(0, pmu(2, 0, ALL, 0, PmuEvent.HW_INSTRUCTIONS));
        assertEquals(2, a1());
        assertEquals(0, cycle());
        assertEquals(0, pmu(3, 0, 1, 1, 77));
        hart.instret += 10;
        assertEquals(87, cycle());
        assertEquals(1000, hart.read(RiscvRegister.csr(Csr.INSTRET)));
        assertEquals(Sbi.ERR_ALREADY_STARTED, pmu(3, 0, 1, 0, 0));
        assertEquals(87, cycle());
    }

    @Test
    void aCounterIsGivenOnceUntilItIsReset() {
        assertEquals(0, pmu(2, 0, ALL, 0, PmuEvent.HW_CPU_CYCLES));
        assertEquals(Sbi.ERR_NOT_SUPPORTED, pmu(2, 0, ALL, 0, PmuEvent.HW_CPU_CYCLES));
        assertEquals(0, pmu(2, 0, 1, 1, PmuEvent.HW_CPU_CYCLES), "without matching");
        assertEquals(0, pmu(4, 0, 1, 1));
        assertEquals(0, pmu(2, 0, ALL, 0, PmuEvent.HW_CPU_CYCLES));
        for (int k = 0; k < 16; k++) {
            assertEquals(0, pmu(2, 0, ALL, 0, FIRMWARE | PmuEvent.SET_TIMER));
            assertEquals(3 + k, a1());
        }
        assertEquals(Sbi.ERR_NOT_SUPPORTED, pmu(2, 0, ALL, 0, FIRMWARE | PmuEvent.SET_TIMER));
    }

    @Test
    void firmwareEventsAreCountedWhereTheyHappen() {
        startAll();
        int[] events = {PmuEvent.SET_TIMER, PmuEvent.IPI_SENT, PmuEvent.IPI_RECEIVED, PmuEvent.FENCE_I_SENT, PmuEvent.SFENCE_VMA_SENT,
            PmuEvent.SFENCE_VMA_ASID_SENT};
        for (int k = 0; k < events.length; k++) {
            assertEquals(0, pmu(2, 3, 0xffff, 4, FIRMWARE | events[k]));
            assertEquals(3 + k, a1());
        }
        call(Sbi.EXT_TIME, 0, 5);
        call(Sbi.EXT_LEGACY_SET_TIMER, 0, 5);
        call(Sbi.EXT_IPI, 0, 0b1110, 0);
        call(Sbi.EXT_RFENCE, 0, 0b0110, 0);
        call(Sbi.EXT_RFENCE, 1, 0b0011, 0, 0, -1);
        call(Sbi.EXT_RFENCE, 2, 0b1000, 0, 0, -1, 4);
        int[] expected = {2, 3, 0, 2, 1, 1};
        for (int k = 0; k < expected.length; k++) {
            assertEquals(0, pmu(5, 3 + k));
            assertEquals(expected[k], a1(), "event " + events[k]);
            assertEquals(0, pmu(6, 3 + k));
            assertEquals(0, a1());
        }
        assertEquals(0, pmu(4, 4, 1, 0));
        call(Sbi.EXT_IPI, 0, 0b1110, 0);
        assertEquals(0, pmu(5, 4));
        assertEquals(3, a1(), "a stopped counter stands");
        assertEquals(0, pmu(3, 4, 1, 1, 100));
        call(Sbi.EXT_IPI, 0, 0b10, 0);
        assertEquals(0, pmu(5, 4));
        assertEquals(101, a1());
    }

    @Test
    void whatIsNotCountedIsNotSupported() {
        for (long event : new long[] {0, 3, 4, 10, 0x1_0000, 0x2_0000, FIRMWARE, FIRMWARE | 4, FIRMWARE | 14, FIRMWARE | 0xffff}) {
            assertEquals(Sbi.ERR_NOT_SUPPORTED, pmu(2, 0, ALL, 0, event), Long.toHexString(event));
        }
        assertEquals(Sbi.ERR_NOT_SUPPORTED, pmu(2, 3, 0xffff, 0, PmuEvent.HW_CPU_CYCLES), "no counter of the set can");
    }

    @Test
    void wrongSetsAndFlagsTouchNothing() {
        long[][] wrong = {{2, 0, 0, 0, 1}, {2, 0, 2, 0, 1}, {2, 18, 3, 0, 1}, {2, -1, 1, 0, 1}, {2, 0, 1, 0x100, 1}, {2, 0, 1, 0, 1L << 20},
            {2, 0, 1, 0, -1}, {2, 0, 1, 1, PmuEvent.HW_INSTRUCTIONS}, {3, 0, 2, 0}, {3, 0, 1, 4}, {3, 0, 1, 3}, {3, 5, 1, 0}, {4, 0, -1, 0}, {4, 0, 1, 4}, {5, 0}, {5, 2},
            {5, 3}, {6, 1}, {5, -1}, {7, 0x123, 0, 0}, {7, RAM, 0, 1}};
        for (long[] w : wrong) {
            assertEquals(Sbi.ERR_INVALID_PARAM, pmu(w[0], java.util.Arrays.copyOfRange(w, 1, w.length)), java.util.Arrays.toString(w));
        }
        hart.instret = 5;
        assertEquals(5, cycle(), "it still runs");
        assertEquals(Sbi.ERR_INVALID_ADDRESS, pmu(7, 0, 0, 0));
        assertEquals(Sbi.ERR_INVALID_ADDRESS, pmu(7, RAM, 1, 0));
        assertEquals(Sbi.ERR_INVALID_ADDRESS, pmu(7, RAM + 0x10000 - 0x1000 + 0x1000, 0, 0));
    }

    @Test
    void valuesGoThroughSharedMemory() {
        assertEquals(0, pmu(2, 3, 1, 4, FIRMWARE | PmuEvent.SET_TIMER));
        assertEquals(Sbi.ERR_NO_SHMEM, pmu(4, 3, 1, 2));
        assertEquals(0, pmu(7, RAM + 0x3000, 0, 0));
        call(Sbi.EXT_TIME, 0, 5);
        hart.instret = 40;
        assertEquals(0, pmu(2, 0, 1, 0, PmuEvent.HW_CPU_CYCLES));
        assertEquals(0, pmu(4, 0, 0b1001, 2));
        assertEquals(40, shown(0));
        assertEquals(1, shown(3));
        putLong(RAM + 0x3000 + 8, 500);
        assertEquals(0, pmu(3, 3, 1, 2));
        call(Sbi.EXT_TIME, 0, 5);
        assertEquals(0, pmu(5, 3));
        assertEquals(501, a1());
        assertEquals(0, pmu(7, -1, -1, 0));
        assertEquals(Sbi.ERR_NO_SHMEM, pmu(4, 3, 1, 2));
    }

    private long shown(int place) {
        return guest.ram().bytes().get(ValueLayout.JAVA_LONG_UNALIGNED, 0x3000 + 8 + 8 * place);
    }
}
