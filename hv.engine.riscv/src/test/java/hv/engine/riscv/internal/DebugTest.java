package hv.engine.riscv.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import hv.api.debug.StopPoints;
import hv.api.debug.Watchpoint;
import hv.api.engine.spi.DebugCore;
import hv.api.memory.Access;
import hv.api.vcpu.ExitView;
import hv.testkit.DebugCoreLaws;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The laws of debugging, and what this engine's blocks, fused pairs and TLBs add to them. */
class DebugTest extends DebugCoreLaws {
    private BareMachine machine;

    @Override
    protected DebugCore create(MemorySegment[] ram) {
        try {
            machine = new BareMachine();
        } catch (hv.api.HvException e) {
            throw new AssertionError(e);
        }
        ram[0] = machine.ram.segment();
        machine.vcpu.wake();
        return machine.vcpu;
    }

    @AfterEach
    void close() {
        if (machine != null) {
            machine.close();
        }
    }

    private BareMachine load(String source) {
        create(new MemorySegment[1]);
        return machine.load(source);
    }

    private void breakAt(long... at) {
        machine.vcpu.stopAt(new StopPoints(java.util.Arrays.stream(at).boxed().toList(), List.of()));
    }

    private void watch(long va, int bytes, Access access) {
        machine.vcpu.stopAt(new StopPoints(List.of(), List.of(new Watchpoint(va, bytes, access))));
    }

    private void stopsAt(long pc) {
        assertInstanceOf(ExitView.Debug.class, machine.run(1_000_000));
        assertEquals(pc, machine.hart.pc);
    }

    @Test
    void theSecondOfAFusedPairMayHaveABreakpointOrTouchWatchedData() {
        BareMachine m = load("""
                        la   s0, data
                        li   s2, 100
                loop:   ld   t0, 0(s0)
                second: ld   t1, 8(s0)
                        add  t0, t0, t1
                last:   add  t0, t0, t0
                        addi s2, s2, -1
                        bnez s2, loop
                        ecall
                        .balign 4096
                data:   .dword 1, 2
                """);
        m.toCall();
        m.hart.pc = BareMachine.BASE;
        breakAt(m.symbol("second"));
        for (int k = 0; k < 3; k++) {
            stopsAt(m.symbol("second"));
            m.vcpu.step();
        }
        watch(m.symbol("data") + 8, 8, Access.READ);
        stopsAt(m.symbol("second"));
        m.vcpu.stopAt(StopPoints.NONE);
        m.toCall();
        assertEquals(0, m.hart.x[18]);
    }

    @Test
    void anInstructionInTwoPagesMayHaveABreakpoint() {
        BareMachine m = load("""
                        li   s2, 50
                        j    loop
                        .balign 4096
                        .zero 4092
                loop:   .half 0x0001        # c.nop
                across: addi s2, s2, -1     # its halves lie in two pages
                        bnez s2, loop
                        ecall
                """);
        assertEquals(4094, m.symbol("across") & 0xfff);
        breakAt(m.symbol("across"));
        for (int k = 0; k < 5; k++) {
            stopsAt(m.symbol("across"));
            assertEquals(50 - k, m.hart.x[18]);
            m.vcpu.step();
            assertEquals(49 - k, m.hart.x[18]);
        }
        m.vcpu.stopAt(StopPoints.NONE);
        m.toCall();
    }

    @Test
    void atomicsAndFloatingPointStopAtWatchedData() {
        BareMachine m = load("""
                        la   s0, data
                        li   t0, 0x2000
                        csrs sstatus, t0
                        li   t0, 3
                store:  fsd  f0, 0(s0)
                load:   fld  f1, 0(s0)
                amo:    amoadd.d t1, t0, (s0)
                lr:     lr.d t1, (s0)
                sc:     sc.d t2, t0, (s0)
                        ecall
                        .balign 4096
                data:   .dword 5
                """);
        long data = m.symbol("data");
        String[] writes = {"store", "amo", "sc"};
        for (String at : writes) {
            watch(data, 1, Access.WRITE);
            stopsAt(m.symbol(at));
            m.vcpu.stopAt(StopPoints.NONE);
            m.vcpu.step();
        }
        m.toCall();
        assertEquals(0, m.hart.x[7], "a step between LR and SC does not cost the reservation");
        m.hart.pc = BareMachine.BASE;
        for (String at : new String[] {"load", "amo", "lr"}) {
            watch(data + 7, 1, Access.READ);
            stopsAt(m.symbol(at));
            m.vcpu.stopAt(StopPoints.NONE);
            m.vcpu.step();
        }
        m.toCall();
    }

    @Test
    void anAccessOverTwoPagesStopsByItsEnd() {
        BareMachine m = load("""
                        la   s0, data
                        li   t0, -1
                        sd   t0, -4(s0)
                        ecall
                        .balign 4096
                data:   .dword 0
                """);
        watch(m.symbol("data") + 2, 1, Access.WRITE);
        ExitView.Debug d = assertInstanceOf(ExitView.Debug.class, m.run(1000));
        assertEquals(m.symbol("data") + 2, d.va());
        assertEquals(0, m.ram.segment().get(java.lang.foreign.ValueLayout.JAVA_INT, m.symbol("data") - BareMachine.BASE));
    }

    @Test
    void anotherPageOfTheSameCodeDoesNotStop() {
        // The same physical page at two addresses: only the one that was asked for stops.
        BareMachine m = load("""
                        la   t0, table
                        srli t1, t0, 12
                        li   t2, 0x8000000000000000
                        or   t1, t1, t2
                        csrw satp, t1
                        sfence.vma
                        la   s0, code
                        call code
                        li   t3, 0x40000000
                        add  s1, s0, t3
                        jalr s1
                        ecall
                        .balign 4096
                code:   addi a0, a0, 1
                at:     addi a0, a0, 1
                        ret
                        .balign 4096
                table:  .zero 16
                        .dword 0x200000cf, 0x200000cf   # 1 GiB each at 2 GiB and 3 GiB: both the RAM
                        .balign 4096
                """);
        long at = m.symbol("at");
        breakAt(at + 0x4000_0000L);
        stopsAt(at + 0x4000_0000L);
        assertEquals(3, m.hart.x[10]);
        assertEquals(at, m.vcpu.translate(at + 0x4000_0000L));
        assertEquals(-1, m.vcpu.translate(at + 0x8000_0000L));
        m.vcpu.step();
        m.toCall();
        assertEquals(4, m.hart.x[10]);
    }

    @Test
    void aStepBehindHundredsOfPausesIsOneInstruction() throws Exception {
        try (BareMachine m = new BareMachine(2, false)) {
            m.load("        la s0, data\n" + "        pause\n".repeat(500) + """
                    at:     sd   s0, 0(s0)
                            ecall
                            .balign 4096
                    data:   .dword 0
                    """);
            m.vcpu.stopAt(new StopPoints(List.of(), List.of(new Watchpoint(m.symbol("data"), 8, Access.WRITE))));
            // The last pause asks to yield, within the block of the store.
            assertInstanceOf(ExitView.Debug.class, m.run(Long.MAX_VALUE));
            m.vcpu.stopAt(StopPoints.NONE);
            m.vcpu.step();
            assertEquals(m.symbol("at") + 4, m.hart.pc);
        }
    }

    @Test
    void strictModeStopsAsWell() throws Exception {
        try (BareMachine m = new BareMachine(1, true)) {
            m.load("""
                            li   t0, 5
                    at:     csrw sscratch, t0
                            ecall
                    """);
            m.vcpu.stopAt(new StopPoints(List.of(m.symbol("at")), List.of()));
            assertInstanceOf(ExitView.Debug.class, m.run(100));
            assertEquals(m.symbol("at"), m.hart.pc);
            m.vcpu.step();
            assertInstanceOf(ExitView.Privileged.class, m.exit().view());
        }
    }
}
