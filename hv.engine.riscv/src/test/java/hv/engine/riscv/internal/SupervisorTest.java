package hv.engine.riscv.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.vcpu.ExitView;
import hv.riscv.Cause;
import hv.riscv.Csr;
import hv.riscv.Hart;
import org.junit.jupiter.api.Test;

/** Traps, CSRs, interrupts: the rules of S and U mode, without translation. */
class SupervisorTest {
    private static final String TO_USER = """
                la   t0, handler
                csrw stvec, t0
                la   t0, user
                csrw sepc, t0
                sret
        handler: csrr a0, scause
                csrr a1, stval
                csrr a2, sepc
                csrr a3, sstatus
                ecall
                .balign 8
        user:
        """;

    private static void userTraps(String instruction, long cause, long stval) throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.execute(TO_USER + instruction);
            assertEquals(cause, m.hart.x[10], instruction);
            assertEquals(stval, m.hart.x[11], instruction);
            assertEquals(m.symbol("user"), m.hart.x[12], instruction);
            assertEquals(0, m.hart.x[13] & Csr.SSTATUS_SPP, instruction);
            assertEquals(Hart.SUPERVISOR, m.hart.mode);
        }
    }

    @Test
    void userModeTrapsWhereItMust() throws Exception {
        userTraps("ecall", Cause.ECALL_FROM_U, 0);
        userTraps("ebreak", Cause.BREAKPOINT, BareMachine.BASE + 0x28 + 8);
        userTraps("sret", Cause.ILLEGAL_INSTRUCTION, 0x10200073);
        userTraps("wfi", Cause.ILLEGAL_INSTRUCTION, 0x10500073);
        userTraps("sfence.vma", Cause.ILLEGAL_INSTRUCTION, 0x12000073);
        userTraps("csrr a0, sstatus", Cause.ILLEGAL_INSTRUCTION, 0x10002573);
        userTraps("csrr a0, time", Cause.ILLEGAL_INSTRUCTION, 0xc0102573L);
        userTraps("csrr a0, cycle", Cause.ILLEGAL_INSTRUCTION, 0xc0002573L);
        userTraps("csrr a0, fcsr", Cause.ILLEGAL_INSTRUCTION, 0x00302573);
        userTraps("fadd.d fa0, fa0, fa0, rne", Cause.ILLEGAL_INSTRUCTION, 0x02a50553);
        userTraps("flw fa0, 0(sp)", Cause.ILLEGAL_INSTRUCTION, 0x00012507);
        userTraps("c.fldsp fa0, 0(sp)", Cause.ILLEGAL_INSTRUCTION, 0x2502);
        userTraps(".word 0", Cause.ILLEGAL_INSTRUCTION, 0);
        userTraps(".word 0xffffffff", Cause.ILLEGAL_INSTRUCTION, 0xffff_ffffL);
        userTraps("amoadd.w a0, a0, (ra)\n", Cause.STORE_ACCESS, 0);
        userTraps("lr.d a0, (ra)\n", Cause.LOAD_ACCESS, 0);
    }

    @Test
    void sretRestoresWhatTheTrapSaved() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.execute("""
                        la   t0, handler
                        csrw stvec, t0
                        csrsi sstatus, 2
                        ebreak
                after:  csrr a1, sstatus
                        ecall
                        .balign 4
                handler: csrr a0, sstatus
                        csrr t0, sepc
                        addi t0, t0, 4
                        csrw sepc, t0
                        sret
                """);
            assertEquals(Csr.SSTATUS_SPP | Csr.SSTATUS_SPIE, m.hart.x[10] & (Csr.SSTATUS_SPP | Csr.SSTATUS_SPIE | Csr.SSTATUS_SIE));
            assertEquals(Csr.SSTATUS_SPIE | Csr.SSTATUS_SIE, m.hart.x[11] & (Csr.SSTATUS_SPP | Csr.SSTATUS_SPIE | Csr.SSTATUS_SIE));
            assertEquals(Csr.SSTATUS_UXL64, m.hart.x[11] & 3L << 32);
        }
    }

    @Test
    void interruptsComeInTheOrderOfTheirPriorityAndVectored() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.load("""
                        la   t0, vectors
                        ori  t0, t0, 1
                        csrw stvec, t0
                        li   t0, 0x222
                        csrw sie, t0
                        csrw stimecmp, zero
                        csrsi sip, 2
                        li   s0, 0
                        csrsi sstatus, 2
                spin:   j    spin
                        .balign 64
                vectors: j   other
                        j    software
                        j    other
                        j    other
                        j    other
                        j    timer
                        j    other
                        j    other
                        j    other
                external: li t0, 0x200
                        csrc sie, t0
                        slli s0, s0, 4
                        ori  s0, s0, 9
                        sret
                software: csrci sip, 2
                        slli s0, s0, 4
                        ori  s0, s0, 1
                        sret
                timer:  li   t0, -1
                        csrw stimecmp, t0
                        slli s0, s0, 4
                        ori  s0, s0, 5
                        csrr a0, scause
                        ecall
                other:  li   s0, -1
                        ecall
                """);
            m.vcpu.setInterrupt(9, true);
            m.toCall();
            assertEquals(0x915, m.hart.x[8]);
            assertEquals(1L << 63 | 5, m.hart.x[10]);
        }
    }

    @Test
    void wfiLeavesUntilAnEnabledInterruptIsPending() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.load("""
                        li   t0, 0x20
                        csrw sie, t0
                        li   t0, 1000
                        csrw stimecmp, t0
                        wfi
                        rdtime a0
                        wfi
                        ecall
                """);
            assertInstanceOf(ExitView.Idle.class, m.run(1000));
            assertTrue(m.hart.waiting);
            assertEquals(100_000, m.armedNanos);
            assertFalse(m.vcpu.wantsToRun());
            m.vcpu.setInterrupt(9, true);
            assertFalse(m.vcpu.wantsToRun(), "a line that sie masks does not wake");
            m.nowNanos = 99_999;
            assertFalse(m.vcpu.wantsToRun());
            m.nowNanos = 100_000;
            assertTrue(m.vcpu.wantsToRun());
            assertInstanceOf(ExitView.FirmwareCall.class, m.run(1000), "pending already: wfi does not wait");
            assertEquals(1000, m.hart.x[10]);
        }
    }

    @Test
    void countersOpenToUserModeOneByOne() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.nowNanos = 12_345_600;
            m.execute("""
                        la   t0, handler
                        csrw stvec, t0
                        li   t0, 2
                        csrw scounteren, t0
                        la   t0, user
                        csrw sepc, t0
                        sret
                handler: csrr a1, stval
                        ecall
                        .balign 8
                user:   rdtime a0
                        rdinstret a2
                """);
            assertEquals(123456, m.hart.x[10]);
            assertEquals(0xc0202673L, m.hart.x[11]);
        }
    }

    @Test
    void instretCountsEveryRetiredInstruction() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.execute("""
                        rdinstret a0
                        nop
                        c.nop
                        beq  a0, a0, 1f
                        nop
                1:      ld   t0, 0(sp)
                        rdinstret a1
                        ecall
                """.replace("ld   t0, 0(sp)", "auipc t0, 0"));
            assertEquals(0, m.hart.x[10]);
            assertEquals(5, m.hart.x[11]);
            assertEquals(6, m.vcpu.instructionsRetired());
        }
    }

    @Test
    void floatingPointMarksItsStateDirty() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.execute("""
                        li   t0, 0x2000
                        csrw sstatus, t0
                        csrr a0, sstatus
                        fmv.x.d t1, fa0
                        csrr a1, sstatus
                        fmv.d.x fa0, t0
                        csrr a2, sstatus
                        ecall
                """);
            assertEquals(0x2000, m.hart.x[10] & 0x6000);
            assertEquals(0x2000, m.hart.x[11] & 0x6000, "nothing of its state was written");
            assertEquals(0x6000 | Csr.SSTATUS_SD, m.hart.x[12] & (0x6000 | Csr.SSTATUS_SD));
        }
    }

    @Test
    void budgetsAreExactWhereverTheyEnd() throws Exception {
        String source = """
                    li   s0, 1
            loop:   addi s0, s0, 3
                    andi t0, s0, 1
                    beqz t0, 1f
                    xori s0, s0, 85
            1:      addi s1, s1, 1
                    j    loop
            """;
        for (int slice = 1; slice < 40; slice++) {
            try (BareMachine whole = new BareMachine(); BareMachine sliced = new BareMachine()) {
                whole.load(source);
                sliced.load(source);
                int total = 1000 / slice * slice;
                assertInstanceOf(ExitView.SliceEnd.class, whole.run(total));
                for (int n = 0; n < total; n += slice) {
                    assertInstanceOf(ExitView.SliceEnd.class, sliced.run(slice));
                    assertEquals(n + slice, sliced.vcpu.instructionsRetired());
                }
                assertEquals(whole.hart.pc, sliced.hart.pc);
                assertEquals(whole.hart.x[8], sliced.hart.x[8]);
                assertEquals(whole.hart.x[9], sliced.hart.x[9]);
            }
        }
    }

    @Test
    void aGuestThatOnlyTrapsSpendsItsBudget() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.load("csrwi stvec, 0\n ebreak\n");
            assertInstanceOf(ExitView.SliceEnd.class, m.run(10_000));
            assertEquals(Cause.FETCH_ACCESS, m.hart.scause);
        }
    }

    @Test
    void kickedBeforeItRunsItComesOutAtOnce() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.load("spin: j spin\n");
            m.vcpu.kick();
            assertInstanceOf(ExitView.Kicked.class, m.run(1000));
            assertEquals(0, m.vcpu.instructionsRetired());
            assertInstanceOf(ExitView.SliceEnd.class, m.run(1000));
        }
    }

    @Test
    void kickedInTheGuestItComesOut() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.load("spin: j spin\n");
            Thread kicker = Thread.ofPlatform().start(() -> {
                while (!m.vcpu.core.running()) {
                    Thread.onSpinWait();
                }
                m.vcpu.kick();
            });
            assertInstanceOf(ExitView.Kicked.class, m.run(Long.MAX_VALUE));
            kicker.join();
        }
    }

    @Test
    void strictModeAndOwnExecutionAgree() throws Exception {
        String source = """
                    la   t0, handler
                    csrw stvec, t0
                    csrsi sstatus, 2
                    csrr s0, sstatus
                    csrrw s1, sscratch, s0
                    csrrci s2, sstatus, 2
                    csrr t2, 0x7c0
            back:   sfence.vma
                    la   t0, user
                    csrw sepc, t0
                    li   t0, 0x100
                    csrc sstatus, t0
                    sret
            user:   rdcycle a0
                    ecall
                    .balign 4
            handler: csrr s3, scause
                    csrr s4, stval
                    li   t0, 2
                    bne  s3, t0, 1f
                    csrr t1, sepc
                    addi t1, t1, 4
                    csrw sepc, t1
                    csrwi scounteren, 7
                    sret
            1:      ecall
            """;
        try (BareMachine own = new BareMachine(); BareMachine strict = new BareMachine(1, true)) {
            own.execute(source);
            strict.load(source);
            int exits = 0;
            while (strict.run(1000) instanceof ExitView.Privileged p) {
                assertEquals(strict.hart.pc, p.pc());
                hv.riscv.Privileged.execute(strict.vcpu.registers(), p.instruction());
                exits++;
            }
            assertInstanceOf(ExitView.FirmwareCall.class, strict.exit().view());
            assertTrue(exits > 12, exits + " exits");
            for (int k = 0; k < 32; k++) {
                assertEquals(own.hart.x[k], strict.hart.x[k], "x" + k);
            }
            assertEquals(own.hart.pc, strict.hart.pc);
            assertEquals(own.hart.instret, strict.hart.instret);
            assertEquals(own.hart.mstatus, strict.hart.mstatus);
        }
    }

    @Test
    void anAnsweredCallGoesOnBehindIt() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.load("li a0, 1\n li a7, 7\n ecall\n mv s0, a0\n mv s1, a1\n ecall\n");
            ExitView.FirmwareCall call = assertInstanceOf(ExitView.FirmwareCall.class, m.run(100));
            assertEquals(1, call.arg(0));
            assertEquals(7, call.arg(7));
            m.exit().completion().pair(-3, 44);
            m.toCall();
            assertEquals(-3, m.hart.x[8]);
            assertEquals(44, m.hart.x[9]);
        }
    }

    @Test
    void deviceAccessesLeaveAndAreCompleted() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.load("""
                    li   s0, 0x10000000
                    li   t0, -2
                    sh   t0, 2(s0)
                    lb   a0, 5(s0)
                    lwu  a1, 8(s0)
                    c.ld a2, 16(s0)
                    la   t0, handler
                    csrw stvec, t0
                    sd   a0, 24(s0)
                    ecall
                    .balign 4
                handler: csrr a3, scause
                    csrr a4, stval
                    csrr a5, sepc
                    lw   a0, 1(s0)
                """);
            ExitView.Mmio a = assertInstanceOf(ExitView.Mmio.class, m.run(100));
            assertTrue(a.isWrite());
            assertEquals(0x1000_0002L, a.gpa());
            assertEquals(2, a.widthBytes());
            assertEquals(0xfffe, a.value());
            long at = m.hart.pc;
            assertInstanceOf(ExitView.Mmio.class, m.run(100));
            assertEquals(at + 4, m.hart.pc);
            m.exit().completion().value(0x80);
            assertInstanceOf(ExitView.Mmio.class, m.run(100));
            assertEquals(-128, m.hart.x[10]);
            m.vcpu.retry();
            assertInstanceOf(ExitView.Mmio.class, m.run(100));
            m.exit().completion().value(0xffff_fff0L);
            assertInstanceOf(ExitView.Mmio.class, m.run(100));
            assertEquals(0xffff_fff0L, m.hart.x[11]);
            m.exit().completion().value(-7);
            assertInstanceOf(ExitView.Mmio.class, m.run(100));
            assertEquals(-7, m.hart.x[12]);
            m.exit().completion().trap(Cause.STORE_ACCESS, 99);
            long sepc = m.hart.pc;
            m.run(3);
            assertEquals(Cause.STORE_ACCESS, m.hart.x[13]);
            assertEquals(0x1000_0018L, m.hart.x[14], "the address of the access, not what the handler knows");
            assertEquals(sepc, m.hart.x[15]);
            m.run(1);
            assertEquals(Cause.LOAD_ACCESS, m.hart.scause, "a misaligned access to a device");
        }
    }
}
