package hv.engine.riscv.internal;

import hv.api.HvException;
import hv.api.riscv.RiscvRegister;
import hv.api.vcpu.Budget;
import hv.api.vcpu.ExitView;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A litmus test: a few instructions for each of several harts, run many times on host threads of their own, and what they saw.
 * <pre>
 *   x, y, z    words in cache lines of their own, fresh and 0 for every round: 0(s4), 0(s5), 0(s6)
 *   s7 = 1, s8 = 2        a0, a1: what a hart saw       t3 .. t6: for its own ends
 * </pre>
 * Rounds begin together, as far as a bounded wait can bring that about, and a few instructions apart, differently each time. Every
 * interleaving is a fair one: harts that do not meet only see less.
 */
final class Litmus {
    /** Rounds between looks at the results. */
    private static final int BATCH = 2048;
    private static final int STRIDE = 512;
    private static final int Y = 128;
    private static final int Z = 256;
    private static final long VARIABLES = 1 << 20;
    private static final long RESULTS = 8 << 20;
    private static final long RESULTS_OF_A_HART = 1 << 20;

    private final String name;
    private final String[] harts;

    /** @param harts what each hart does */
    Litmus(String name, String... harts) {
        this.name = name;
        this.harts = harts;
    }

    String name() {
        return name;
    }

    /** Told after each batch how often what was seen; says whether that is enough. */
    interface Until {
        boolean enough(int rounds, Map<String, Integer> seen);
    }

    /**
     * Runs batches until there were enough.
     *
     * @return by outcome, how often: the registers of each hart, and the variables at the end, as {@code "1,0 0,0 x=1 y=1 z=0"}
     */
    Map<String, Integer> run(Until until) throws HvException, InterruptedException {
        Map<String, Integer> seen = new TreeMap<>();
        try (BareMachine m = new BareMachine(harts.length, false)) {
            m.load(program());
            int rounds = 0;
            do {
                m.ram.segment().asSlice(VARIABLES, (long) STRIDE * BATCH).fill((byte) 0);
                m.ram.segment().set(ValueLayout.JAVA_LONG, m.symbol("barrier") - BareMachine.BASE, 0);
                batch(m, rounds);
                collect(m.ram.segment(), seen);
                rounds += BATCH;
            } while (!until.enough(rounds, seen));
        }
        return seen;
    }

    private void batch(BareMachine m, int seed) throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread[] threads = new Thread[harts.length];
        for (int h = 0; h < harts.length; h++) {
            RiscvVcpu v = m.vcpus[h];
            v.retry();
            v.registers().write(RiscvRegister.PC, m.symbol("hart" + h));
            // s10: what makes the harts' small delays differ from round to round.
            v.registers().write(26, 0x9E3779B97F4A7C15L * (seed + h + 1));
            threads[h] = Thread.ofPlatform().name("litmus-" + h).start(() -> {
                Budget budget = new Budget();
                do {
                    v.run(budget.set(1_000_000_000, Long.MAX_VALUE));
                } while (v.exit().view() instanceof ExitView.SliceEnd);
                if (!(v.exit().view() instanceof ExitView.FirmwareCall)) {
                    failure.set(new AssertionError(name + " left with " + v.exit().view().label()));
                }
            });
        }
        for (Thread t : threads) {
            t.join();
        }
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
    }

    private void collect(MemorySegment ram, Map<String, Integer> seen) {
        for (int k = 0; k < BATCH; k++) {
            StringBuilder b = new StringBuilder();
            for (int h = 0; h < harts.length; h++) {
                long at = RESULTS + h * RESULTS_OF_A_HART + 16L * k;
                b.append(ram.get(ValueLayout.JAVA_LONG, at)).append(',').append(ram.get(ValueLayout.JAVA_LONG, at + 8)).append(' ');
            }
            long at = VARIABLES + (long) STRIDE * k;
            b.append("x=").append(ram.get(ValueLayout.JAVA_INT, at)).append(" y=").append(ram.get(ValueLayout.JAVA_INT, at + Y)).append(" z=")
                .append(ram.get(ValueLayout.JAVA_INT, at + Z));
            seen.merge(b.toString(), 1, Integer::sum);
        }
    }

    private String program() {
        StringBuilder b = new StringBuilder();
        for (int h = 0; h < harts.length; h++) {
            b.append("""
                hart@:  li   s0, @VARIABLES
                        li   s1, @RESULTS
                        la   s2, barrier
                        li   s3, 0
                        li   s7, 1
                        li   s8, 2
                        li   s11, @BATCH
                round@: mv   s4, s0
                        addi s5, s0, @Y
                        addi s6, s0, @Z
                        li   a0, 0
                        li   a1, 0
                        # Every variable is in every hart's cache, so that stores take longer than loads.
                        lw   t0, 0(s4)
                        lw   t0, 0(s5)
                        lw   t0, 0(s6)
                        addi s3, s3, @HARTS
                        amoadd.d t0, s7, (s2)
                        li   t1, 300
                wait@:  ld   t0, 0(s2)
                        bgeu t0, s3, delay@
                        addi t1, t1, -1
                        bnez t1, wait@
                delay@: slli t0, s10, 13
                        xor  s10, s10, t0
                        srli t0, s10, 7
                        xor  s10, s10, t0
                        slli t0, s10, 17
                        xor  s10, s10, t0
                        andi t0, s10, 7
                late@:  addi t0, t0, -1
                        bgez t0, late@
                """.replace("@VARIABLES", Long.toString(BareMachine.BASE + VARIABLES))
                .replace("@RESULTS", Long.toString(BareMachine.BASE + RESULTS + h * RESULTS_OF_A_HART))
                .replace("@BATCH", Integer.toString(BATCH)).replace("@HARTS", Integer.toString(harts.length))
                .replace("@Y", Integer.toString(Y)).replace("@Z", Integer.toString(Z)).replace("@", Integer.toString(h)));
            for (String instruction : harts[h].split(";")) {
                b.append("        ").append(instruction.strip()).append('\n');
            }
            b.append("""
                        sd   a0, 0(s1)
                        sd   a1, 8(s1)
                        addi s0, s0, @STRIDE
                        addi s1, s1, 16
                        addi s11, s11, -1
                        bnez s11, round@
                        ecall
                """.replace("@STRIDE", Integer.toString(STRIDE)).replace("@", Integer.toString(h)));
        }
        // Code on pages of its own: stores next to it would be slow ones.
        return b + "        .balign 4096\nbarrier: .dword 0\n";
    }
}
