package hv.machine.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.HvException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureFileTest {
    private static final long TIME = 1_767_225_600_123_456_789L;
    @TempDir
    Path folder;
    private final ExecutorService pool = Executors.newCachedThreadPool();
    private final List<String> reports = new ArrayList<>();

    @AfterEach
    void end() {
        pool.shutdownNow();
    }

    /** The frames of a file, as its format says (libpcap's savefile, magic number of nanoseconds). */
    static List<byte[]> frames(Path file) throws Exception {
        ByteBuffer b = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        assertEquals(0xa1b23c4d, b.getInt());
        assertEquals(2, b.getShort());
        assertEquals(4, b.getShort());
        b.position(16);
        assertTrue(b.getInt() >= 65_557, "kept of a frame");
        assertEquals(1, b.getInt(), "Ethernet");
        List<byte[]> frames = new ArrayList<>();
        while (b.hasRemaining()) {
            assertEquals((int) (TIME / 1_000_000_000L), b.getInt());
            assertEquals((int) (TIME % 1_000_000_000L), b.getInt());
            byte[] f = new byte[b.getInt()];
            assertEquals(f.length, b.getInt());
            b.get(f);
            frames.add(f);
        }
        return frames;
    }

    @Test
    void whatWasKeptIsInTheFileWhenItIsClosed() throws Exception {
        Path file = folder.resolve("a.pcap");
        Files.writeString(file, "what was there before, and is longer than a header");
        try (CaptureFile c = CaptureFile.open(file, pool, reports::add)) {
            for (int i = 14; i < 2000; i += 13) {
                byte[] f = new byte[i + 3];
                java.util.Arrays.fill(f, (byte) i);
                c.add(f, 3, i, TIME);
            }
            assertEquals(0, c.lost());
        }
        List<byte[]> frames = frames(file);
        assertEquals(153, frames.size());
        for (int k = 0; k < frames.size(); k++) {
            assertEquals(14 + 13 * k, frames.get(k).length);
            assertEquals((byte) (14 + 13 * k), frames.get(k)[0]);
        }
        assertEquals(List.of(), reports);
    }

    /** The writer never runs: what has no room is left out, counted, and nobody waits. */
    @Test
    void aSlowDiskCostsFramesOfTheFileAndNothingElse() throws Exception {
        Path file = folder.resolve("a.pcap");
        List<Runnable> held = new ArrayList<>();
        CaptureFile c = CaptureFile.open(file, held::add, reports::add);
        byte[] f = new byte[60_000];
        for (int i = 0; i < 200; i++) {
            c.add(f, 0, f.length, TIME);
        }
        assertTrue(c.lost() > 100 && c.lost() < 200, "lost " + c.lost());
        pool.execute(held.getFirst());
        c.close();
        assertEquals(200 - c.lost(), frames(file).size());
        c.add(f, 0, f.length, TIME);
        assertArrayEquals(f, frames(file).getFirst());
    }

    @Test
    void whatCannotBeWrittenIsSaidInOneLine() {
        for (Path bad : List.of(folder, folder.resolve("no/such/folder"), Path.of("/dev/full"))) {
            HvException e = assertThrows(HvException.class, () -> CaptureFile.open(bad, pool, reports::add), bad.toString());
            assertTrue(e.getMessage().startsWith("capture " + bad) && e.getMessage().indexOf('\n') < 0, e.getMessage());
        }
    }
}
