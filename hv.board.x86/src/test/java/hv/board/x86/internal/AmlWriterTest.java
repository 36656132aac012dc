package hv.board.x86.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AmlWriterTest {
    private static void writes(String hex, AmlWriter aml) {
        assertEquals(hex, HexFormat.of().formatHex(aml.toBytes()));
    }

    /** As iasl 20200925 compiles them. */
    @Test
    void termsAreThoseOfTheCompiler() {
        writes("08" + "5f554944" + "00", new AmlWriter().name("_UID", 0));
        writes("08" + "5f554944" + "01", new AmlWriter().name("_UID", 1));
        writes("08" + "5f554944" + "0a02", new AmlWriter().name("_UID", 2));
        writes("08" + "5f554944" + "0b0001", new AmlWriter().name("_UID", 256));
        writes("08" + "5f554944" + "0c00000100", new AmlWriter().name("_UID", 65536));
        writes("08" + "5f554944" + "0e0000000001000000", new AmlWriter().name("_UID", 1L << 32));
        writes("08" + "5f484944" + "0c41d00501", new AmlWriter().nameEisa("_HID", "PNP0501"));
        writes("08" + "5f484944" + "0d41424300", new AmlWriter().name("_HID", "ABC"));
        writes("08" + "5c5f53355f" + "1208040a050a050000", new AmlWriter().namePackage("\\_S5", 5, 5, 0, 0));
    }

    @Test
    void lengthsCountThemselves() {
        for (int lenBytes : new int[] {0, 49, 50, 51, 52, 53, 54, 200, 4079, 4080, 4081, 4082, 4083, 4084, 70_000, 1_048_563, 1_048_564, 1_048_565, 1_048_566, 1_100_000}) {
            String text = "x".repeat(lenBytes);
            byte[] aml = new AmlWriter().scope("\\_SB", s -> s.name("A", text)).name("B", 7).toBytes();
            Map<String, String> read = AmlReader.read(aml);
            assertEquals("\"" + text + "\"", read.get("/_SB_/A___"));
            assertEquals("7", read.get("/B___"), "what follows is where the length says");
        }
    }

    @Test
    void whatIsNoNameIsRefused() {
        for (String name : new String[] {"", "abc", "ABCDE", "1AB", "\\", "A B", "\\_SB.A"}) {
            assertThrows(IllegalArgumentException.class, () -> new AmlWriter().name(name, 1), name);
        }
        assertThrows(IllegalArgumentException.class, () -> new AmlWriter().nameEisa("_HID", "PNP05"));
    }

    @Test
    void resourcesEndWithTheirTag() {
        assertArrayEquals(HexFormat.of().parseHex("4701f803f80301087900"), new Resources().ports(0x3f8, 8).toBytes());
        assertArrayEquals(HexFormat.of().parseHex("860900010000b0fe001000008906000101050000007900"), new Resources().memory(0xfeb0_0000L, 0x1000).interrupt(5).toBytes());
    }
}
