package hv.gdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import hv.api.SpecException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class GdbAddressTest {
    private static final Path FOLDER = Path.of("/folder");

    @Test
    void aPortIsOneOfTheLoopback() throws Exception {
        assertEquals(new GdbAddress("127.0.0.1", 1234, null), GdbAddress.parse("1234", FOLDER));
        assertEquals("127.0.0.1:0", GdbAddress.parse("0", FOLDER).toString());
        assertEquals(GdbAddress.USUAL, GdbAddress.parse(":1234", FOLDER));
    }

    @Test
    void hostsAndSocketsAreNamed() throws Exception {
        assertEquals(new GdbAddress("0.0.0.0", 1, null), GdbAddress.parse("0.0.0.0:1", FOLDER));
        assertEquals("[::1]:9", GdbAddress.parse("[::1]:9", FOLDER).toString());
        assertEquals(new GdbAddress(null, 0, Path.of("/folder/x.sock")), GdbAddress.parse("unix:x.sock", FOLDER));
    }

    @Test
    void nonsenseIsRefusedInOneLine() {
        for (String text : new String[] {"", ":", "x", "65536", "host:", "unix:", "-1", "1234567"}) {
            SpecException e = assertThrows(SpecException.class, () -> GdbAddress.parse(text, FOLDER), text);
            assertEquals(1, e.getMessage().lines().count());
        }
    }
}
