package hv.engine.riscv.internal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What harts on several host threads may see of each other: RISC-V's memory consistency model, RVWMO (unprivileged specification (20240411),
 * chapter 17 and appendix A), by the field's litmus tests, in their usual names. Outcomes that are allowed are reported, not asked for: on a
 * host with total store order most need not occur.
 */
class LitmusTest {
    private static final int ROUNDS = 32_768;
    private static final int ROUNDS_OF_THE_FULL_RUN = 500_000;
    private static final int MOST_ROUNDS = 2_000_000;

    /** @param forbidden a pattern of the outcome that RVWMO forbids */
    private record Case(Litmus litmus, Pattern forbidden) {
        static Case of(String name, String forbidden, String... harts) {
            return new Case(new Litmus(name, harts), Pattern.compile(forbidden));
        }

        @Override
        public String toString() {
            return litmus.name();
        }
    }

    private static final String WRITE_X_Y = "sw s7, 0(s4) ; # ; sw s7, 0(s5)";
    private static final String READ_Y_X = "lw a0, 0(s5) ; # ; lw a1, 0(s4)";
    private static final String READ_X_Y = "lw a0, 0(s4) ; # ; lw a1, 0(s5)";

    private static String with(String code, String between) {
        return code.replace("#", between);
    }

    static Stream<Case> forbidden() {
        String writer = "0,0 ";
        return Stream.of(
            // Message passing: whoever sees the flag sees the data.
            Case.of("MP+fence.w.w+fence.r.r", writer + "1,0 .*", with(WRITE_X_Y, "fence w, w"), with(READ_Y_X, "fence r, r")),
            Case.of("MP+fences", writer + "1,0 .*", with(WRITE_X_Y, "fence rw, rw"), with(READ_Y_X, "fence rw, rw")),
            Case.of("MP+fence.tsos", writer + "1,0 .*", with(WRITE_X_Y, ".word 0x8330000f"), with(READ_Y_X, ".word 0x8330000f")),
            Case.of("MP+fence.rw.w+fence.r.rw", writer + "1,0 .*", with(WRITE_X_Y, "fence rw, w"), with(READ_Y_X, "fence r, rw")),
            Case.of("MP+amoswap.rl+amoor.aq", writer + "1,0 .*", "sw s7, 0(s4) ; amoswap.w.rl t3, s7, (s5)",
                "amoor.w.aq a0, zero, (s5) ; lw a1, 0(s4)"),
            Case.of("MP+amoswap.rl+lr.aq", writer + "1,0 .*", "sw s7, 0(s4) ; amoswap.w.rl t3, s7, (s5)", "lr.w.aq a0, (s5) ; lw a1, 0(s4)"),
            Case.of("MP+sc.rl+lr.aq", "[01],0 1,0 .* y=1 .*", "sw s7, 0(s4) ; lr.w t3, (s5) ; sc.w.rl a0, s7, (s5)", "lr.w.aq a0, (s5) ; lw a1, 0(s4)"),
            Case.of("MP+fence.w.w+addr", writer + "1,0 .*", with(WRITE_X_Y, "fence w, w"),
                "lw a0, 0(s5) ; xor t3, a0, a0 ; add t3, t3, s4 ; lw a1, 0(t3)"),
            Case.of("MP+fence.w.w+ctrl+fence.i", writer + "1,0 .*", with(WRITE_X_Y, "fence w, w"),
                "lw a0, 0(s5) ; bnez a0, 7f ; 7: fence.i ; fence r, r ; lw a1, 0(s4)"),
            // Store buffering: one of two harts sees the other's store.
            Case.of("SB+fences", "0,0 0,0 .*", "sw s7, 0(s4) ; fence rw, rw ; lw a0, 0(s5)", "sw s7, 0(s5) ; fence rw, rw ; lw a0, 0(s4)"),
            Case.of("SB+fence.w.rs", "0,0 0,0 .*", "sw s7, 0(s4) ; fence w, r ; lw a0, 0(s5)", "sw s7, 0(s5) ; fence w, r ; lw a0, 0(s4)"),
            Case.of("SB+amoswap.aqrls", "0,0 0,0 .*", "amoswap.w.aqrl t3, s7, (s4) ; lw a0, 0(s5)", "amoswap.w.aqrl t3, s7, (s5) ; lw a0, 0(s4)"),
            Case.of("SB+amoswap.rl+lr.aq", "0,0 0,0 .*", "amoswap.w.rl t3, s7, (s4) ; lr.w.aq a0, (s5)", "amoswap.w.rl t3, s7, (s5) ; lr.w.aq a0, (s4)"),
            Case.of("SB+lr.aqrls", "0,0 0,0 .*", "sw s7, 0(s4) ; lr.w.aqrl a0, (s5)", "sw s7, 0(s5) ; lr.w.aqrl a0, (s4)"),
            Case.of("SB+sc.rl+lr.aq", "0,0 0,0 .*", "lr.w t3, (s4) ; sc.w.rl a1, s7, (s4) ; lr.w.aq a0, (s5)",
                "lr.w t3, (s5) ; sc.w.rl a1, s7, (s5) ; lr.w.aq a0, (s4)"),
            // Load buffering: nobody sees what depends on what he sees.
            Case.of("LB+fence.r.ws", "1,0 1,0 .*", "lw a0, 0(s4) ; fence r, w ; sw s7, 0(s5)", "lw a0, 0(s5) ; fence r, w ; sw s7, 0(s4)"),
            Case.of("LB+datas", "1,0 1,0 .*", "lw a0, 0(s4) ; xor t3, a0, a0 ; addi t3, t3, 1 ; sw t3, 0(s5)",
                "lw a0, 0(s5) ; xor t3, a0, a0 ; addi t3, t3, 1 ; sw t3, 0(s4)"),
            Case.of("LB+ctrls", "1,0 1,0 .*", "lw a0, 0(s4) ; bnez a0, 7f ; 7: sw s7, 0(s5)", "lw a0, 0(s5) ; bnez a0, 7f ; 7: sw s7, 0(s4)"),
            Case.of("LB+amo.aq+amo.rl", "1,0 1,0 .*", "amoor.w.aq a0, zero, (s4) ; sw s7, 0(s5)", "lw a0, 0(s5) ; amoswap.w.rl t3, s7, (s4)"),
            // Independent reads of independent writes: all see the same order.
            Case.of("IRIW+fence.r.rs", "0,0 0,0 1,0 1,0 .*", "sw s7, 0(s4)", "sw s7, 0(s5)", with(READ_X_Y, "fence r, r"), with(READ_Y_X, "fence r, r")),
            Case.of("IRIW+fences", "0,0 0,0 1,0 1,0 .*", "sw s7, 0(s4)", "sw s7, 0(s5)", with(READ_X_Y, "fence rw, rw"), with(READ_Y_X, "fence rw, rw")),
            Case.of("IRIW+lr.aqs", "0,0 0,0 1,0 1,0 .*", "sw s7, 0(s4)", "sw s7, 0(s5)", "lr.w.aq a0, (s4) ; lr.w.aq a1, (s5)",
                "lr.w.aq a0, (s5) ; lr.w.aq a1, (s4)"),
            Case.of("IRIW+addrs", "0,0 0,0 1,0 1,0 .*", "sw s7, 0(s4)", "sw s7, 0(s5)", "lw a0, 0(s4) ; xor t3, a0, a0 ; add t3, t3, s5 ; lw a1, 0(t3)",
                "lw a0, 0(s5) ; xor t3, a0, a0 ; add t3, t3, s4 ; lw a1, 0(t3)"),
            // Coherence: all see the stores to one place in one order.
            Case.of("CoRR", "0,0 1,0 .*", "sw s7, 0(s4)", "lw a0, 0(s4) ; lw a1, 0(s4)"),
            Case.of("CoRR of pairs", "0,0 1,0 .*", "sd s7, 0(s4)", "ld a0, 0(s4) ; ld a1, 0(s4)"),
            Case.of("CoRR2", "0,0 0,0 (1,2 2,1|2,1 1,2) .*", "sw s7, 0(s4)", "sw s8, 0(s4)", "lw a0, 0(s4) ; lw a1, 0(s4)", "lw a0, 0(s4) ; lw a1, 0(s4)"),
            Case.of("CoRW", "2,0 0,0 x=2 .*", "lw a0, 0(s4) ; sw s7, 0(s4)", "sw s8, 0(s4)"),
            Case.of("CoRW of one's own", "1,.*", "lw a0, 0(s4) ; sw s7, 0(s4)", "lw a0, 0(s4)"),
            Case.of("CoWR", "0,0 0,0 .*", "sw s7, 0(s4) ; lw a0, 0(s4)", "sw s8, 0(s4)"),
            Case.of("CoWW", "0,0 [0-9],[0-9] x=1 .*", "sw s7, 0(s4) ; sw s8, 0(s4)", "lw a0, 0(s4) ; lw a1, 0(s4)"),
            // Aligned accesses are seen whole or not at all.
            Case.of("whole doublewords", "0,0 (?!0,|-1,).*", "li t3, -1 ; sd t3, 0(s4)", "ld a0, 0(s4)"),
            Case.of("whole words of a doubleword", "0,0 (?!0,|-4294967296,|4294967295,|-1,).*", "li t3, -1 ; sw t3, 0(s4) ; sw t3, 4(s4)", "ld a0, 0(s4)"),
            // Causality.
            Case.of("WRC+data+addr", "0,0 1,0 1,0 .*", "sw s7, 0(s4)", "lw a0, 0(s4) ; xor t3, a0, a0 ; addi t3, t3, 1 ; sw t3, 0(s5)",
                "lw a0, 0(s5) ; xor t3, a0, a0 ; add t3, t3, s4 ; lw a1, 0(t3)"),
            Case.of("ISA2+fence+data+addr", "0,0 1,0 1,0 .*", with(WRITE_X_Y, "fence w, w"), "lw a0, 0(s5) ; xor t3, a0, a0 ; addi t3, t3, 1 ; sw t3, 0(s6)",
                "lw a0, 0(s6) ; xor t3, a0, a0 ; add t3, t3, s4 ; lw a1, 0(t3)"),
            Case.of("2+2W+fences", "0,0 0,0 x=1 y=1 .*", "sw s7, 0(s4) ; fence w, w ; sw s8, 0(s5)", "sw s7, 0(s5) ; fence w, w ; sw s8, 0(s4)"),
            Case.of("S+fence.w.w+data", "0,0 1,0 x=2 .*", "sw s8, 0(s4) ; fence w, w ; sw s7, 0(s5)",
                "lw a0, 0(s5) ; xor t3, a0, a0 ; addi t3, t3, 1 ; sw t3, 0(s4)"),
            Case.of("R+fences", "0,0 0,0 .* y=2 .*", with(WRITE_X_Y, "fence rw, rw"), "sw s8, 0(s5) ; fence rw, rw ; lw a0, 0(s4)"),
            // Atomics: nothing comes between.
            Case.of("LR and SC around a store", "0,0 0,0 x=2 .*", "lr.w a0, (s4) ; sc.w a1, s8, (s4)", "sw s7, 0(s4)"),
            Case.of("two LR and SC", "0,0 0,0 .*", "lr.w a0, (s4) ; sc.w a1, s7, (s4)", "lr.w a0, (s4) ; sc.w a1, s7, (s4)"),
            Case.of("LR and SC beside AMO", "0,0 .* x=1 .*", "lr.w a0, (s4) ; addi t3, a0, 1 ; sc.w a1, t3, (s4)", "amoadd.w a0, s7, (s4)"),
            Case.of("two AMO", "0,0 0,0 .*|.* x=[01] .*", "amoadd.w a0, s7, (s4)", "amoadd.w a0, s7, (s4)"));
    }

    /** What RVWMO allows and is worth knowing of a host. */
    static Stream<Case> allowed() {
        return Stream.of(
            Case.of("MP", "0,0 1,0 .*", with(WRITE_X_Y, ""), with(READ_Y_X, "")),
            Case.of("SB+fence.tsos", "0,0 0,0 .*", "sw s7, 0(s4) ; .word 0x8330000f ; lw a0, 0(s5)", "sw s7, 0(s5) ; .word 0x8330000f ; lw a0, 0(s4)"),
            Case.of("LB", "1,0 1,0 .*", "lw a0, 0(s4) ; sw s7, 0(s5)", "lw a0, 0(s5) ; sw s7, 0(s4)"),
            Case.of("IRIW", "0,0 0,0 1,0 1,0 .*", "sw s7, 0(s4)", "sw s7, 0(s5)", with(READ_X_Y, ""), with(READ_Y_X, "")),
            Case.of("2+2W", "0,0 0,0 x=1 y=1 .*", "sw s7, 0(s4) ; sw s8, 0(s5)", "sw s7, 0(s5) ; sw s8, 0(s4)"));
    }

    private static int count(Case c, Map<String, Integer> seen) {
        Predicate<String> hit = c.forbidden.asMatchPredicate();
        return seen.entrySet().stream().filter(e -> hit.test(e.getKey())).mapToInt(Map.Entry::getValue).sum();
    }

    private static void report(Case c, Map<String, Integer> seen) {
        System.out.println("litmus " + c + ": the relaxed outcome " + count(c, seen) + " times in " + seen.values().stream().mapToInt(Integer::intValue).sum() + " rounds");
    }

    private static void holds(Case c, int least) throws Exception {
        Map<String, Integer> seen = c.litmus.run((rounds, _) -> rounds >= least);
        assertFalse(count(c, seen) > 0, c + ": a forbidden outcome among " + seen);
    }

    @ParameterizedTest
    @MethodSource("forbidden")
    void noForbiddenOutcomeIsSeen(Case c) throws Exception {
        holds(c, ROUNDS);
    }

    @ParameterizedTest
    @MethodSource("forbidden")
    @Tag("full")
    void noForbiddenOutcomeIsSeenInALongRun(Case c) throws Exception {
        holds(c, ROUNDS_OF_THE_FULL_RUN);
    }

    @ParameterizedTest
    @MethodSource("allowed")
    void allowedOutcomesAreReported(Case c) throws Exception {
        Map<String, Integer> seen = c.litmus.run((rounds, _) -> rounds >= ROUNDS);
        assertTrue(seen.values().stream().mapToInt(Integer::intValue).sum() >= ROUNDS);
        report(c, seen);
    }

    /** Every host with a store buffer shows it; that it shows here means that harts really run beside each other, and the tests above see something. */
    @Test
    void storeBufferingIsSeen() throws Exception {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "needs two host CPUs");
        Case c = Case.of("SB", "0,0 0,0 .*", "sw s7, 0(s4) ; lw a0, 0(s5)", "sw s7, 0(s5) ; lw a0, 0(s4)");
        int[] rounds = {0};
        Map<String, Integer> seen = c.litmus.run((n, soFar) -> {
            rounds[0] = n;
            return n >= MOST_ROUNDS || count(c, soFar) > 0;
        });
        assertTrue(count(c, seen) > 0, "never seen in " + rounds[0] + " rounds: " + seen);
        report(c, seen);
    }
}
