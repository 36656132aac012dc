package hv.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.memory.Access;
import hv.api.memory.GuestMemoryFault;
import hv.api.memory.Lease;
import hv.api.memory.PageAttribute;
import hv.api.memory.RamRegion;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GuestRamTest {
    private static final long BASE = 0x8000_0000L;
    private static final int PAGE = 4096;
    private GuestRam ram;

    @BeforeEach
    void map() throws Exception {
        ram = new GuestRam(new RamRegion(BASE, 1 << 20));
    }

    @AfterEach
    void unmap() {
        ram.close();
    }

    private void write(long gpa, int lenBytes) throws GuestMemoryFault {
        try (Lease l = ram.lend(gpa, lenBytes, Access.WRITE)) {
            l.segment().fill((byte) 1);
        }
    }

    private List<Integer> harvest() {
        TreeSet<Integer> pages = new TreeSet<>();
        ram.harvest(1, pages::add);
        return List.copyOf(pages);
    }

    @Test
    void nothingOutsideTheRegionIsEverLent() {
        for (long gpa : new long[] {0, BASE - 1, BASE + (1 << 20), BASE + (1 << 20) - 1, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThrows(GuestMemoryFault.class, () -> ram.lend(gpa, 2, Access.READ), Long.toHexString(gpa));
        }
        assertThrows(GuestMemoryFault.class, () -> ram.lend(BASE, 0, Access.READ));
        assertThrows(GuestMemoryFault.class, () -> ram.lend(BASE, -1, Access.READ));
        assertThrows(GuestMemoryFault.class, () -> ram.lend(BASE, Integer.MAX_VALUE, Access.READ));
        assertFalse(ram.isRam(BASE, Long.MAX_VALUE));
        assertTrue(ram.isRam(BASE, 1 << 20));
    }

    @Test
    void aReadLeaseCannotWrite() throws Exception {
        try (Lease l = ram.lend(BASE, 8, Access.READ)) {
            assertThrows(IllegalArgumentException.class, () -> l.segment().set(ValueLayout.JAVA_BYTE, 0, (byte) 1));
        }
    }

    @Test
    void aWriteLeaseIsDeadAfterItsClose() throws Exception {
        Lease l = ram.lend(BASE, 8, Access.WRITE);
        l.close();
        assertThrows(IllegalStateException.class, l::segment);
    }

    @Test
    void theLogHasExactlyThePagesWrittenSinceTheLastHarvest() throws Exception {
        write(BASE, 8);
        ram.startLog();
        assertEquals(List.of(), harvest());
        write(BASE + 3 * PAGE - 4, 8);
        write(BASE + 200 * PAGE, PAGE);
        assertEquals(List.of(2, 3, 200), harvest());
        assertEquals(List.of(), harvest());
        write(BASE + 2 * PAGE, 1);
        assertEquals(List.of(2), harvest());
        write(BASE + 5 * PAGE, 1);
        ram.stopLog();
        assertEquals(List.of(), harvest());
    }

    @Test
    void writersAreToldWhenPagesBecomeLogged() throws Exception {
        int[] told = {0};
        ram.addAttributeListener(() -> told[0]++);
        ram.startLog();
        assertEquals(1, told[0]);
        write(BASE, 1);
        harvest();
        assertEquals(2, told[0]);
        harvest();
        assertEquals(2, told[0], "nothing was gained");
    }

    @Test
    void aDevicesStoreIntoCodeIsToldOnceAfterTheStore() throws Exception {
        List<Integer> told = new ArrayList<>();
        ram.addCodeListener(p -> {
            assertEquals(1, ram.segment().get(ValueLayout.JAVA_BYTE, 7L * PAGE), "the store is visible");
            told.add(p);
        });
        ram.mark(7, PageAttribute.CODE);
        write(BASE + 7 * PAGE, 1);
        write(BASE + 7 * PAGE, 1);
        assertEquals(List.of(7), told);
        assertEquals(0, ram.attributes(7));
    }

    @Test
    void zeroedRamIsGivenBackAndItsCodeForgotten() throws Exception {
        List<Integer> told = new ArrayList<>();
        ram.addCodeListener(told::add);
        write(BASE + 9 * PAGE, PAGE);
        ram.mark(9, PageAttribute.CODE);
        ram.zero();
        assertEquals(List.of(9), told);
        assertEquals(0, ram.segment().get(ValueLayout.JAVA_BYTE, 9L * PAGE));
    }
}
