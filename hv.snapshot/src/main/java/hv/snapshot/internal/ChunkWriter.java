package hv.snapshot.internal;

import hv.api.HvException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.zip.CRC32C;

/** Writes the header and chunks of a snapshot; see {@link SnapshotLayout}. */
final class ChunkWriter implements AutoCloseable {
    private final WritableByteChannel out;
    private final Compression compression = new Compression();
    /** Gives the buffers back at once, not when they are collected; a saving is done by one thread. */
    private final Arena memory = Arena.ofConfined();
    private final ByteBuffer body = memory.allocate(SnapshotLayout.MAX_BODY_BYTES).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer packed = memory.allocate(Compression.bound(SnapshotLayout.MAX_BODY_BYTES)).asByteBuffer();
    private final ByteBuffer header = memory.allocate(SnapshotLayout.CHUNK_HEADER_BYTES).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C crc = new CRC32C();
    private int sequence;

    ChunkWriter(WritableByteChannel out) throws IOException {
        this.out = out;
        header.clear().put(SnapshotLayout.MAGIC).putInt(SnapshotLayout.VERSION).putInt(0).flip();
        boolean begun = false;
        try {
            writeFully(header);
            begun = true;
        } finally {
            if (!begun) {
                close();
            }
        }
    }

    /** The buffer in which the next body is put together, from 0 on. */
    ByteBuffer body() {
        return body.clear();
    }

    int chunks() {
        return sequence;
    }

    /** Writes what is in {@link #body} up to its position. */
    void chunk(int type, boolean compressed) throws IOException, HvException {
        body.flip();
        int plainBytes = body.limit();
        int packedBytes = compressed ? compression.compress(body, packed) : 0;
        ByteBuffer stored = packedBytes > 0 ? packed.position(0).limit(packedBytes) : body;
        header.clear().putInt(type).putInt(sequence++).putInt(stored.remaining()).putInt(plainBytes).flip();
        crc.reset();
        crc.update(header.duplicate());
        crc.update(stored.duplicate());
        writeFully(header);
        writeFully(stored);
        packed.clear();
        header.clear().putInt((int) crc.getValue()).flip();
        writeFully(header);
    }

    private void writeFully(ByteBuffer b) throws IOException {
        while (b.hasRemaining()) {
            out.write(b);
        }
    }

    @Override
    public void close() {
        compression.close();
        memory.close();
    }
}
