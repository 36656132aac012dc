package hv.bench.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class GuestLogTest {
    private final GuestLog log = new GuestLog();
    private long millis;

    /** Each line arrives 100 ms after the one before, of which the emulator computed 50 ms. */
    private void lines(String... lines) {
        for (String line : lines) {
            millis += 100;
            log.line(line, new Stamp(millis * 1_000_000, millis * 500_000));
        }
    }

    private static Program program(String name) {
        return Program.ALL.stream().filter(p -> p.name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void aProgramsPartHasItsScoreTimesAndCheckValue() {
        lines("BOOT-OK 1.23 0.00", "@S sha256", "@E sha256 81.5 MB/s secs 0.7853", "sha256 0123456789abcdef", "ALL-DONE 3.00 0.00");
        Section s = log.sections().get(program("sha256"));
        assertEquals(81.5, s.score());
        assertEquals("MB/s", s.unit());
        assertEquals(0.7853, s.guestSeconds());
        assertEquals(0.1, s.wallSeconds(), 1e-12);
        assertEquals(0.05, s.cpuSeconds(), 1e-12);
        assertEquals(Optional.of("sha256 0123456789abcdef"), s.check());
        assertEquals(100_000_000, log.boot().orElseThrow().wallNanos());
        assertTrue(log.isDone());
    }

    @Test
    void theShellsLoopIsTimedByTheGuestsUptime() {
        lines("@S shloop", "@E shloop 10.50 0.00 12.50 0.00 N=20000");
        assertEquals(10_000, log.sections().get(program("shloop")).score(), 1e-9);
    }

    @Test
    void twoProgramsWithOneCheckWordKeepTheirOwnValues() {
        lines("@S chase64M", "@E chase64M 200 ns/load secs 0.1", "chase 3", "@S chase1M", "@E chase1M 9 ns/load secs 0.1", "chase 5");
        assertEquals(Optional.of("chase 3"), log.sections().get(program("chase")).check());
        assertEquals(Optional.of("chase 5"), log.sections().get(program("chase1")).check());
    }

    @Test
    void escapesCarriageReturnsAndKernelMessagesBeforeAMarkerAreLookedThrough() {
        lines("\u001b[6n@S lz\r", "[    9.1] random: x@E lz 70 MB/s secs 0.1\r", "lz 481234 0\r");
        assertEquals(Optional.of("lz 481234 0"), log.sections().get(program("lz")).check());
    }

    @Test
    void aCheckWordBeforeTheEndOfItsPartIsNoCheckValue() {
        lines("@S lz", "lz 1 0", "@E lz 70 MB/s secs 0.1");
        assertEquals(Optional.empty(), log.sections().get(program("lz")).check());
    }

    @Test
    void anEndWithoutItsBeginCountsForNothing() {
        lines("@E sha256 1 MB/s secs 1", "@S nbody", "@E matmul 1 MFLOPS secs 1");
        assertTrue(log.sections().isEmpty());
        assertFalse(log.isDone());
    }

    @Test
    void brokenNumbersAreNoNumbersAndEndNothingElse() {
        lines("@S lz", "@E lz ee.. MB/s secs 1", "@S shloop", "@E shloop 5 0 5 0 N=100");
        assertTrue(Double.isNaN(log.sections().get(program("lz")).score()));
        assertTrue(Double.isNaN(log.sections().get(program("shloop")).score()));
    }

    @Test
    void countersBelongToThePartBetweenWhoseLinesTheyCame() {
        log.counters(new Counters(1, 100, 0, 0, 0, 0));
        lines("@S intloop");
        log.counters(new Counters(2, 150, 0, 0, 0, 0));
        log.counters(new Counters(3, 400, 0, 0, 0, 0));
        lines("@E intloop 5 loops/s secs 1");
        log.counters(new Counters(4, 900, 0, 0, 0, 0));
        Section s = log.sections().get(program("intloop"));
        assertEquals(3, s.counters().size());
        // 300 instructions in 50 ms of CPU time.
        assertEquals(6000, Bench.rate(s).orElseThrow(), 1e-6);
    }

    @Test
    void theClockIsReadFromSleepAndTicks() {
        lines("@S sleep10", "@E sleep10 0.99 s/s secs 10.0001", "@T 12000000000", "@T 12100000001", "@T x");
        assertEquals(0.1, log.tenSecondsOfSleep().orElseThrow(), 1e-12);
        assertEquals(2, log.ticks().size());
        assertEquals(new GuestLog.Tick(12_100_000_001L, 400_000_000), log.ticks().getLast());
    }

    @Test
    void everyLineThatIsTimedIsAMarker() {
        for (String line : new String[] {"BOOT-OK 1 1", "@S lz", "@E lz 1 x secs 1", "ALL-DONE 1 1", "@hv-42"}) {
            assertTrue(GuestLog.isMarker(line), line);
        }
        assertFalse(GuestLog.isMarker("[    0.000000] Booting Linux"));
    }

    @Test
    void aProgramThatGivesUpIsQuoted() {
        lines("@S sha256", "Illegal instruction", "@S lz", "@E lz 70 MB/s secs 0.1", "lz 1 0", "@S nbody", "Killed", "ALL-DONE 1 1");
        assertEquals("Illegal instruction", log.lastWords(program("sha256")));
        assertEquals("Killed", log.lastWords(program("nbody")));
        assertEquals("", log.lastWords(program("lz")));
        assertEquals(Optional.of("lz 1 0"), log.sections().get(program("lz")).check());
        assertEquals(1, log.sections().size());
    }
}
