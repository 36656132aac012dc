package hv.snapshot.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.HvException;
import hv.api.SpecException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotReaderTest {
    @TempDir
    Path folder;

    private String refusal(byte[] snapshot) {
        HvException e = assertThrows(HvException.class, () -> {
            try (SnapshotReader in = Sample.open(folder, snapshot)) {
                Sample.readAll(in);
            }
        });
        assertTrue(e.getMessage().startsWith("cannot restore from " + folder.resolve("snapshot") + ": "), e.getMessage());
        assertTrue(e.getMessage().indexOf('\n') < 0, e.getMessage());
        return e.getMessage();
    }

    @Test
    void whatWasSavedComesBack() throws Exception {
        // Runs of one page, of more than a chunk, and up to the last page.
        byte[] snapshot = Sample.snapshot(0, 1, 7, 700, 4000, 96);
        try (SnapshotReader in = Sample.open(folder, snapshot)) {
            assertEquals(Sample.SPEC, in.spec());
            assertTrue(in.wasRunning());
            assertEquals(3, in.parts().size());
            var part = in.parts().get("virtio0/backend");
            assertEquals("raw", part.type());
            assertEquals(Map.of("handles", "file:/srv/a.img"), part.claims());
            assertArrayEquals(Sample.image("raw", 3, 9).toBytes(), part.state().toBytes());
            assertEquals(Sample.image("raw", 3, 9).tag(), part.state().tag());
            MemorySegment expected = MemorySegment.ofArray(new byte[16 << 20]);
            int[] runs = {0, 1, 7, 700, 4000, 96};
            for (int i = 0; i < runs.length; i += 2) {
                expected.asSlice(4096L * runs[i]).copyFrom(Sample.run(runs[i], runs[i + 1]));
            }
            MemorySegment ram = MemorySegment.ofArray(new long[2 << 20]);
            Sample.readAll(in, ram);
            assertEquals(-1, expected.mismatch(ram));
        }
    }

    @Test
    void truncationsAreRefused() throws Exception {
        byte[] good = Sample.snapshot(3, 1);
        for (int len = 0; len < good.length; len += len < 300 || len > good.length - 60 ? 1 : 13) {
            refusal(Arrays.copyOf(good, len));
        }
    }

    @Test
    void flippedBitsAreRefusedWhereverTheyAre() throws Exception {
        byte[] good = Sample.snapshot(3, 1);
        for (int bit = 0; bit < 8 * good.length; bit += bit < 8 * 40 ? 1 : 17) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            refusal(bad);
        }
    }

    @Test
    void bytesBehindTheEndAreRefused() throws Exception {
        byte[] good = Sample.snapshot(3, 1);
        refusal(Arrays.copyOf(good, good.length + 1));
        byte[] twice = Arrays.copyOf(good, good.length + SnapshotLayout.END_CHUNK_BYTES);
        System.arraycopy(good, good.length - SnapshotLayout.END_CHUNK_BYTES, twice, good.length, SnapshotLayout.END_CHUNK_BYTES);
        refusal(twice);
    }

    /** Chunks as a hostile writer makes them: checksums right, contents as given. */
    private static byte[] forged(Forger forger) throws IOException, HvException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ChunkWriter chunks = new ChunkWriter(Channels.newChannel(bytes))) {
            forger.write(chunks);
        }
        return bytes.toByteArray();
    }

    private interface Forger {
        void write(ChunkWriter chunks) throws IOException, HvException;
    }

    private static void machine(ChunkWriter chunks, long memoryBytes) throws IOException, HvException {
        new BodyWriter(chunks.body()).bool(false).string("m").string("riscv-virt").number(memoryBytes).number(1).bool(false).bool(true).string("/k").bool(false).string("")
                .number(0).number(0).number(0);
        chunks.chunk(SnapshotLayout.MACHINE, true);
    }

    private static void part(ChunkWriter chunks, String path) throws IOException, HvException {
        new BodyWriter(chunks.body()).string(path).string("t").string("tag").number(1).bytes(new byte[4]).number(0);
        chunks.chunk(SnapshotLayout.PART, false);
    }

    private static void ram(ChunkWriter chunks, long gpa, int bytes) throws IOException, HvException {
        ByteBuffer b = chunks.body();
        b.putLong(gpa).put(new byte[bytes]);
        chunks.chunk(SnapshotLayout.RAM, true);
    }

    private static void end(ChunkWriter chunks, long ramBytes) throws IOException, HvException {
        chunks.body().putLong(chunks.chunks()).putLong(ramBytes);
        chunks.chunk(SnapshotLayout.END, false);
    }

    @Test
    void aForgedSnapshotThatIsWellFormedIsRead() throws Exception {
        byte[] good = forged(c -> {
            machine(c, 16 << 20);
            part(c, "a");
            ram(c, Sample.BASE_GPA + 4096, 8192);
            end(c, 8192);
        });
        try (SnapshotReader in = Sample.open(folder, good)) {
            Sample.readAll(in);
        }
    }

    @Test
    void aPartThatIsThereTwiceIsRefused() throws Exception {
        assertTrue(refusal(forged(c -> {
            machine(c, 16 << 20);
            part(c, "a");
            part(c, "a");
            end(c, 0);
        })).contains("part a is there twice"));
    }

    @Test
    void ramOutsideOfTheMachinesIsRefused() throws Exception {
        long size = 16 << 20;
        long[][] wrong = {{Sample.BASE_GPA - 4096, 4096}, {Sample.BASE_GPA + size, 4096}, {Sample.BASE_GPA + size - 4096, 8192}, {0, 4096},
            {-4096, 4096}, {Long.MAX_VALUE & ~4095, 4096}, {Long.MIN_VALUE, 4096}, {Sample.BASE_GPA + 1, 4096}, {Sample.BASE_GPA, 4095},
            {Sample.BASE_GPA, 0}};
        for (long[] w : wrong) {
            refusal(forged(c -> {
                machine(c, size);
                ram(c, w[0], (int) w[1]);
                end(c, w[1]);
            }));
        }
    }

    @Test
    void ramThatIsThereTwiceIsRefused() throws Exception {
        assertTrue(refusal(forged(c -> {
            machine(c, 16 << 20);
            ram(c, Sample.BASE_GPA, 8192);
            ram(c, Sample.BASE_GPA + 4096, 4096);
            end(c, 12288);
        })).contains("there twice"));
    }

    @Test
    void anEndThatDoesNotFitIsRefused() throws Exception {
        refusal(forged(c -> {
            machine(c, 16 << 20);
            ram(c, Sample.BASE_GPA, 4096);
            end(c, 8192);
        }));
        refusal(forged(c -> {
            machine(c, 16 << 20);
            end(c, 0);
            ram(c, Sample.BASE_GPA, 4096);
            end(c, 4096);
        }));
    }

    @Test
    void aDescriptionThatNoMachineCanHaveIsRefused() throws Exception {
        for (long memory : new long[] {0, -1, 1 << 20, (16 << 20) + 1, Long.MAX_VALUE}) {
            refusal(forged(c -> {
                machine(c, memory);
                end(c, 0);
            }));
        }
        refusal(forged(c -> {
            part(c, "a");
            end(c, 0);
        }));
        refusal(forged(c -> {
            machine(c, 16 << 20);
            machine(c, 16 << 20);
            end(c, 0);
        }));
    }

    @Test
    void partsThatWouldFillTheHostAreRefused() throws Exception {
        assertTrue(refusal(forged(c -> {
            machine(c, 16 << 20);
            for (int i = 0; i < 80; i++) {
                // A megabyte of zeros takes a few bytes in the file.
                new BodyWriter(c.body()).string("p" + i).string("t").string("tag").number(1).bytes(new byte[1 << 20]).number(0);
                c.chunk(SnapshotLayout.PART, true);
            }
            end(c, 0);
        })).contains("larger than"));
        assertTrue(refusal(forged(c -> {
            machine(c, 16 << 20);
            for (int i = 0; i < 1025; i++) {
                part(c, "p" + i);
            }
            end(c, 0);
        })).contains("more than 1024"));
    }

    @Test
    void anotherFormatSaysWhich() throws Exception {
        byte[] bad = Sample.snapshot();
        bad[8] = 9;
        assertTrue(refusal(bad).contains("format 9"));
    }

    /** Bodies with right checksums but random changes: whatever comes of them is an answer or a refusal. */
    @Test
    void randomContentsNeverThrowAnythingElse() throws Exception {
        Random random = new Random(20260101);
        List<SnapshotForgery.Body> good = SnapshotForgery.bodies(folder, Sample.snapshot(3, 1, 9, 2));
        for (int i = 0; i < 500; i++) {
            SnapshotForgery.read(folder, SnapshotForgery.changed(good, random));
        }
    }

    @Test
    void aChannelThatFailsEndsTheSaving() {
        // As a full disk does, after so many bytes.
        for (int room = 0; room < 3_000; room += 37) {
            int most = room;
            var full = Channels.newChannel(new java.io.OutputStream() {
                private int taken;

                @Override
                public void write(int b) throws IOException {
                    if (taken++ >= most) {
                        throw new IOException("No space left on device");
                    }
                }
            });
            HvException e = assertThrows(HvException.class, () -> {
                try (SnapshotWriter w = new SnapshotWriter(Path.of("/tmp/x"), full, hv.api.Progress.NONE)) {
                    Sample.handOut(w, 3, 1);
                    w.finish();
                }
            });
            assertEquals("cannot write /tmp/x: No space left on device", e.getMessage());
        }
    }

    @Test
    void specExceptionsAreWhatAHostileFileCauses() {
        assertThrows(SpecException.class, () -> Sample.open(folder, "not a snapshot at all, but a text".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }
}
