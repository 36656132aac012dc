package hv.snapshot.internal;

import hv.api.SpecException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Reads the header and chunks of a snapshot, which is hostile until its checks pass; see {@link SnapshotLayout}. */
final class ChunkReader implements AutoCloseable {
    private final FileChannel in;
    private final long sizeBytes;
    private final Compression compression = new Compression();
    /** Both grow to what a chunk needs, within its bound. */
    private ByteBuffer stored = buffer(16 << 10);
    private ByteBuffer plain = buffer(16 << 10);
    private final ByteBuffer header = buffer(SnapshotLayout.CHUNK_HEADER_BYTES);
    private final CRC32C crc = new CRC32C();
    private long at;
    private int sequence;
    private int type;

    private ChunkReader(FileChannel in) throws IOException {
        this.in = in;
        sizeBytes = in.size();
    }

    /** Reads the file's header. Closes the channel if it is refused. */
    static ChunkReader open(FileChannel in) throws IOException, SpecException {
        ChunkReader reader = new ChunkReader(in);
        boolean good = false;
        try {
            reader.readHeader();
            good = true;
            return reader;
        } finally {
            if (!good) {
                reader.close();
            }
        }
    }

    private void readHeader() throws IOException, SpecException {
        if (sizeBytes < SnapshotLayout.FILE_HEADER_BYTES) {
            throw new SpecException("it is no snapshot: it has " + sizeBytes + " bytes");
        }
        read(header, SnapshotLayout.FILE_HEADER_BYTES);
        byte[] magic = new byte[SnapshotLayout.MAGIC.length];
        header.get(magic);
        if (!Arrays.equals(magic, SnapshotLayout.MAGIC)) {
            throw new SpecException("it is no snapshot: it does not begin as one");
        }
        int version = header.getInt();
        if (version != SnapshotLayout.VERSION || header.getInt() != 0) {
            throw new SpecException("it is a snapshot of format " + version + ", this hv reads format " + SnapshotLayout.VERSION);
        }
        checkEnd();
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer room(ByteBuffer b, int bytes) {
        return b.capacity() >= bytes ? b.clear() : buffer(Math.min(SnapshotLayout.MAX_BODY_BYTES, Math.max(bytes, 2 * b.capacity())));
    }

    /** A file that was cut off is told before anything is made of it. */
    private void checkEnd() throws IOException, SpecException {
        long end = sizeBytes - SnapshotLayout.END_CHUNK_BYTES;
        if (end >= SnapshotLayout.FILE_HEADER_BYTES) {
            long back = at;
            at = end;
            read(header, SnapshotLayout.CHUNK_HEADER_BYTES);
            at = back;
            if (header.getInt() == SnapshotLayout.END && header.getInt() > 0 && header.getInt() == SnapshotLayout.END_BODY_BYTES) {
                return;
            }
        }
        throw new SpecException("it is cut off: its end mark is missing");
    }

    private void read(ByteBuffer into, int lenBytes) throws IOException, SpecException {
        into.clear().limit(lenBytes);
        while (into.hasRemaining()) {
            int n = in.read(into, at);
            if (n < 0) {
                throw new SpecException("it is cut off at byte " + at);
            }
            at += n;
        }
        into.flip();
    }

    /** Type of the chunk that {@link #next} read. */
    int type() {
        return type;
    }

    /** Chunks read so far. */
    int chunks() {
        return sequence;
    }

    /** Reads, checks and expands the next chunk; the body is valid until the next call. */
    ByteBuffer next() throws IOException, SpecException {
        long begin = at;
        if (sizeBytes - at < SnapshotLayout.CHUNK_HEADER_BYTES + SnapshotLayout.CHECKSUM_BYTES) {
            throw new SpecException("it is cut off at byte " + at);
        }
        read(header, SnapshotLayout.CHUNK_HEADER_BYTES);
        crc.reset();
        crc.update(header.duplicate());
        type = header.getInt();
        int number = header.getInt();
        int storedBytes = header.getInt();
        int plainBytes = header.getInt();
        if (storedBytes < 0 || storedBytes > SnapshotLayout.MAX_BODY_BYTES || plainBytes < storedBytes || plainBytes > SnapshotLayout.MAX_BODY_BYTES
                || storedBytes > sizeBytes - at - SnapshotLayout.CHECKSUM_BYTES) {
            throw damaged(begin, "has a length of " + storedBytes + " for " + plainBytes + " bytes");
        }
        stored = room(stored, storedBytes);
        read(stored, storedBytes);
        crc.update(stored.duplicate());
        read(header, SnapshotLayout.CHECKSUM_BYTES);
        if (header.getInt() != (int) crc.getValue()) {
            throw damaged(begin, "has a wrong checksum");
        }
        if (number != sequence) {
            throw damaged(begin, "is number " + number + " where " + sequence + " is due");
        }
        sequence++;
        if (storedBytes == plainBytes) {
            return stored;
        }
        plain = room(plain, plainBytes);
        try {
            compression.decompress(stored, storedBytes, plain, plainBytes);
        } catch (SpecException e) {
            throw damaged(begin, "cannot be read: " + e.getMessage());
        }
        return plain.limit(plainBytes);
    }

    private static SpecException damaged(long begin, String how) {
        return new SpecException("it is damaged: the chunk at byte " + begin + " " + how);
    }

    /** Whether all of the file was read. */
    boolean atEnd() {
        return at == sizeBytes;
    }

    @Override
    public void close() throws IOException {
        compression.close();
        in.close();
    }
}
