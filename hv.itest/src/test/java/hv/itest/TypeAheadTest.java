package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.machine.MachineSpec;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./hv run} on a terminal, whose keys are struck while Debian boots. */
@Timeout(600)
class TypeAheadTest {
    private static final Path SCRIPT = Path.of("/usr/bin/script");

    @TempDir
    Path folder;

    @Test
    void keysStruckWhileTheGuestBootsReachItsShell() throws Exception {
        Distribution.assumeBuilt();
        Assumptions.assumeTrue(Files.isExecutable(SCRIPT), "needs util-linux's script for a terminal of its own");
        MachineSpec guest = DebianGuest.spec("typed");
        String run = Distribution.java(folder.resolve("home"), "jvm.options", "hv.app.launch.Main", "run", "--memory", "256M", "--kernel", guest.kernel().toString(), "--initrd",
                guest.initrd().toString(), "--append", guest.commandLine()).command().stream().map(argument -> "'" + argument + "'").collect(Collectors.joining(" "));
        Path out = folder.resolve("out");
        Process process = new ProcessBuilder(SCRIPT.toString(), "-qfec", run, "/dev/null").directory(folder.toFile()).redirectErrorStream(true).redirectOutput(out.toFile()).start();
        try (OutputStream keys = process.getOutputStream()) {
            strike(keys, "echo $((6 * 7)) before\r");
            long begun = System.nanoTime();
            while (!text(out).contains("Linux version")) {
                assertTrue(process.isAlive() && System.nanoTime() - begun < 120_000_000_000L, () -> text(out));
                LockSupport.parkNanos(20_000_000);
            }
            strike(keys, "echo $((6 * 7)) meanwhile\rpoweroff\r");
            assertTrue(process.waitFor(400, TimeUnit.SECONDS), () -> "it did not end: " + text(out));
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        assertEquals(0, process.exitValue(), text(out));
        assertTrue(text(out).contains("\n42 before") && text(out).contains("\n42 meanwhile") && text(out).contains("Power down"), text(out));
    }

    private static void strike(OutputStream keys, String what) throws java.io.IOException {
        keys.write(what.getBytes(StandardCharsets.US_ASCII));
        keys.flush();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }
}
