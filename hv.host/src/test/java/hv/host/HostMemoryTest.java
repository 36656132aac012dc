package hv.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.HvException;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class HostMemoryTest {
    private static final int PAGE = 4096;

    @Test
    void onlyWhatIsTouchedIsResident() throws Exception {
        Assumptions.assumeTrue(System.getProperty("os.name").equals("Linux"), "only Linux tells which pages are resident");
        try (HostMemory m = HostMemory.map(64 << 20)) {
            assertEquals(0, m.residentBytes());
            for (int p = 0; p < 10; p++) {
                m.segment().set(ValueLayout.JAVA_BYTE, 100L * p * PAGE, (byte) 1);
            }
            assertEquals(10 * PAGE, m.residentBytes());
            assertEquals(10, m.touchedPages().cardinality());
            assertTrue(m.touchedPages().get(900));
            assertFalse(m.touchedPages().get(901));
        }
    }

    @Test
    void discardedPagesReadAsZeroAndAreGivenBack() throws Exception {
        try (HostMemory m = HostMemory.map(1 << 20)) {
            m.segment().fill((byte) 7);
            m.discard(PAGE, 2 * PAGE);
            assertEquals(7, m.segment().get(ValueLayout.JAVA_BYTE, PAGE - 1));
            assertEquals(0, m.segment().get(ValueLayout.JAVA_BYTE, PAGE));
            assertEquals(0, m.segment().get(ValueLayout.JAVA_BYTE, 3 * PAGE - 1));
            assertEquals(7, m.segment().get(ValueLayout.JAVA_BYTE, 3 * PAGE));
        }
    }

    @Test
    void anAccessBehindTheEndOrAfterTheCloseThrowsAndNothingElse() throws Exception {
        HostMemory m = HostMemory.map(PAGE);
        assertThrows(IndexOutOfBoundsException.class, () -> m.segment().get(ValueLayout.JAVA_BYTE, PAGE));
        m.close();
        assertThrows(IllegalStateException.class, () -> m.segment().get(ValueLayout.JAVA_BYTE, 0));
        assertEquals(0, m.residentBytes());
        m.close();
    }

    @Test
    void aMappingThatTheHostRefusesIsSaidInOneLine() {
        HvException e = assertThrows(HvException.class, () -> HostMemory.map(1L << 50));
        assertTrue(e.getMessage().contains("MiB"), e.getMessage());
        assertFalse(e.getMessage().contains("\n"));
    }
}
