package hv.engine.riscv.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.riscv.RiscvRegister;
import hv.api.state.StateException;
import hv.api.vcpu.ExitView;
import hv.riscv.Cause;
import hv.riscv.Csr;
import hv.riscv.Hart;
import java.util.List;
import org.junit.jupiter.api.Test;

/** CSRs of a hart with an IMSIC. Section numbers are those of the RISC-V Advanced Interrupt Architecture 1.0. */
class InterruptCsrTest {
    private final RecordedFile supervisor = new RecordedFile();
    private final RecordedFile machine = new RecordedFile();

    /** Runs a program in the hart's highest mode; a trap ends it with the cause in a0. */
    private Hart run(boolean machineMode, String source) throws Exception {
        return run(machineMode, false, source);
    }

    private Hart run(boolean machineMode, boolean strict, String source) throws Exception {
        String level = machineMode ? "m" : "s";
        try (BareMachine m = new BareMachine(strict, supervisor, machineMode ? machine : null)) {
            m.load("li a0, -1\n la t6, trapped\n csrw " + level + "tvec, t6\n" + source + "\n j end\n .balign 4\ntrapped: csrr a0, " + level
                + "cause\nend: li t6, 0x100000\n sw zero, 0(t6)\n");
            for (int n = 0; n < 1000; n++) {
                switch (m.run(100_000)) {
                    case ExitView.Mmio e -> {
                        return m.hart;
                    }
                    case ExitView.Privileged p -> hv.riscv.Privileged.execute(m.vcpu.registers(), p.instruction());
                    case ExitView v -> throw new AssertionError(v.label());
                }
            }
        }
        throw new AssertionError("it does not end");
    }

    private void isIllegal(boolean machineMode, String source) throws Exception {
        assertEquals(Cause.ILLEGAL_INSTRUCTION, run(machineMode, source).x[10], source);
    }

    private void isLegal(boolean machineMode, String source) throws Exception {
        assertEquals(-1, run(machineMode, source).x[10], source);
    }

    /** 2.1: without an IMSIC there are none of them; without M mode none of machine level; U mode has none. */
    @Test
    void thereAreAsManyAsTheHartHasLevels() throws Exception {
        for (String csr : List.of("siselect", "stopei", "stopi")) {
            isLegal(false, "csrr a1, " + csr);
            isLegal(true, "csrr a1, " + csr);
            try (BareMachine m = new BareMachine()) {
                m.execute("la t0, handler\n csrw stvec, t0\n csrr a1, " + csr + "\n .balign 4\nhandler: csrr a0, scause\n ecall\n");
                assertEquals(Cause.ILLEGAL_INSTRUCTION, m.hart.x[10], csr);
            }
        }
        for (String csr : List.of("miselect", "mtopei", "mtopi", "mvien", "mvip")) {
            isLegal(true, "csrr a1, " + csr);
            isIllegal(false, "csrr a1, " + csr);
        }
        isIllegal(false, "li t0, 0x100\n csrc sstatus, t0\n la t0, user\n csrw sepc, t0\n sret\nuser: csrr a1, stopei");
        isIllegal(false, "csrw stopi, zero");
    }

    /** 2.2, 3.6 and 3.8: RV64 has the even registers; reserved ranges are illegal. */
    @Test
    void siregIsLegalWhereARegisterIs() throws Exception {
        for (int select : new int[] {0x30, 0x3e, 0x70, 0x71, 0x72, 0x7f, 0x80, 0xbe, 0xc0, 0xfe}) {
            isLegal(false, "li t0, " + select + "\n csrw siselect, t0\n csrr a1, sireg");
            isLegal(true, "li t0, " + select + "\n csrw miselect, t0\n csrr a1, mireg");
        }
        for (int select : new int[] {0, 0x2f, 0x31, 0x3f, 0x40, 0x6f, 0x81, 0xbf, 0xff, 0x100, 0x1ff}) {
            isIllegal(false, "li t0, " + select + "\n csrw siselect, t0\n csrr a1, sireg");
            isIllegal(true, "li t0, " + select + "\n csrw miselect, t0\n csrw mireg, zero");
        }
    }

    /** 2.2: nine bits. */
    @Test
    void selectsHoldNineBits() throws Exception {
        assertEquals(0x1ff, run(false, "li t0, -1\n csrw siselect, t0\n csrr a1, siselect").x[11]);
        assertEquals(0x1f0, run(true, "li t0, -1\n csrw miselect, t0\n csrci miselect, 15\n csrr a1, miselect").x[11]);
    }

    @Test
    void aRegisterIsWrittenSetAndClearedAtOnce() throws Exception {
        Hart h = run(false, "li t0, 0xc2\n csrw siselect, t0\n li t0, 0x50\n csrw sireg, t0\n li t0, 0xf\n csrrs a1, sireg, t0\n"
            + "csrrci a2, sireg, 3\n csrrwi a3, sireg, 7\n csrr a4, sireg");
        assertEquals(List.of(0x50L, 0x5fL, 0x5cL, 7L), List.of(h.x[11], h.x[12], h.x[13], h.x[14]));
        assertEquals(7, supervisor.registers[0xc2]);
        supervisor.registers[0x30] = 5;
        assertEquals(0, run(false, "li t0, 0x30\n csrw siselect, t0\n csrwi sireg, 9\n csrr a1, sireg").x[11], "iprio is read-only zero (5.2.2)");
        assertEquals(5, supervisor.registers[0x30], "and no register of the file");
    }

    /** 3.9: a write claims, whatever its value; a read does not. */
    @Test
    void aWriteOfTopeiClaimsWhatItReads() throws Exception {
        for (String write : List.of("csrrw a1, %s, zero", "csrrw a1, %s, t0", "csrrs a1, %s, t0", "csrrc a1, %s, t0", "csrrwi a1, %s, 0")) {
            for (boolean level : new boolean[] {false, true}) {
                RecordedFile file = level ? machine : supervisor;
                file.claims.clear();
                file.top = 7 << 16 | 7;
                Hart h = run(level, "li t0, 0\n csrr a2, " + (level ? "mtopei" : "stopei") + "\n" + write.formatted(level ? "mtopei" : "stopei"));
                assertEquals(7 << 16 | 7, h.x[12]);
                assertEquals(7 << 16 | 7, h.x[11], write);
                assertEquals(List.of(7 << 16 | 7), file.claims, write);
            }
        }
        run(false, "csrrs a1, stopei, zero\n csrrci a1, stopei, 0");
        assertEquals(List.of(7 << 16 | 7), supervisor.claims, "those only read");
    }

    /** 5.2.3 and 5.4.2: what is pending, enabled and of the level; global enables do not matter. */
    @Test
    void topiTellsTheFirstOfItsLevel() throws Exception {
        String pend = "li t0, 0x222\n csrw mip, t0\n csrw mie, t0\n";
        Hart h = run(true, pend + "csrr a1, mtopi\n csrr a2, stopi\n li t0, 0x200\n csrw mideleg, t0\n csrr a3, mtopi\n csrr a4, stopi\n"
            + "li t0, 0x222\n csrw mideleg, t0\n csrr a5, mtopi\n csrwi sie, 2\n csrr a6, stopi");
        assertEquals(9 << 16 | 1, h.x[11]);
        assertEquals(0, h.x[12]);
        assertEquals(1 << 16 | 1, h.x[13]);
        assertEquals(9 << 16 | 1, h.x[14]);
        assertEquals(0, h.x[15]);
        assertEquals(1 << 16 | 1, h.x[16]);
    }

    /** 5.3, with mvien read-only zero. */
    @Test
    void mvipIsWhatSoftwarePendsInMip() throws Exception {
        Hart h = run(true, "li t0, -1\n csrw mvien, t0\n csrr a1, mvien\n csrw mvip, t0\n csrr a2, mvip\n csrr a3, mip\n li t0, 0x200\n csrc mvip, t0\n csrr a4, mip\n"
            + "li t0, 1\n slli t0, t0, 63\n csrs menvcfg, t0\n csrr a5, mvip");
        assertEquals(0, h.x[11]);
        assertEquals(0x222, h.x[12]);
        assertEquals(0x222, h.x[13]);
        assertEquals(0x022, h.x[14]);
        assertEquals(0x002, h.x[15], "STIP is the timer's");
    }

    @Test
    void inStrictModeTheInterpreterDoesTheSame() throws Exception {
        supervisor.top = 3 << 16 | 3;
        Hart h = run(false, true, "li t0, 0x70\n csrw siselect, t0\n csrwi sireg, 1\n csrrw a1, stopei, zero");
        assertEquals(3 << 16 | 3, h.x[11]);
        assertEquals(1, supervisor.registers[0x70]);
    }

    @Test
    void selectsGoAlongWithTheState() throws Exception {
        for (boolean machineMode : new boolean[] {false, true}) {
            RecordedFile m = machineMode ? machine : null;
            Hart from = new Hart(() -> 5, 10, machineMode, 0, supervisor, m);
            from.write(RiscvRegister.csr(Csr.SISELECT), 0x72);
            if (machineMode) {
                from.write(RiscvRegister.csr(Csr.MISELECT), 0x80);
            }
            Hart to = new Hart(() -> 5, 10, machineMode, 0, supervisor, m);
            to.restore(from.state());
            assertEquals(0x72, to.read(RiscvRegister.csr(Csr.SISELECT)));
            assertEquals(machineMode ? 0x80 : 0, machineMode ? to.read(RiscvRegister.csr(Csr.MISELECT)) : 0);
            assertThrows(StateException.class, () -> new Hart(() -> 5, 10, machineMode, 0).restore(from.state()), "a hart without an IMSIC");
        }
        assertThrows(IllegalArgumentException.class, () -> new Hart(() -> 5, 10, true, 0, supervisor, null));
        assertTrue(supervisor.claims.isEmpty());
    }
}
