package hv.board;

import hv.api.SpecException;
import java.nio.charset.StandardCharsets;

/** A kernel's command line. */
public final class CommandLine {
    private CommandLine() {
    }

    /**
     * @param sizeBytes what a kernel of this family keeps, its NUL included (Linux: {@code COMMAND_LINE_SIZE})
     * @param family    of kernels, for messages: "RISC-V"
     * @return the line
     * @throws SpecException too long, or with control characters in it
     */
    public static String check(String line, int sizeBytes, String family) throws SpecException {
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (Character.isISOControl(c)) {
                throw new SpecException("kernel command line: character " + (i + 1) + " (U+" + String.format("%04X", (int) c)
                        + ") is a control character; remove it");
            }
        }
        int lenBytes = line.getBytes(StandardCharsets.UTF_8).length;
        if (lenBytes >= sizeBytes) {
            throw new SpecException("kernel command line: has " + lenBytes + " bytes, and kernels for " + family + " keep at most " + (sizeBytes - 1)
                    + "; shorten it");
        }
        return line;
    }
}
