package hv.engine.riscv.internal;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import hv.api.vcpu.ExitView;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class AllocationTest {
    @Test
    void runningDecodedCodeAllocatesNothing() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.load("""
                        li   t0, 0x6000
                        csrs sstatus, t0
                        la   s0, data
                        li   s1, 0x10000000
                        la   t0, handler
                        csrw stvec, t0
                loop:   ld   t0, 0(s0)
                        addi t0, t0, 1
                        sd   t0, 0(s0)
                        ld   t1, 4093(s0)
                        amoadd.d t2, t0, (s0)
                        fcvt.d.l fa0, t0
                        fdiv.d fa0, fa0, fa0
                        fsd  fa0, 8(s0)
                        ebreak
                        sfence.vma
                        rdtime t3
                        lw   t4, 0(s1)
                        ecall
                        j    loop
                        .balign 4
                handler: csrr t5, sepc
                        addi t5, t5, 4
                        csrw sepc, t5
                        sret
                        .balign 4096
                data:   .zero 8192
                """.replace("4093(s0)", "2045(s0)"));
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long allocated = Long.MAX_VALUE;
            // The first rounds decode, and link call sites of the JDK.
            for (int round = 0; round < 20; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int n = 0; n < 2000; n++) {
                    ExitView v = m.run(1_000_000);
                    if (v instanceof ExitView.Mmio) {
                        m.exit().completion().value(n);
                    } else {
                        assertInstanceOf(ExitView.FirmwareCall.class, v);
                        m.exit().completion().pair(0, n);
                    }
                }
                allocated = Math.min(allocated, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertTrue(allocated == 0, allocated + " bytes in 2000 exits and 20000 instructions");
        }
    }
}
