package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.machine.MachineSpec;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code printf ... | ./hv run} with Debian, which takes its terminals anew while it boots: what was written before is typed all the same. */
@Timeout(300)
class PipedInputTest {
    @TempDir
    Path folder;

    @Test
    void whatIsWrittenBeforeTheGuestBootsReachesItsShell() throws Exception {
        Distribution.assumeBuilt();
        MachineSpec guest = DebianGuest.spec("piped");
        Path out = folder.resolve("out");
        Process run = Distribution.java(folder.resolve("home"), "jvm.options", "hv.app.launch.Main", "run", "--memory", "256M", "--kernel", guest.kernel().toString(), "--initrd",
                guest.initrd().toString(), "--append", guest.commandLine()).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(out.toFile()).start();
        try (OutputStream input = run.getOutputStream()) {
            input.write("echo $((6 * 7)) answers\ncat >kept <<end\nfirst\nsecond\nend\nwc -l kept\npoweroff\n".getBytes(StandardCharsets.UTF_8));
        }
        try {
            assertTrue(run.waitFor(240, TimeUnit.SECONDS), () -> "it did not end: " + text(out));
        } finally {
            run.destroyForcibly();
        }
        assertEquals(0, run.exitValue(), text(out));
        assertTrue(text(out).contains("\n42 answers") && text(out).contains("\n2 kept") && text(out).contains("Power down"), text(out));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }
}
