package hv.engine.riscv.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.memory.Access;
import hv.api.memory.Lease;
import hv.api.memory.PageAttribute;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.api.vcpu.ExitView;
import hv.api.vcpu.Request;
import hv.riscv.Csr;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Code that changes, writers of all kinds, several harts, and state that is put down and picked up. */
class CodeChangeTest {
    private static final long BASE = BareMachine.BASE;

    @Test
    void storedCodeRunsAfterFenceI() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.execute("""
                        la   s0, patch
                        li   s1, 0
                        li   s2, 200
                        li   t1, 0x00100513      # li a0, 1
                        li   t2, 0x00100000      # the immediate's lowest bit
                loop:   sw   t1, 0(s0)
                        fence.i
                        call patch
                        add  s1, s1, a0
                        add  t1, t1, t2
                        addi s2, s2, -1
                        bnez s2, loop
                        ecall
                        .balign 4096
                patch:  li   a0, 77
                        ret
                """);
            assertEquals(200 * 201 / 2, m.hart.x[9]);
        }
    }

    @Test
    void codeAndDataOfOnePageLiveTogether() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.execute("""
                        la   s0, count
                        li   s2, 1000
                loop:   ld   t0, 0(s0)
                        addi t0, t0, 1
                        sd   t0, 0(s0)
                        amoadd.d t1, s2, (s0)
                        addi s2, s2, -1
                        bnez s2, loop
                        ld   a0, 0(s0)
                        ecall
                        .balign 8
                count:  .dword 0
                """);
            assertEquals(1000 + 500500, m.hart.x[10]);
        }
    }

    @Test
    void aDeviceThatWritesCodeIsSeenAfterFenceI() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.load("""
                        call patch
                        ecall
                        fence.i
                        call patch
                        ecall
                        .balign 4096
                patch:  li   a0, 77
                        ret
                """).toCall();
            assertEquals(77, m.hart.x[10]);
            int page = (int) (m.symbol("patch") - BASE >>> 12);
            assertEquals(PageAttribute.CODE, m.ram.attributes(page) & PageAttribute.CODE);
            try (Lease l = m.ram.lend(m.symbol("patch"), 4, Access.WRITE)) {
                l.segment().set(ValueLayout.JAVA_INT_UNALIGNED, 0, 0x05800513);
            }
            assertEquals(0, m.ram.attributes(page) & PageAttribute.CODE);
            m.exit().completion().pair(0, 0);
            m.toCall();
            assertEquals(88, m.hart.x[10]);
        }
    }

    @Test
    void storesAfterLogBeginsAreInTheLog() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.load("""
                        la   s0, data
                        sd   s0, 0(s0)
                        ecall
                        sd   s0, 8(s0)
                        ecall
                        .balign 4096
                data:   .zero 16
                """).toCall();
            m.ram.startLog();
            m.exit().completion().pair(0, 0);
            m.toCall();
            java.util.Set<Integer> pages = new java.util.TreeSet<>();
            m.ram.harvest(1, pages::add);
            assertEquals(java.util.Set.of((int) (m.symbol("data") - BASE >>> 12)), pages);
        }
    }

    @Test
    void hartsOnSeveralThreadsCountTogether() throws Exception {
        int harts = 3;
        try (BareMachine m = new BareMachine(harts, false)) {
            m.load("""
                start:  la   s0, sum
                        li   s1, 20000
                1:      lr.d t0, (s0)
                        addi t0, t0, 1
                        sc.d t1, t0, (s0)
                        bnez t1, 1b
                        li   t2, 2
                        amoadd.w t3, t2, (s2)
                        addi s1, s1, -1
                        bnez s1, 1b
                        ecall
                        .balign 4096
                sum:    .dword 0
                words:  .dword 0
                """);
            Thread[] threads = new Thread[harts];
            Throwable[] failure = new Throwable[1];
            for (int k = 0; k < harts; k++) {
                RiscvVcpu v = m.vcpus[k];
                v.registers().write(hv.api.riscv.RiscvRegister.PC, BASE);
                v.registers().write(18, m.symbol("words"));
                threads[k] = Thread.ofPlatform().start(() -> {
                    hv.api.vcpu.Budget b = new hv.api.vcpu.Budget();
                    do {
                        v.run(b.set(1_000_000, 10_000));
                    } while (v.exit().view() instanceof ExitView.SliceEnd);
                    if (!(v.exit().view() instanceof ExitView.FirmwareCall)) {
                        failure[0] = new AssertionError(v.exit().view().label());
                    }
                });
            }
            for (Thread t : threads) {
                t.join();
            }
            assertEquals(null, failure[0]);
            assertEquals(20000L * harts, m.ram.segment().get(ValueLayout.JAVA_LONG, m.symbol("sum") - BASE));
            assertEquals(2L * 20000 * harts, m.ram.segment().get(ValueLayout.JAVA_LONG, m.symbol("words") - BASE));
        }
    }

    @Test
    void codeThatOneHartChangesIsSeenByAnotherAfterItsFence() throws Exception {
        try (BareMachine m = new BareMachine(2, false)) {
            m.load("""
                reader: call patch
                        ecall
                        j    reader
                writer: la   s0, patch
                        sw   s1, 0(s0)
                        ecall
                        j    writer
                        .balign 4096
                patch:  li   a0, 0
                        ret
                """);
            RiscvVcpu writer = m.vcpus[1];
            hv.api.vcpu.Budget b = new hv.api.vcpu.Budget();
            writer.registers().write(hv.api.riscv.RiscvRegister.PC, m.symbol("writer"));
            for (int round = 0; round < 50; round++) {
                writer.registers().write(9, 0x00000513L | (long) round << 20);
                writer.run(b.set(1_000_000_000, 10_000));
                assertInstanceOf(ExitView.FirmwareCall.class, writer.exit().view());
                writer.exit().completion().pair(0, 0);
                long ticket = m.vcpu.request(Request.FENCE_I);
                assertTrue(m.vcpu.acknowledged(ticket), "a hart that is out needs no waiting");
                m.toCall();
                assertEquals(round, m.hart.x[10]);
                m.exit().completion().pair(0, 0);
            }
        }
    }

    @Test
    void requestsToARunningHartAreAcknowledged() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.load("spin: addi s0, s0, 1\n j spin\n");
            Thread t = Thread.ofPlatform().start(() -> m.run(Long.MAX_VALUE));
            for (int k = 0; k < 1000; k++) {
                long ticket = m.vcpu.request(k % 2 == 0 ? Request.FLUSH_TLB : Request.FENCE_I);
                while (!m.vcpu.acknowledged(ticket)) {
                    Thread.onSpinWait();
                }
            }
            m.vcpu.kick();
            while (t.isAlive()) {
                m.vcpu.kick();
                t.join(10);
            }
        }
    }

    @Test
    void aReservationEndsWithTheTurn() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.load("""
                        la   s0, word
                        li   s1, 1000
                        lr.w t0, (s0)
                1:      pause
                        addi s1, s1, -1
                        bnez s1, 1b
                        sc.w a0, s0, (s0)
                        lr.w t0, (s0)
                        sc.w a1, s0, (s0)
                        ecall
                        .balign 4096
                word:   .word 0
                """);
            assertInstanceOf(ExitView.SliceEnd.class, m.run(Long.MAX_VALUE));
            for (int turns = 0; m.run(Long.MAX_VALUE) instanceof ExitView.SliceEnd; turns++) {
                assertTrue(turns < 10, "it gets on");
            }
            assertEquals(1, m.hart.x[10], "what was reserved before the turn's end is lost");
            assertEquals(0, m.hart.x[11]);
        }
    }

    @Test
    void aHartThatSpinsGivesItsTurnUp() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.load("spin: pause\n addi s0, s0, 1\n j spin\n");
            long before = System.nanoTime();
            ExitView end = m.run(Long.MAX_VALUE);
            assertInstanceOf(ExitView.SliceEnd.class, end);
            assertTrue(System.nanoTime() - before < 30_000_000_000L, "it came back long before its minute was over");
            long spun = m.hart.x[8];
            assertTrue(spun >= 500 && spun < 600, "after " + spun + " rounds");
            // A budget of instructions stays exact.
            long retired = m.hart.instret;
            m.run(10_000);
            assertEquals(retired + 10_000, m.hart.instret);
        }
    }

    @Test
    void aSavedHartGoesOnElsewhere() throws Exception {
        String source = """
                    li   t0, 0x6000
                    csrs sstatus, t0
                    li   s0, 1
                    fcvt.d.l fa0, s0
            loop:   fadd.d fa0, fa0, fa0
                    addi s0, s0, 3
                    csrw sscratch, s0
                    j    loop
            """;
        try (BareMachine one = new BareMachine(); BareMachine two = new BareMachine()) {
            one.load(source).run(1003);
            two.load(source);
            one.vcpu.setInterrupt(9, true);
            StateImage image = StateImage.of(one.vcpu);
            image.into(two.vcpu);
            two.vcpu.wake();
            assertArrayEquals(image.toBytes(), StateImage.of(two.vcpu).toBytes());
            one.run(500);
            two.run(500);
            assertArrayEquals(StateImage.of(one.vcpu).toBytes(), StateImage.of(two.vcpu).toBytes());
            assertEquals(Csr.SEIP, two.hart.lines());
        }
    }

    @Test
    void aStateThatNoHartCanHaveIsRefusedAndChangesNothing() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.load("li s0, 5\n ecall\n").toCall();
            StateImage before = StateImage.of(m.vcpu);
            hv.api.riscv.HartState good = m.hart.state();
            long[] csr = good.csr().clone();
            csr[2 * 2 + 1] = -1;
            hv.api.riscv.HartState bad = new hv.api.riscv.HartState(good.x(), good.f(), good.pc(), good.mode(), csr, 0, 0, false);
            assertThrows(StateException.class, () -> m.hart.restore(bad), "sie has bits that cannot be set");
            assertThrows(StateException.class, () -> m.hart.restore(new hv.api.riscv.HartState(good.x(), good.f(), good.pc(), 3, good.csr(), 0, 0,
                false)), "there is no machine mode");
            assertThrows(StateException.class, () -> m.hart.restore(new hv.api.riscv.HartState(good.x(), good.f(), good.pc(), 1, good.csr(), 0, 1 << 5,
                false)), "the timer is no line");
            assertArrayEquals(before.toBytes(), StateImage.of(m.vcpu).toBytes());
        }
    }
}
