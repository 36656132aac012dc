package hv.bench.internal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PasstSocketTest {
    private static final Path SOCKET = Path.of("/tmp/hv bench/socket");

    @Test
    void aSocketThatIsBoundDoesNotListenYet() {
        String heading = "Num       RefCount Protocol Flags    Type St Inode Path";
        String bound = "0000000000000000: 00000002 00000000 00000000 0001 01 41 /tmp/hv bench/socket";
        String listening = "0000000000000000: 00000002 00000000 00010000 0001 01 41 /tmp/hv bench/socket";
        String nameless = "0000000000000000: 00000003 00000000 00000000 0001 03 17";
        assertFalse(PasstSocket.isListening(List.of(heading, nameless), SOCKET));
        assertFalse(PasstSocket.isListening(List.of(heading, bound, nameless), SOCKET));
        assertFalse(PasstSocket.isListening(List.of(heading, listening + "2"), SOCKET));
        assertTrue(PasstSocket.isListening(List.of(heading, nameless, listening), SOCKET));
    }
}
