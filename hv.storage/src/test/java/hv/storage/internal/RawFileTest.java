package hv.storage.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.api.HvException;
import hv.api.block.spi.BlockBackend;
import hv.api.block.spi.BlockOperation;
import hv.api.block.spi.BlockOperation.Kind;
import hv.api.device.BackendSpec;
import hv.api.part.PartKind;
import hv.api.part.PartException;
import hv.api.state.Deadline;
import hv.api.state.Handles;
import hv.api.state.NotAsleepException;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RawFileTest {
    private static final int SIZE_BYTES = 1 << 20;

    @TempDir
    Path folder;
    private Path image;
    private final ArrayDeque<Runnable> offloaded = new ArrayDeque<>();
    private BlockBackend disk;

    @BeforeEach
    void create() throws IOException {
        image = folder.resolve("disk.img");
        Files.write(image, new byte[SIZE_BYTES]);
    }

    @AfterEach
    void close() {
        if (disk != null) {
            disk.close();
        }
    }

    private BlockBackend backend(Path file, boolean readOnly) throws PartException {
        BackendSpec spec = new BackendSpec("virtio2/backend", PartKind.BLOCK_BACKEND, "raw",
                Map.of("path", file.toString(), "read-only", Boolean.toString(readOnly)));
        return new RawFileFactory().create(spec, offloaded::add);
    }

    private BlockBackend opened() throws HvException {
        disk = backend(image, false);
        disk.open();
        disk.wake();
        return disk;
    }

    /** Performs an operation; returns its error, null if none. */
    private String perform(BlockBackend on, Kind kind, long offset, long len, MemorySegment buffer) {
        String[] result = {"never completed"};
        on.submit(new BlockOperation(kind, offset, len, buffer, error -> result[0] = error));
        for (Runnable r = offloaded.poll(); r != null; r = offloaded.poll()) {
            r.run();
        }
        return result[0];
    }

    private static String refusal(BlockBackend of) {
        return assertThrows(HvException.class, of::open).getMessage();
    }

    @Test
    void bytesGoToTheFileAndBack() throws Exception {
        BlockBackend d = opened();
        byte[] data = new byte[64 << 10];
        new Random(3).nextBytes(data);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment buffer = arena.allocateFrom(ValueLayout.JAVA_BYTE, data);
            assertNull(perform(d, Kind.WRITE, 1024, data.length, buffer));
            buffer.fill((byte) 0);
            assertNull(perform(d, Kind.READ, 1024, data.length, buffer));
            assertArrayEquals(data, buffer.toArray(ValueLayout.JAVA_BYTE));
        }
        assertNull(perform(d, Kind.FLUSH, 0, 0, null));
        assertArrayEquals(data, Arrays.copyOfRange(Files.readAllBytes(image), 1024, 1024 + data.length));
        assertNull(perform(d, Kind.WRITE_ZEROES, 0, SIZE_BYTES, null));
        assertArrayEquals(new byte[SIZE_BYTES], Files.readAllBytes(image));
    }

    @Test
    void operationsOutsideTheDiskAreErrors() throws Exception {
        BlockBackend d = opened();
        for (long at : new long[] {SIZE_BYTES, -512, Long.MAX_VALUE, SIZE_BYTES - 512}) {
            String error = perform(d, Kind.WRITE_ZEROES, at, 1024, null);
            assertTrue(error != null && error.contains("beyond its end"), error);
        }
        assertEquals(SIZE_BYTES, Files.size(image));
    }

    @Test
    void itHasOneOpener() throws Exception {
        opened();
        String line = refusal(backend(image, false));
        assertTrue(line.contains(image.toString()) && line.contains("in use"), line);
        line = refusal(backend(image, true));
        assertTrue(line.contains("in use"), line);
        disk.close();
        BlockBackend next = backend(image, true);
        next.open();
        next.close();
    }

    @Test
    void anotherProcessKeepsItAway() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/flock")) || Files.isExecutable(Path.of("/usr/bin/python3")), "python3 lacks");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "python3 lacks");
        Process other = new ProcessBuilder("/usr/bin/python3", "-c",
                "import fcntl,sys;f=open(sys.argv[1],'r+b');fcntl.lockf(f,fcntl.LOCK_EX);print('locked',flush=True);sys.stdin.read()", image.toString())
                .start();
        try {
            assertEquals("locked", other.inputReader().readLine());
            String line = refusal(backend(image, false));
            assertTrue(line.contains("another process"), line);
        } finally {
            other.destroy();
            assertTrue(other.waitFor(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void whatIsNoDiskIsRefusedInOneLine() throws Exception {
        Files.write(folder.resolve("odd"), new byte[1000]);
        Files.write(folder.resolve("empty"), new byte[0]);
        Map<String, String> cases = Map.of("odd", "multiple of 512", "empty", "not empty", "missing", "no such file", ".", "directory");
        for (Map.Entry<String, String> c : cases.entrySet()) {
            Path file = folder.resolve(c.getKey());
            String line = refusal(backend(file, false));
            assertTrue(line.contains(c.getValue()) && line.contains(file.normalize().toString()) && !line.contains("\n"), line);
        }
        assertTrue(refusal(backend(Path.of("/dev/null"), false)).contains("neither a file nor a block device"));
        // A refused file is not kept locked.
        Files.write(folder.resolve("odd"), new byte[1024]);
        BlockBackend grown = backend(folder.resolve("odd"), false);
        grown.open();
        grown.close();
    }

    @Test
    void aFileWithoutPermissionIsRefused() throws Exception {
        Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("r--r--r--"));
        assumeFalse(Files.isWritable(image), "this user may write everything");
        assertTrue(refusal(backend(image, false)).contains("no permission to write"));
    }

    @Test
    void aFullDiskIsAnErrorAndNothingEnds() throws Exception {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "/dev/full lacks");
        // A character device is no disk, so the write is tried on the channel that an open file stands for.
        try (var channel = java.nio.channels.FileChannel.open(full, java.nio.file.StandardOpenOption.WRITE)) {
            assertThrows(IOException.class, () -> channel.write(java.nio.ByteBuffer.allocate(512), 0));
        }
        BlockBackend d = opened();
        ((hv.api.block.spi.OpenFile) swapChannel(d, full)).close();
        try (Arena arena = Arena.ofShared()) {
            String error = perform(d, Kind.WRITE, 0, 512, arena.allocate(512));
            assertTrue(error != null && error.contains("No space left"), error);
            error = perform(d, Kind.WRITE, 0, 512, arena.allocate(512));
            assertTrue(error != null && error.contains("No space left"), error);
        }
    }

    /** Puts a channel to another file behind the disk; returns the handles it had. */
    private Handles swapChannel(BlockBackend d, Path other) throws Exception {
        d.sleep(Deadline.afterMillis(100));
        hv.api.block.spi.OpenFile mine = (hv.api.block.spi.OpenFile) d.detach();
        var channel = java.nio.channels.FileChannel.open(other, java.nio.file.StandardOpenOption.WRITE);
        d.attach(new hv.api.block.spi.OpenFile(mine.path(), new SizedChannel(channel, SIZE_BYTES), mine.lock(), false));
        d.wake();
        return mine;
    }

    @Test
    void handlesMoveWithTheLock() throws Exception {
        BlockBackend old = opened();
        BlockBackend next = backend(image, false);
        old.sleep(Deadline.afterMillis(100));
        StateImage.of(old).into(next);
        Handles handles = old.detach();
        assertEquals("file:" + image, handles.claim());
        next.attach(handles);
        next.wake();
        old.close();
        disk = next;
        assertNull(perform(next, Kind.WRITE_ZEROES, 0, 512, null));
        assertTrue(refusal(backend(image, false)).contains("in use"));
    }

    @Test
    void foreignHandlesAreRefusedAndLeftOpen() throws Exception {
        BlockBackend old = opened();
        Path otherImage = folder.resolve("other.img");
        Files.write(otherImage, new byte[512]);
        BlockBackend other = backend(otherImage, false);
        old.sleep(Deadline.afterMillis(100));
        Handles handles = old.detach();
        assertThrows(StateException.class, () -> other.attach(handles));
        old.attach(handles);
        old.wake();
        assertNull(perform(old, Kind.FLUSH, 0, 0, null));
    }

    @Test
    void aSavedDiskTakesOnlyAFileOfItsSize() throws Exception {
        BlockBackend old = opened();
        old.sleep(Deadline.afterMillis(100));
        StateImage state = StateImage.of(old);
        old.close();
        Files.write(image, new byte[512]);
        BlockBackend next = backend(image, false);
        state.into(next);
        assertTrue(refusal(next).contains("the saved machine's had " + SIZE_BYTES));
        Files.write(image, new byte[SIZE_BYTES]);
        next.open();
        next.close();
    }

    @Test
    void itSleepsOnlyWhenNothingIsInFlight() throws Exception {
        BlockBackend d = opened();
        String[] result = {"pending"};
        d.submit(new BlockOperation(Kind.FLUSH, 0, 0, null, e -> result[0] = e));
        assertThrows(NotAsleepException.class, () -> d.sleep(Deadline.afterMillis(0)));
        offloaded.remove().run();
        assertNull(result[0]);
        d.sleep(Deadline.afterMillis(0));
    }

    @Test
    void anInterruptedThreadDoesNotCloseTheDisk() throws Exception {
        BlockBackend d = opened();
        Thread.currentThread().interrupt();
        assertNull(perform(d, Kind.FLUSH, 0, 0, null));
        d.sleep(Deadline.afterMillis(100));
        Handles handles = d.detach();
        d.attach(handles);
        d.wake();
        assertTrue(Thread.interrupted(), "the interrupt is kept");
        assertNull(perform(d, Kind.WRITE_ZEROES, 0, 512, null));
    }

    @Test
    void aRefusedSecondOpenerDoesNotTakeTheFirstOnesLock() throws Exception {
        disk = opened();
        assertTrue(refusal(backend(image, false)).contains("in use"));
        assertEquals(1, lockedByAnotherProcess(), "the operating system's lock went with the second opener's descriptor");
        try (FileChannel reader = FileChannel.open(image)) {
            assertEquals(SIZE_BYTES, reader.size());
        }
        assertEquals(1, lockedByAnotherProcess(), "the operating system's lock went with a reader's descriptor");
        disk.close();
        assertEquals(0, lockedByAnotherProcess());
    }

    /** 1 if a process of its own cannot lock the image, 0 if it can. */
    private int lockedByAnotherProcess() throws Exception {
        Path source = folder.resolve("Try.java");
        Files.writeString(source, """
                public class Try {
                    public static void main(String[] a) throws Exception {
                        try (var c = java.nio.channels.FileChannel.open(java.nio.file.Path.of(a[0]), java.nio.file.StandardOpenOption.WRITE)) {
                            System.exit(c.tryLock() == null ? 1 : 0);
                        }
                    }
                }
                """);
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), source.toString(), image.toString()).inheritIO().start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        return process.exitValue();
    }

    @Test
    void aGuestCannotFloodTheLog() throws Exception {
        disk = opened();
        disk.wake();
        Logger logger = Logger.getLogger("hv.storage");
        AtomicInteger lines = new AtomicInteger();
        Handler counter = new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.incrementAndGet();
            }

            @Override
            public void flush() {
                // Nothing is kept.
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
        logger.addHandler(counter);
        try {
            for (int i = 0; i < 1000; i++) {
                assertNotNull(perform(disk, Kind.READ, SIZE_BYTES, 512, MemorySegment.ofArray(new byte[512])));
                assertNull(perform(disk, Kind.FLUSH, 0, 0, null));
            }
        } finally {
            logger.removeHandler(counter);
        }
        assertEquals(1, lines.get());
    }
}
