package hv.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process is still there at the end: the signal's default action would have ended it. */
final class KickSignalTest {
    private static final long BIT_41 = 1L << 41;
    @TempDir
    Path dir;

    @BeforeEach
    void onLinux() {
        Assumptions.assumeTrue(System.getProperty("os.name").equals("Linux"), "not Linux");
    }

    @Test
    void aBlockedThreadIsNotHarmedByKicksAndTimers() throws Exception {
        CompletableFuture<Long> done = CompletableFuture.supplyAsync(() -> {
            try (KickSignal signal = KickSignal.ofThisThread()) {
                for (int k = 0; k < 1000; k++) {
                    signal.send();
                    signal.arm(1 + k);
                    signal.consume();
                }
                // The thread ends with one pending.
                signal.send();
                return signal.maskInCall();
            } catch (hv.api.HvException e) {
                throw new IllegalStateException(e);
            }
        }, r -> Thread.ofPlatform().start(r));
        assertEquals(0, done.get(30, TimeUnit.SECONDS) & BIT_41, "the call lets the signal in");
    }

    @Test
    void virtualThreadsHaveNone() throws InterruptedException {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                KickSignal.ofThisThread().close();
                thrown.complete(null);
            } catch (hv.api.HvException | IllegalStateException e) {
                thrown.complete(e);
            }
        }).join();
        assertTrue(thrown.join() instanceof IllegalStateException);
    }

    @Test
    void aFileThatTakesNoRequestsSaysSo() throws IOException {
        assertThrows(NoSuchFileException.class, () -> ControlFile.open(dir.resolve("none")));
        ControlFile file = ControlFile.open(Files.createFile(dir.resolve("plain")));
        int notty = 25;
        assertEquals(-notty, file.ioctl(0xae00L, 0));
        file.close();
        file.close();
        assertThrows(IllegalStateException.class, () -> file.ioctl(0xae00L, 0));
    }
}
