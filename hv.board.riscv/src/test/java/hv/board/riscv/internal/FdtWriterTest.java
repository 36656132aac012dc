package hv.board.riscv.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FdtWriterTest {

    @Test
    void whatIsWrittenIsReadBack() {
        byte[] blob = new FdtWriter().reserve(0x8000_0000L, 0x1000).begin("").cells("#address-cells", 2).strings("model", "a", "bc")
                .begin("n@1").flag("dma-coherent").bytes("raw", new byte[] {1, 2, 3, 4, 5}).longs("reg", 0x1_0000_0002L, 3)
                .cells("#address-cells", -1).end().begin("n@2").end().end().toBytes(3);

        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("reserve0", "80000000+1000");
        expected.put("/", "");
        expected.put("/#address-cells", "00000002");
        expected.put("/model", "61006263" + "00");
        expected.put("/n@1/", "");
        expected.put("/n@1/dma-coherent", "");
        expected.put("/n@1/raw", "0102030405");
        expected.put("/n@1/reg", "00000001000000020000000000000003");
        expected.put("/n@1/#address-cells", "ffffffff");
        expected.put("/n@2/", "");
        assertEquals(expected, FdtReader.read(blob));
        assertEquals(3, ByteBuffer.wrap(blob).getInt(28));
    }

    @Test
    void aPropertyNameIsStoredOnce() {
        byte[] once = new FdtWriter().begin("").begin("a").cells("reg", 1).end().begin("b").end().end().toBytes(0);
        byte[] twice = new FdtWriter().begin("").begin("a").cells("reg", 1).end().begin("b").cells("reg", 1).end().end().toBytes(0);
        assertEquals(once.length + 16, twice.length);
    }

    @Test
    void theSameTreeGivesTheSameBytes() {
        assertArrayEquals(new FdtWriter().begin("").end().toBytes(0), new FdtWriter().begin("").end().toBytes(0));
    }

    @Test
    void aTreeOutOfOrderIsRefused() {
        assertThrows(IllegalStateException.class, () -> new FdtWriter().begin("root"));
        assertThrows(IllegalStateException.class, () -> new FdtWriter().end());
        assertThrows(IllegalStateException.class, () -> new FdtWriter().flag("x"));
        assertThrows(IllegalStateException.class, () -> new FdtWriter().toBytes(0));
        assertThrows(IllegalStateException.class, () -> new FdtWriter().begin("").toBytes(0));
        assertThrows(IllegalStateException.class, () -> new FdtWriter().begin("").end().begin(""));
        assertThrows(IllegalStateException.class, () -> new FdtWriter().begin("").begin("a").end().flag("late"));
        assertThrows(IllegalStateException.class, () -> new FdtWriter().begin("").begin("a").end().begin("a"));
        assertThrows(IllegalStateException.class, () -> new FdtWriter().begin("").flag("a").flag("a"));
        assertThrows(IllegalStateException.class, () -> new FdtWriter().begin("").flag("a b"));
        assertThrows(IllegalStateException.class, () -> new FdtWriter().begin("").begin("a/b"));
        assertThrows(IllegalStateException.class, () -> new FdtWriter().begin("").strings("a", "x\0y"));
        assertThrows(IllegalStateException.class, () -> new FdtWriter().reserve(0, 0));
    }
}
