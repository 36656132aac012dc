package hv.shell.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ByteSizeTest {
    @Test
    void unitsAreBinary() {
        assertEquals(4096, ByteSize.parse("4096"));
        assertEquals(64 << 10, ByteSize.parse("64k"));
        assertEquals(512L << 20, ByteSize.parse("512M"));
        assertEquals(3L << 30, ByteSize.parse("3G"));
        assertEquals(2L << 40, ByteSize.parse("2t"));
    }

    @Test
    void whatIsNoSizeIsRefused() {
        for (String text : new String[] {"", "M", "lots", "-1", "1.5G", "1 G", "1KiB", "0x10", "9999999999999999", "999999999999999G"}) {
            assertThrows(IllegalArgumentException.class, () -> ByteSize.parse(text), text);
        }
    }
}
