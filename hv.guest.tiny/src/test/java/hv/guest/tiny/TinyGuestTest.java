package hv.guest.tiny;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

final class TinyGuestTest {

    @Test
    void theSameSourceGivesTheSameBytes() {
        assertArrayEquals(TinyGuest.assemble(), TinyGuest.assemble());
        assertArrayEquals(TinyGuest.assemble(), TinyGuest.image());
        assertNotSame(TinyGuest.image(), TinyGuest.image(), "a caller cannot spoil it for others");
    }

    @Test
    void theHeaderIsThatOfAFlatImage() {
        byte[] image = TinyGuest.image();
        ByteBuffer header = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(0x6f, header.get(0) & 0x7f, "begins with a jump");
        assertEquals(0x20_0000, header.getLong(8), "text_offset");
        long imageSize = header.getLong(16);
        assertTrue(imageSize > image.length && imageSize < 2 << 20, "image_size " + imageSize);
        assertEquals(0, header.getLong(24), "flags");
        assertEquals(2, header.getInt(32), "version");
        assertEquals(0x5643534952L, header.getLong(48), "RISCV");
        assertEquals(0x05435352, header.getInt(56), "RSC");
        assertEquals(0, image.length % 4096, "what follows the file begins on a page");
    }

    @Test
    void everyCommandOfTheTableIsExplained() {
        String source = TinyGuest.source();
        String help = source.substring(source.indexOf("s_help:"), source.indexOf("n_help:"));
        String names = source.substring(source.indexOf("n_help:"));
        int commands = 0;
        for (String line : names.split("\n")) {
            if (line.startsWith("n_")) {
                String name = line.substring(line.indexOf('"') + 1, line.lastIndexOf('"'));
                assertTrue(help.contains('"' + name + ' ') || help.contains('"' + name + "\\n"), name + " is not in help");
                commands++;
            }
        }
        assertEquals(21, commands);
    }
}
