package hv.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.block.spi.BlockBackend;
import hv.api.block.spi.BlockGeometry;
import hv.api.block.spi.BlockOperation;
import hv.api.block.spi.BlockOperation.Kind;
import hv.api.state.Deadline;
import hv.api.state.Handles;
import hv.api.state.NotAsleepException;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Random;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** What holds for every block backend. The offload runs nothing by itself, so that operations are in flight as long as the suite wants. */
public abstract class BlockBackendLaws {
    private static final long SEED = 0xB10CL;

    /** A new backend of one and the same writable disk of 64 KiB to 64 MiB, asleep and without handles. */
    protected abstract BlockBackend create(Executor offload) throws Exception;

    /** Work that waits until it is run. */
    private static final class Held implements Executor {
        private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        void run() {
            for (Runnable t = tasks.poll(); t != null; t = tasks.poll()) {
                t.run();
            }
        }
    }

    /** One operation and what became of it. */
    private static final class Result implements BlockOperation.Completion {
        int times;
        String error;

        @Override
        public void done(String why) {
            times++;
            error = why;
        }
    }

    private final Held held = new Held();

    private BlockBackend open() throws Exception {
        BlockBackend b = create(held);
        b.open();
        b.wake();
        return b;
    }

    private void sleep(BlockBackend b) throws NotAsleepException {
        held.run();
        b.sleep(Deadline.afterMillis(1_000));
    }

    private Result submit(BlockBackend b, Kind kind, long offset, long len, MemorySegment buffer) {
        Result r = new Result();
        b.submit(new BlockOperation(kind, offset, len, buffer, r));
        return r;
    }

    private String done(BlockBackend b, Kind kind, long offset, long len, MemorySegment buffer) {
        Result r = submit(b, kind, offset, len, buffer);
        held.run();
        assertEquals(1, r.times, kind + " at " + offset + "+" + len + " was completed " + r.times + " times");
        return r.error;
    }

    private static MemorySegment noise(Arena arena, int len, long seed) {
        byte[] b = new byte[len];
        new Random(seed).nextBytes(b);
        MemorySegment s = arena.allocate(len, 4096);
        MemorySegment.copy(b, 0, s, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, len);
        return s;
    }

    @Test
    void theGeometryIsOneThatModelsCanUse() throws Exception {
        try (BlockBackend b = open()) {
            BlockGeometry g = b.geometry();
            assertTrue(g.sizeBytes() >= 1 << 16 && g.sizeBytes() % 512 == 0, "size " + g.sizeBytes());
            assertTrue(Integer.bitCount(g.blockBytes()) == 1 && g.blockBytes() >= 512 && g.blockBytes() <= 65536, "block size " + g.blockBytes());
            sleep(b);
        }
    }

    @Test
    void whatIsWrittenIsRead() throws Exception {
        try (BlockBackend b = open(); Arena arena = Arena.ofConfined()) {
            int size = (int) Math.min(b.geometry().sizeBytes(), 1 << 20);
            MemorySegment expected = arena.allocate(size);
            assertNull(done(b, Kind.WRITE, 0, size, expected));
            Random random = new Random(SEED);
            for (int i = 0; i < 400; i++) {
                int len = 512 * (1 + random.nextInt(Math.min(64, size / 512)));
                long offset = 512L * random.nextInt((size - len) / 512 + 1);
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> {
                        MemorySegment data = noise(arena, len, i);
                        assertNull(done(b, Kind.WRITE, offset, len, data));
                        MemorySegment.copy(data, 0, expected, offset, len);
                    }
                    case 3 -> {
                        assertNull(done(b, Kind.WRITE_ZEROES, offset, len, null));
                        expected.asSlice(offset, len).fill((byte) 0);
                    }
                    case 4 -> assertNull(done(b, Kind.FLUSH, 0, 0, null));
                    default -> {
                        MemorySegment got = arena.allocate(len);
                        assertNull(done(b, Kind.READ, offset, len, got));
                        assertEquals(-1, MemorySegment.mismatch(got, 0, len, expected, offset, offset + len),
                                "operation " + i + ": what was read at " + offset + "+" + len + " is not what was written");
                    }
                }
            }
            sleep(b);
        }
    }

    @Test
    void operationsOutsideOfTheDiskAreErrors() throws Exception {
        try (BlockBackend b = open(); Arena arena = Arena.ofConfined()) {
            long size = b.geometry().sizeBytes();
            MemorySegment page = noise(arena, 4096, 1);
            long[] offsets = {size, size - 512, -512, -1, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 4095, Long.MAX_VALUE & -512};
            for (long offset : offsets) {
                for (Kind kind : new Kind[] {Kind.READ, Kind.WRITE, Kind.WRITE_ZEROES, Kind.DISCARD}) {
                    MemorySegment buffer = kind == Kind.READ || kind == Kind.WRITE ? page : null;
                    assertNotNull(done(b, kind, offset, 4096, buffer), kind + " at " + offset + " of " + size + " succeeded");
                }
            }
            for (long len : new long[] {-512, Long.MAX_VALUE, Long.MIN_VALUE, size + 512}) {
                assertNotNull(done(b, Kind.WRITE_ZEROES, 0, len, null), "WRITE_ZEROES of " + len + " bytes succeeded");
            }
            assertEquals(size, b.geometry().sizeBytes(), "the disk grew");
            MemorySegment last = arena.allocate(512);
            assertNull(done(b, Kind.READ, size - 512, 512, last));
            sleep(b);
        }
    }

    @Test
    void errorsAreOneLineForPeople() throws Exception {
        try (BlockBackend b = open()) {
            String error = done(b, Kind.WRITE_ZEROES, Long.MAX_VALUE & -512, 512, null);
            assertNotNull(error);
            assertTrue(!error.isBlank() && error.indexOf('\n') < 0, error);
            sleep(b);
        }
    }

    @Test
    void itDoesNotSleepWithOperationsInFlight() throws Exception {
        try (BlockBackend b = open(); Arena arena = Arena.ofConfined()) {
            MemorySegment page = noise(arena, 4096, 2);
            Result r = submit(b, Kind.WRITE, 0, 4096, page);
            if (r.times == 0) {
                assertThrows(NotAsleepException.class, () -> b.sleep(Deadline.afterMillis(1)), "asleep with a write in flight");
                assertEquals(0, r.times);
            }
            sleep(b);
            assertEquals(1, r.times);
            assertNull(r.error);
            b.wake();
            MemorySegment got = arena.allocate(4096);
            assertNull(done(b, Kind.READ, 0, 4096, got));
            assertEquals(-1, got.mismatch(page));
            sleep(b);
        }
    }

    @Test
    void handlesMoveToASuccessorWithTheirDisk() throws Exception {
        BlockBackend old = open();
        try (BlockBackend successor = create(held); Arena arena = Arena.ofConfined()) {
            MemorySegment page = noise(arena, 4096, 3);
            assertNull(done(old, Kind.WRITE, 8192, 4096, page));
            sleep(old);
            StateImage.of(old).into(successor);
            Handles handles = old.detach();
            assertTrue(!handles.claim().isBlank() && handles.claim().length() <= 4096, "claim \"" + handles.claim() + "\"");
            successor.attach(handles);
            old.close();
            successor.wake();
            MemorySegment got = arena.allocate(4096);
            assertNull(done(successor, Kind.READ, 8192, 4096, got), "the successor reads, after the old one was closed");
            assertEquals(-1, got.mismatch(page));
            assertNull(done(successor, Kind.FLUSH, 0, 0, null));
            sleep(successor);
        }
    }

    @Test
    void rollbackGivesTheHandlesBack() throws Exception {
        try (BlockBackend old = open(); Arena arena = Arena.ofConfined()) {
            MemorySegment page = noise(arena, 4096, 4);
            for (int i = 0; i < 20; i++) {
                sleep(old);
                old.attach(old.detach());
                old.wake();
                assertNull(done(old, Kind.WRITE, 4096L * (i % 8), 4096, page));
            }
            sleep(old);
        }
    }

    @Test
    void strangeHandlesAreRefused() throws Exception {
        try (BlockBackend b = create(held)) {
            int[] closed = new int[1];
            Handles strange = new Handles() {
                @Override
                public String claim() {
                    return "strange:thing";
                }

                @Override
                public void close() {
                    closed[0]++;
                }
            };
            assertThrows(StateException.class, () -> b.attach(strange));
            assertEquals(0, closed[0], "refused handles are left as they were");
        }
    }

    @Test
    void manyOperationsCompleteOnceEach() throws Exception {
        try (BlockBackend b = open(); Arena arena = Arena.ofConfined()) {
            Result[] results = new Result[200];
            for (int i = 0; i < results.length; i++) {
                MemorySegment page = noise(arena, 512, i);
                results[i] = submit(b, i % 3 == 0 ? Kind.READ : i % 50 == 1 ? Kind.FLUSH : Kind.WRITE, i % 50 == 1 && i % 3 != 0 ? 0 : 512L * (i % 100),
                        i % 50 == 1 && i % 3 != 0 ? 0 : 512, i % 50 == 1 && i % 3 != 0 ? null : page);
                if (i % 7 == 0) {
                    held.run();
                }
            }
            held.run();
            for (int i = 0; i < results.length; i++) {
                assertEquals(1, results[i].times, "operation " + i);
                assertNull(results[i].error, "operation " + i);
            }
            sleep(b);
        }
    }
}
