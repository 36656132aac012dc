package hv.engine.riscv.internal;

import static hv.engine.riscv.internal.MachineProgram.enter;
import static hv.engine.riscv.internal.MachineProgram.inMode;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.vcpu.ExitView;
import hv.riscv.Cause;
import hv.riscv.Csr;
import hv.riscv.Hart;
import hv.riscv.asm.Assembler;
import org.junit.jupiter.api.Test;

/** Machine mode: traps, delegation, returns, interrupts, CSRs (privileged specification, chapter 3). */
class MachineModeTest {
    private static final int U = Hart.USER;
    private static final int S = Hart.SUPERVISOR;
    private static final int M = Hart.MACHINE;

    private static void ends(String source) throws Exception {
        try (MachineProgram p = MachineProgram.of(source)) {
            p.endsByItself();
        }
    }

    private static void traps(String source, long cause, long value) throws Exception {
        try (MachineProgram p = MachineProgram.of(source)) {
            p.trapsWith(cause, value, "there");
        }
    }

    private static void isIllegal(int mode, String setUp, String instruction) throws Exception {
        byte[] code = new Assembler(0).assemble(instruction);
        long value = 0;
        for (int k = 3; k >= 0; k--) {
            value = value << 8 | code[k] & 0xff;
        }
        traps(setUp + inMode(mode, instruction), Cause.ILLEGAL_INSTRUCTION, value);
    }

    private static void isLegal(int mode, String setUp, String instruction) throws Exception {
        try (MachineProgram p = MachineProgram.of(setUp + enter(mode, "there") + "there: " + instruction + "\nafter: ecall\n")) {
            p.trapsWith(Cause.ECALL_FROM_U + mode, 0, "after");
        }
    }

    @Test
    void aHartResetsIntoMachineModeAndSaysWhatItIs() throws Exception {
        try (MachineProgram p = MachineProgram.of("csrr s0, misa\n csrr s1, mhartid\n csrr s2, mvendorid\n csrr s3, mstatus\n csrr s4, mconfigptr\n"
                + "csrr s5, mhpmcounter3\n csrr s6, hpmcounter31\n csrr s7, mhpmevent31\n csrr s8, tselect\n csrr s9, medeleg\n")) {
            assertEquals(M, p.hart.mode);
            p.endsByItself();
            long letters = 0;
            for (char c : "ABCDFIMSU".toCharArray()) {
                letters |= 1L << c - 'A';
            }
            assertEquals(2L << 62 | letters, p.hart.x[8]);
            assertEquals(Csr.SSTATUS_UXL64 | Csr.MSTATUS_SXL64, p.hart.x[19]);
            for (int r : new int[] {9, 18, 20, 21, 22, 23, 24, 25}) {
                assertEquals(0, p.hart.x[r], "x" + r);
            }
        }
    }

    @Test
    void aHartWithoutFirmwareHasNoneOfIt() throws Exception {
        for (String csr : new String[] {"mstatus", "misa", "mie", "pmpcfg0", "pmpaddr3", "mcycle", "mhartid", "hpmcounter3"}) {
            try (BareMachine m = new BareMachine()) {
                m.execute("la t0, handler\n csrw stvec, t0\n csrr a0, " + csr + "\n .balign 4\nhandler: csrr a0, scause\n ecall\n");
                assertEquals(Cause.ILLEGAL_INSTRUCTION, m.hart.x[10], csr);
            }
        }
        try (BareMachine m = new BareMachine()) {
            m.execute("la t0, handler\n csrw stvec, t0\n mret\n .balign 4\nhandler: csrr a0, scause\n ecall\n");
            assertEquals(Cause.ILLEGAL_INSTRUCTION, m.hart.x[10]);
        }
    }

    @Test
    void callsTellTheModeTheyComeFrom() throws Exception {
        for (int mode : new int[] {U, S, M}) {
            traps(inMode(mode, "ecall"), Cause.ECALL_FROM_U + mode, 0);
        }
    }

    @Test
    void aTrapSavesWhatMretRestores() throws Exception {
        for (int mode : new int[] {U, S, M}) {
            for (int enabled = 0; enabled < 2; enabled++) {
                String bits = enabled == 0 ? "csrc" : "csrs";
                try (MachineProgram p = MachineProgram.of("li t0, 0x80\n " + bits + " mstatus, t0\n" + inMode(mode, "ebreak"))) {
                    p.trapsWith(Cause.BREAKPOINT, p.machine.symbol("there"), "there");
                    long status = p.hart.x[13];
                    assertEquals(mode, status >>> 11 & 3);
                    assertEquals(enabled, status >>> 7 & 1, "MPIE is what MIE was");
                    assertEquals(0, status & Csr.MSTATUS_MIE);
                }
            }
        }
        try (MachineProgram p = MachineProgram.of("la t0, next\n csrw mepc, t0\n li t0, 0x21880\n csrw mstatus, t0\n mret\nnext: csrr s0, mstatus\n")) {
            p.endsByItself();
            assertEquals(Csr.MSTATUS_MIE | Csr.MSTATUS_MPIE | Csr.MSTATUS_MPRV, p.hart.x[8] & 0x3fffff & ~Csr.SSTATUS_FS, "MPP becomes U, MPRV stays in M mode");
        }
    }

    @Test
    void returnsToLessThanMachineModeClearMprv() throws Exception {
        for (String ret : new String[] {"la t0, there\n csrw mepc, t0\n li t0, 0x20800\n csrw mstatus, t0\n mret\n .balign 8\nthere: ecall",
            "la t0, there\n csrw sepc, t0\n li t0, 0x20100\n csrw mstatus, t0\n sret\n .balign 8\nthere: ecall"}) {
            try (MachineProgram p = MachineProgram.of(ret)) {
                p.trapsWith(Cause.ECALL_FROM_S, 0, "there");
                assertEquals(0, p.hart.x[13] & Csr.MSTATUS_MPRV);
            }
        }
    }

    @Test
    void fieldsHoldOnlyWhatIsLegal() throws Exception {
        try (MachineProgram p = MachineProgram.of("""
                li t0, 0x800
                csrw mstatus, t0
                li t0, 0x1000
                csrw mstatus, t0
                csrr s0, mstatus
                li t0, -1
                csrw medeleg, t0
                csrr s1, medeleg
                csrw mideleg, t0
                csrr s2, mideleg
                csrw mie, t0
                csrr s3, mie
                csrw mcounteren, t0
                csrr s4, mcounteren
                csrw menvcfg, t0
                csrr s5, menvcfg
                csrw mepc, t0
                csrr s6, mepc
                csrw misa, zero
                csrr s7, misa
                csrw tselect, t0
                csrr s8, tselect
                csrw mcountinhibit, t0
                csrr s9, mcountinhibit
                csrw mie, zero
                """)) {
            p.endsByItself();
            long[] x = p.hart.x;
            assertEquals(1, x[8] >>> 11 & 3, "MPP keeps its value where 2 is written");
            assertEquals(0xb3ff, x[9]);
            assertEquals(0x222, x[18]);
            assertEquals(0xaaa, x[19]);
            assertEquals(7, x[20]);
            assertEquals(Csr.MENVCFG_STCE | Csr.MENVCFG_ADUE | 1, x[21]);
            assertEquals(-2, x[22]);
            assertTrue(x[23] != 0);
            assertEquals(0, x[24]);
            assertEquals(5, x[25]);
        }
    }

    @Test
    void delegatedExceptionsGoToSupervisorModeButNotFromMachineMode() throws Exception {
        String delegate = "li t0, 0x108\n csrw medeleg, t0\n";
        try (MachineProgram p = MachineProgram.of(delegate + inMode(U, "ecall"))) {
            p.toEnd();
            assertEquals(Cause.ECALL_FROM_S, p.hart.x[10], "the handler in S mode calls on");
            assertEquals(Cause.ECALL_FROM_U, p.hart.x[8]);
            assertEquals(p.machine.symbol("there"), p.hart.x[18]);
        }
        try (MachineProgram p = MachineProgram.of(delegate + inMode(S, "ebreak"))) {
            p.toEnd();
            assertEquals(Cause.BREAKPOINT, p.hart.x[8]);
            assertEquals(p.machine.symbol("there"), p.hart.x[9]);
        }
        try (MachineProgram p = MachineProgram.of(delegate + "there: ebreak")) {
            p.trapsWith(Cause.BREAKPOINT, p.machine.symbol("there"), "there");
        }
        traps("li t0, 8\n csrw medeleg, t0\n" + inMode(U, "ecall"), Cause.ECALL_FROM_U, 0);
    }

    @Test
    void tvmTwAndTsrTrapSupervisorMode() throws Exception {
        String tvm = "li t0, 0x100000\n csrs mstatus, t0\n";
        isIllegal(S, tvm, "csrr a0, satp");
        isIllegal(S, tvm, "sfence.vma");
        isLegal(S, "", "sfence.vma");
        isLegal(S, tvm, "csrr a0, scause");
        isLegal(M, tvm, "csrr a0, satp");
        isIllegal(S, "li t0, 0x400000\n csrs mstatus, t0\n", "sret");
        String tw = "li t0, 0x200000\n csrs mstatus, t0\n";
        String pending = "li t0, 2\n csrw mideleg, t0\n csrs mie, t0\n csrs mip, t0\n";
        isIllegal(S, tw + pending, "wfi");
        isLegal(M, tw + pending, "wfi");
        isLegal(S, pending, "wfi");
        isIllegal(U, "", "wfi");
        isIllegal(S, "", "mret");
        isIllegal(U, "", "sret");
    }

    @Test
    void lesserModesSeeNoMachineCsr() throws Exception {
        isIllegal(S, "", "csrr a0, mstatus");
        isIllegal(S, "", "csrr a0, mhartid");
        isIllegal(U, "", "csrr a0, sstatus");
        isIllegal(M, "", "csrw mhartid, zero");
        isIllegal(M, "", "csrr a0, 0x3a1");
        isIllegal(M, "", "csrr a0, 0x3c0");
        isIllegal(M, "", "csrr a0, 0x7b0");
    }

    @Test
    void countersOpenModeByMode() throws Exception {
        for (String counter : new String[] {"cycle", "time", "instret"}) {
            isIllegal(S, "", "csrr a0, " + counter);
            isLegal(M, "", "csrr a0, " + counter);
            isLegal(S, "csrwi mcounteren, 7\n", "csrr a0, " + counter);
            isIllegal(U, "csrwi mcounteren, 7\n", "csrr a0, " + counter);
            isIllegal(U, "csrwi scounteren, 7\n", "csrr a0, " + counter);
            isLegal(U, "csrwi mcounteren, 7\n csrwi scounteren, 7\n", "csrr a0, " + counter);
        }
        isIllegal(S, "csrwi mcounteren, 7\n", "csrr a0, hpmcounter3");
    }

    @Test
    void countersAreWrittenAndStopped() throws Exception {
        try (MachineProgram p = MachineProgram.of("""
                li   t0, 1000
                csrw minstret, t0
                csrr s0, minstret
                csrr s1, minstret
                csrw mcycle, t0
                nop
                csrr s2, cycle
                csrwi mcountinhibit, 4
                csrr s3, minstret
                nop
                csrr s4, minstret
                csrw minstret, t0
                csrr s5, instret
                csrr s6, mcycle
                csrwi mcountinhibit, 1
                csrr s7, minstret
                csrr s8, mcycle
                nop
                csrr s9, mcycle
                csrwi mcountinhibit, 0
                csrr s10, mcycle
                """)) {
            p.endsByItself();
            long[] x = p.hart.x;
            assertEquals(1000, x[8], "what was written is what the next instruction reads");
            assertEquals(1001, x[9]);
            assertEquals(1001, x[18]);
            assertEquals(x[19], x[20]);
            assertEquals(1000, x[21]);
            assertEquals(x[18] + 7, x[22], "cycle went on");
            assertTrue(x[23] >= 1000 && x[23] <= 1001, "it goes on where it stood");
            assertEquals(x[24], x[25]);
            assertTrue(x[26] - x[25] <= 1);
        }
    }

    @Test
    void stimecmpIsSupervisorsOnlyAsMenvcfgSays() throws Exception {
        String stce = "li t0, -1\n slli t0, t0, 63\n csrs menvcfg, t0\n";
        isIllegal(S, "csrwi mcounteren, 2\n", "csrr a0, stimecmp");
        isIllegal(S, stce, "csrr a0, stimecmp");
        isLegal(S, stce + "csrwi mcounteren, 2\n", "csrr a0, stimecmp");
        isLegal(M, "", "csrr a0, stimecmp");
        try (MachineProgram p = MachineProgram.of("csrw stimecmp, zero\n csrr s0, mip\n li t2, 0x20\n csrs mip, t2\n csrr s1, mip\n csrc mip, t2\n csrr s2, mip\n"
                + stce + "csrr s3, mip\n csrc mip, t2\n li t1, -1\n csrw stimecmp, t1\n csrs mip, t2\n csrr s4, mip\n")) {
            p.endsByItself();
            long[] x = p.hart.x;
            assertEquals(0, x[8] & Csr.STIP, "without STCE the comparator drives nothing");
            assertEquals(Csr.STIP, x[9] & Csr.STIP, "and M mode may pend");
            assertEquals(0, x[18] & Csr.STIP);
            assertEquals(Csr.STIP, x[19] & Csr.STIP, "with STCE it does");
            assertEquals(0, x[20] & Csr.STIP, "and nobody else");
        }
    }

    @Test
    void softwaresExternalInterruptAndTheLinesAreTwo() throws Exception {
        try (MachineProgram p = MachineProgram.of("li t0, 0x200\n csrr s0, mip\n csrs mip, t0\n csrr s1, mip\n csrc mip, t0\n csrr s2, mip\n"
                + "csrrs s3, mip, zero\n csrrsi s4, mip, 2\n csrr s5, mip\n csrrci s6, mip, 2\n csrr s7, mip\n")) {
            p.machine.vcpu.setInterrupt(9, true);
            p.endsByItself();
            for (int r = 8; r < 10; r++) {
                assertEquals(Csr.SEIP, p.hart.x[r] & Csr.SEIP);
            }
            assertEquals(Csr.SEIP, p.hart.x[18] & Csr.SEIP, "clearing takes what software set, not the line");
            assertEquals(Csr.SEIP | Csr.SSIP, p.hart.x[21]);
            p.machine.vcpu.setInterrupt(9, false);
            assertEquals(0, p.hart.pending(), "a read-modify-write of another bit did not make the line software's");
        }
    }

    @Test
    void interruptsComeInTheOrderOfTheirPriority() throws Exception {
        // Supervisor's pend in mip, machine's by lines; the handler masks each and takes the next.
        String source = """
                    la   t0, handler
                    csrw mtvec, t0
                    li   t0, 0x222
                    csrs mip, t0
                    li   t0, 0xaaa
                    csrw mie, t0
                    li   s0, 0
                    csrsi mstatus, 8
                    j    end
                    .balign 4
            handler: csrr a0, mcause
                    slli s0, s0, 4
                    andi a0, a0, 15
                    or   s0, s0, a0
                    li   t0, 1
                    sll  t0, t0, a0
                    csrc mie, t0
                    mret
            """;
        try (MachineProgram p = MachineProgram.of(source)) {
            p.machine.vcpu.setInterrupt(3, true);
            p.machine.vcpu.setInterrupt(7, true);
            p.machine.vcpu.setInterrupt(11, true);
            p.toEnd();
            assertEquals(0xb37915, p.hart.x[8]);
        }
    }

    @Test
    void delegatedInterruptsWaitWhileInMachineModeAndOthersBreakIntoLesserModes() throws Exception {
        String pend = "li t0, 2\n csrw mideleg, t0\n csrs mip, t0\n csrs mie, t0\n csrsi mstatus, 10\n nop\n nop\n";
        ends(pend + "csrw mie, zero\n");
        try (MachineProgram p = MachineProgram.of(pend + enter(S, "there") + "there: nop\n ecall\n")) {
            p.toEnd();
            assertEquals(1L << 63 | 1, p.hart.x[8], "taken on entry to S mode, by its handler");
            assertEquals(p.machine.symbol("there"), p.hart.x[18]);
        }
        // Machine's come whatever mstatus.MIE says, before the supervisor's.
        try (MachineProgram p = MachineProgram.of(pend + "csrci mstatus, 8\n li t0, 8\n csrs mie, t0\n" + enter(S, "there") + "there: nop\n ecall\n")) {
            p.machine.vcpu.setInterrupt(3, true);
            p.trapsWith(1L << 63 | 3, 0, "there");
        }
    }

    @Test
    void vectoredInterruptsAndPlainExceptions() throws Exception {
        String vectors = "la t0, vectors\n ori t0, t0, 1\n csrw mtvec, t0\n li s0, 0\n";
        String table = "\n j end\n .balign 64\nvectors: li s0, 1\n j end\n .balign 4\n .space 4\n j bad\n .space 12\n li s0, 7\n j end\nbad: li s0, 99\n j end\n";
        try (MachineProgram p = MachineProgram.of(vectors + "ebreak" + table)) {
            p.toEnd();
            assertEquals(1, p.hart.x[8]);
        }
        try (MachineProgram p = MachineProgram.of(vectors + "li t0, 0x80\n csrs mie, t0\n csrsi mstatus, 8\n nop" + table)) {
            p.machine.vcpu.setInterrupt(7, true);
            p.toEnd();
            assertEquals(7, p.hart.x[8]);
        }
    }

    @Test
    void wfiInMachineModeWaitsForWhatMieLetsThrough() throws Exception {
        try (MachineProgram p = MachineProgram.of("li t0, 0x80\n csrw mie, t0\n wfi\n li s0, 5\n")) {
            assertInstanceOf(ExitView.Idle.class, p.machine.run(1000));
            p.machine.vcpu.setInterrupt(3, true);
            assertFalse(p.machine.vcpu.wantsToRun());
            p.machine.vcpu.setInterrupt(7, true);
            assertTrue(p.machine.vcpu.wantsToRun());
            p.endsByItself();
            assertEquals(5, p.hart.x[8]);
        }
    }

    @Test
    void withoutAdueAPageThatWasNotAccessedFaults() throws Exception {
        for (boolean update : new boolean[] {true, false}) {
            try (MachineProgram p = MachineProgram.of((update ? "" : "csrw menvcfg, zero\n") + inMode(S, "ld a0, 0(s10)"))) {
                PageTables t = new PageTables(p.machine, 3).identity();
                t.map(0x4000_0000L, BareMachine.BASE + 0x40_0000, PageTables.V | PageTables.R | PageTables.W);
                p.hart.x[26] = 0x4000_0000L;
                t.enter(0);
                p.toEnd();
                assertEquals(update ? Cause.ECALL_FROM_S : Cause.LOAD_PAGE_FAULT, p.hart.x[10]);
                assertEquals(update, (t.pte(0x4000_0000L) & PageTables.A) != 0);
            }
        }
    }

    @Test
    void strictModeAndOwnExecutionAgree() throws Exception {
        String source = "li t0, 0x100\n csrw medeleg, t0\n csrwi mcounteren, 7\n" + enter(S, "super") + """
            super:  csrr s3, instret
                    csrw sscratch, s3
                    la   t0, user
                    csrw sepc, t0
                    li   t0, 0x100
                    csrc sstatus, t0
                    sret
                    .balign 8
            user:   li   a4, 7
                    ecall
            """;
        try (MachineProgram own = MachineProgram.of(source); MachineProgram strict = MachineProgram.of(source, true, true)) {
            assertEquals(0, own.toEnd());
            assertTrue(strict.toEnd() > 15);
            for (int r = 0; r < 32; r++) {
                assertEquals(own.hart.x[r], strict.hart.x[r], "x" + r);
            }
            assertEquals(own.hart.instret, strict.hart.instret);
            assertEquals(own.hart.mstatus, strict.hart.mstatus);
            assertEquals(own.hart.mcause, strict.hart.mcause);
            assertEquals(Cause.ECALL_FROM_S, own.hart.mcause);
        }
    }
}
