package hv.bench.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final Program SHA = Program.ofMarker("sha256").orElseThrow();
    private static final Program LOOP = Program.ofMarker("intloop").orElseThrow();
    private static final String RIGHT = "sha256 0123456789abcdef";

    private static GuestLog log(String marker, long cpuMillis, String check) {
        GuestLog log = new GuestLog();
        log.line("@S " + marker, new Stamp(0, 0));
        log.line("@E " + marker + " 10 MB/s secs 1", new Stamp(2 * cpuMillis * 1_000_000, cpuMillis * 1_000_000));
        log.line(check, new Stamp(0, -1));
        return log;
    }

    private static Comparison compare(List<Program> programs, List<GuestLog> ours, List<GuestLog> peer) {
        Map<String, List<GuestLog>> runs = new LinkedHashMap<>();
        // The peer first: the order of the runs says nothing about whose figures they are.
        runs.put("QEMU", peer);
        runs.put("hv", ours);
        return Comparison.of(programs, runs);
    }

    @Test
    void theRatioIsThatOfMedianCpuTimes() {
        Comparison c = compare(List.of(SHA), List.of(log("sha256", 900, RIGHT), log("sha256", 1000, RIGHT), log("sha256", 9000, RIGHT)),
                List.of(log("sha256", 100, RIGHT), log("sha256", 200, RIGHT), log("sha256", 50, RIGHT)));
        assertEquals(0.1, c.rows().getFirst().ratio().orElseThrow(), 1e-9);
        assertEquals(1.0, c.rows().getFirst().ours().orElseThrow().cpuSeconds(), 1e-9);
        assertTrue(c.faults().isEmpty());
    }

    @Test
    void differentCheckValuesAreAFault() {
        Comparison c = compare(List.of(SHA), List.of(log("sha256", 10, "sha256 0123456789abcdee")), List.of(log("sha256", 10, RIGHT)));
        assertFalse(c.rows().getFirst().right());
        assertTrue(c.faults().getFirst().contains("different check values"), c.faults().toString());
    }

    @Test
    void aCheckValueThatIsWrongEverywhereIsAFaultToo() {
        Program smc = Program.ofMarker("smc").orElseThrow();
        Comparison c = compare(List.of(smc), List.of(log("smc", 10, "smc WRONG")), List.of(log("smc", 10, "smc WRONG")));
        assertEquals(2, c.faults().size(), c.faults().toString());
    }

    @Test
    void aProgramWithoutItsEndOrItsCheckValueIsAFault() {
        assertTrue(compare(List.of(SHA), List.of(new GuestLog()), List.of(log("sha256", 10, RIGHT))).faults().getFirst().contains("did not finish on hv in 1 of 1"));
        assertTrue(compare(List.of(SHA), List.of(log("sha256", 10, "Illegal instruction")), List.of(log("sha256", 10, RIGHT))).faults().getFirst().contains("(none)"));
    }

    @Test
    void onlyProgramsOfGuestBenchCountInTheMean() {
        Comparison c = compare(List.of(LOOP), List.of(log("intloop", 100, "intloop ab")), List.of(log("intloop", 10, "intloop ab")));
        assertTrue(c.rows().getFirst().ratio().isPresent());
        assertTrue(c.ratios().isEmpty());
    }

    @Test
    void noTimeAtAllStillHasARatio() {
        Comparison c = compare(List.of(SHA), List.of(log("sha256", 100, RIGHT)), List.of(log("sha256", 0, RIGHT)));
        assertTrue(c.ratios().getFirst() > 0);
    }

    @Test
    void withoutAPeerThereAreFiguresButNoRatio() {
        Comparison c = Comparison.of(List.of(SHA), Map.of("hv", List.of(log("sha256", 100, RIGHT))));
        assertTrue(c.rows().getFirst().ours().isPresent());
        assertTrue(c.ratios().isEmpty());
        assertTrue(c.faults().isEmpty());
    }
}
