package hv.bench.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Programs of the host, found on its PATH. */
final class Tools {
    private static final long SECONDS = 20;
    private static final int MAX_BYTES = 1 << 16;

    private Tools() {
    }

    /** The first line that a program prints when asked for its version; empty if there is no such program, or none that answers. */
    static Optional<String> version(String program) throws InterruptedException {
        Process p;
        try {
            p = new ProcessBuilder(program, "--version").redirectErrorStream(true).start();
        } catch (IOException e) {
            // Not on the PATH.
            return Optional.empty();
        }
        try {
            p.getOutputStream().close();
            String said = new String(p.getInputStream().readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
            return p.waitFor(SECONDS, TimeUnit.SECONDS) && p.exitValue() == 0 ? said.lines().findFirst() : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } finally {
            p.destroyForcibly();
        }
    }
}
