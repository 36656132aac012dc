package hv.engine.riscv.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import hv.api.riscv.HartState;
import hv.api.riscv.RiscvRegister;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.riscv.Csr;
import hv.riscv.Hart;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The canonical state of a hart with M mode: all of it is carried, and what no such hart can hold is refused. */
class MachineStateTest {
    private static void csr(Hart h, int number, long value) {
        h.write(RiscvRegister.csr(number), value);
    }

    private static Hart sample() {
        Hart h = new Hart(() -> 5, 10, true, 3);
        h.instret = 1000;
        csr(h, Csr.MSTATUS, -1L & ~(1L << 12));
        csr(h, Csr.MEDELEG, 0xb109);
        csr(h, Csr.MIDELEG, 0x222);
        csr(h, Csr.MIE, 0xaaa);
        csr(h, Csr.MTVEC, 0x8000_0101L);
        csr(h, Csr.MCOUNTEREN, 5);
        csr(h, Csr.MENVCFG, 1);
        csr(h, Csr.MSCRATCH, 77);
        csr(h, Csr.MEPC, 0x8000_0002L);
        csr(h, Csr.MCAUSE, 1L << 63 | 7);
        csr(h, Csr.MTVAL, -5);
        csr(h, Csr.MIP, 0x220);
        csr(h, Csr.MCYCLE, 123);
        csr(h, Csr.MCOUNTINHIBIT, 4);
        csr(h, Csr.MINSTRET, -9);
        for (int k = 0; k < 16; k++) {
            csr(h, Csr.PMPADDR0 + k, 0x1000L * k);
        }
        csr(h, Csr.PMPCFG0, 0x8f00_1b9f_0f08L);
        csr(h, Csr.PMPCFG2, 0x1fL << 56);
        h.setLine(3, true);
        h.setLine(7, true);
        h.setLine(11, true);
        return h;
    }

    @Test
    void everyMachineCsrIsCarriedAlsoUnderLocks() throws Exception {
        try (BareMachine a = BareMachine.machineMode(false); BareMachine b = BareMachine.machineMode(true)) {
            Hart from = a.hart;
            Hart to = b.hart;
            from.restore(sample().state());
            StateImage.of(a.vcpu).into(b.vcpu);
            assertArrayEquals(from.state().csr(), to.state().csr());
            assertEquals(from.state().interruptLines(), to.state().interruptLines());
            assertEquals(Hart.MACHINE, to.mode);
            assertEquals(from.pending(), to.pending());
            to.instret += 10;
            from.instret += 10;
            for (int csr : new int[] {Csr.MCYCLE, Csr.MINSTRET}) {
                assertEquals(from.read(RiscvRegister.csr(csr)), to.read(RiscvRegister.csr(csr)), "counters go on alike");
            }
            csr(to, Csr.PMPADDR0 + 2, 1);
            assertEquals(0x2000, to.read(RiscvRegister.csr(Csr.PMPADDR0 + 2)), "locks hold after a restore");
        }
    }

    private static HartState with(HartState s, int csr, long value) {
        long[] all = s.csr().clone();
        for (int k = 0; k < all.length; k += 2) {
            if (all[k] == csr) {
                all[k + 1] = value;
            }
        }
        return new HartState(s.x(), s.f(), s.pc(), s.mode(), all, s.instret(), s.interruptLines(), s.waiting());
    }

    private static void refused(Hart h, HartState s) {
        HartState before = h.state();
        assertThrows(StateException.class, () -> h.restore(s));
        assertArrayEquals(before.csr(), h.state().csr());
        assertEquals(before.mode(), h.state().mode());
        assertEquals(before.interruptLines(), h.state().interruptLines());
    }

    @Test
    void whatNoHartHoldsIsRefused() {
        Hart h = sample();
        HartState s = h.state();
        refused(h, with(s, Csr.MSTATUS, 2L << 11));
        refused(h, with(s, Csr.MSTATUS, 0));
        refused(h, with(s, Csr.MEDELEG, 1 << 11));
        refused(h, with(s, Csr.MIDELEG, 8));
        refused(h, with(s, Csr.MIE, 1));
        refused(h, with(s, Csr.MIP, Csr.MTIP));
        refused(h, with(s, Csr.PMPCFG0, 2));
        refused(h, with(s, Csr.PMPADDR0, -1));
        refused(h, with(s, Csr.MCOUNTINHIBIT, 2));
        refused(h, with(s, Csr.MEPC, 1));
        refused(h, new HartState(s.x(), s.f(), s.pc(), s.mode(), s.csr(), s.instret(), 1 << 5, false));
        refused(h, new HartState(s.x(), s.f(), s.pc(), Hart.SUPERVISOR, s.csr(), s.instret(), 0, false));
        refused(h, new HartState(s.x(), s.f(), s.pc(), s.mode(), java.util.Arrays.copyOf(s.csr(), s.csr().length - 2), s.instret(), 0, false));
    }

    @Test
    void hartsWithAndWithoutMachineModeDoNotExchangeStates() {
        Hart without = new Hart(() -> 5, 10);
        Hart with = new Hart(() -> 5, 10, true, 0);
        with.write(RiscvRegister.MODE, Hart.SUPERVISOR);
        refused(without, with.state());
        refused(with, without.state());
    }

    @Test
    void noStateHarmsAHart() throws Exception {
        Random random = new Random(11);
        try (BareMachine m = BareMachine.machineMode(false)) {
            int taken = 0;
            for (int n = 0; n < 20_000; n++) {
                HartState s = m.hart.state();
                long[] csr = s.csr().clone();
                for (int k = random.nextInt(3); k >= 0; k--) {
                    int at = 2 * random.nextInt(csr.length / 2) + 1;
                    csr[at] ^= random.nextBoolean() ? 1L << random.nextInt(64) : random.nextLong();
                }
                HartState hostile = new HartState(s.x(), s.f(), BareMachine.BASE + 2 * random.nextInt(100), random.nextInt(4), csr, random.nextLong(),
                    random.nextInt(4) == 0 ? random.nextInt() : s.interruptLines(), false);
                try {
                    m.hart.restore(hostile);
                    taken++;
                } catch (StateException e) {
                    assertArrayEquals(s.csr(), m.hart.state().csr());
                    continue;
                }
                assertArrayEquals(hostile.csr(), m.hart.state().csr());
                m.run(20);
            }
            org.junit.jupiter.api.Assertions.assertTrue(taken > 1000, taken + " were taken");
        }
    }
}
