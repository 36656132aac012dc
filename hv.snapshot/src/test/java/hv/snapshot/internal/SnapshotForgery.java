package hv.snapshot.internal;

import hv.api.HvException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes snapshots whose checksums are right and whose contents are not, so that what is behind the checksums is tested too. */
final class SnapshotForgery {
    private SnapshotForgery() {
    }

    /** Reads all of it; only refusals may come of it. */
    static void read(Path folder, byte[] snapshot) throws IOException {
        try (SnapshotReader in = Sample.open(folder, snapshot)) {
            Sample.readAll(in);
        } catch (HvException e) {
            if (e.getMessage() == null || e.getMessage().indexOf('\n') >= 0) {
                throw new AssertionError("a refusal is one line: " + e.getMessage(), e);
            }
        }
    }

    /** The given bodies as chunks: each is a type byte, a length of two bytes, and so many bytes; an end mark that fits is put behind. */
    static byte[] fromScript(byte[] script) throws IOException, HvException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ByteBuffer in = ByteBuffer.wrap(script);
        long ram = 0;
        try (ChunkWriter chunks = new ChunkWriter(Channels.newChannel(bytes))) {
            while (in.remaining() >= 3) {
                int type = in.get() & 7;
                int len = Math.min(in.getShort() & 0xffff, in.remaining());
                byte[] body = new byte[len];
                in.get(body);
                chunks.body().put(body);
                chunks.chunk(type, (len & 1) == 0);
                ram += type == SnapshotLayout.RAM ? Math.max(0, len - 8) : 0;
            }
            chunks.body().putLong(chunks.chunks()).putLong(ram);
            chunks.chunk(SnapshotLayout.END, false);
        }
        return bytes.toByteArray();
    }

    /** A chunk as it was read. */
    record Body(int type, byte[] bytes) {
    }

    /** The chunks of a snapshot, but for its end. */
    static List<Body> bodies(Path folder, byte[] snapshot) throws IOException, HvException {
        Path file = folder.resolve("good");
        Files.write(file, snapshot);
        List<Body> out = new ArrayList<>();
        try (ChunkReader chunks = ChunkReader.open(FileChannel.open(file, StandardOpenOption.READ))) {
            while (true) {
                ByteBuffer body = chunks.next();
                if (chunks.type() == SnapshotLayout.END) {
                    return out;
                }
                byte[] b = new byte[body.remaining()];
                body.get(b);
                out.add(new Body(chunks.type(), b));
            }
        }
    }

    /** These chunks with random changes in their bodies, some left out or repeated. */
    static byte[] changed(List<Body> bodies, Random random) throws IOException, HvException {
        ByteArrayOutputStream script = new ByteArrayOutputStream();
        for (Body body : bodies) {
            byte[] b = body.bytes().clone();
            for (int changes = random.nextInt(3); changes > 0; changes--) {
                b[random.nextInt(Math.min(b.length, 120))] = (byte) (random.nextBoolean() ? random.nextInt() : random.nextInt(3) - 1);
            }
            int times = random.nextInt(20) == 0 ? 2 : random.nextInt(30) == 0 ? 0 : 1;
            for (int t = 0; t < times; t++) {
                script.write(random.nextInt(40) == 0 ? random.nextInt(8) : body.type());
                script.write(b.length >> 8);
                script.write(b.length);
                script.write(b);
            }
        }
        return fromScript(script.toByteArray());
    }
}
