package hv.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SpecException;
import org.junit.jupiter.api.Test;

final class CommandLineTest {
    private static String check(String line) throws SpecException {
        return CommandLine.check(line, 1024, "RISC-V");
    }

    private static void refused(String says, String line) {
        String message = assertThrows(SpecException.class, () -> check(line)).getMessage();
        assertTrue(message.contains(says), message);
    }

    @Test
    void aCommandLineIsPrintableAndBounded() throws SpecException {
        assertEquals("a".repeat(1023), check("a".repeat(1023)));
        refused("kernels for RISC-V keep at most 1023", "a".repeat(1024));
        refused("character 2 (U+000A)", "a\nb");
        refused("has 1024 bytes", "é".repeat(512));
    }
}
