package hv.bench.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProcessUseTest {
    @BeforeEach
    void needsProc() {
        Assumptions.assumeTrue(Files.isReadable(Path.of("/proc/self/smaps_rollup")), "this host has no /proc/PID/smaps_rollup");
    }

    @Test
    void aNameWithBlanksAndParenthesesShiftsNoField() {
        String tail = " S 1 1 1 0 -1 4194560 5 1 0 2 150 26 9 9 20 0 1 0 244 5 9";
        assertEquals(1_760_000_000L, ProcessUse.statNanos("77 (a) b (c))" + tail));
    }

    @Test
    void cpuTimeNeverFalls() throws Exception {
        ProcessUse self = new ProcessUse(ProcessHandle.current().pid());
        long before = self.cpuNanos();
        Thread shortLived = Thread.ofPlatform().start(() -> assertTrue(Long.numberOfTrailingZeros(1L << 40) == 40));
        shortLived.join();
        assertTrue(before > 0);
        assertTrue(self.cpuNanos() >= before);
    }

    @Test
    void aProcessThatIsGoneCountsWithWhatWasSeen() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        assertEquals(0, new ProcessUse(gone.pid()).cpuNanos());
    }

    @Test
    void residentBytesAreReadFromTheRollup() throws Exception {
        assertEquals(4076 * 1024, ProcessUse.rssBytes("5576-7ffd ---p 0 00:00 0 [rollup]\nRss:                4076 kB\nPss:     787 kB\n"));
        assertThrows(BenchException.class, () -> ProcessUse.rssBytes("Pss: 1 kB\n"));
        assertTrue(new ProcessUse(ProcessHandle.current().pid()).residentBytes() > 1 << 20);
    }
}
