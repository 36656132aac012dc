package hv.storage.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** A channel that says it has a given size, so that a device like /dev/full can stand for a disk on a full file system. */
final class SizedChannel extends FileChannel {
    private final FileChannel on;
    private final long sizeBytes;

    SizedChannel(FileChannel on, long sizeBytes) {
        this.on = on;
        this.sizeBytes = sizeBytes;
    }

    @Override
    public long size() {
        return sizeBytes;
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        return on.read(dst);
    }

    @Override
    public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
        return on.read(dsts, offset, length);
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        return on.write(src);
    }

    @Override
    public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
        return on.write(srcs, offset, length);
    }

    @Override
    public long position() throws IOException {
        return on.position();
    }

    @Override
    public FileChannel position(long newPosition) throws IOException {
        on.position(newPosition);
        return this;
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        on.truncate(size);
        return this;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        on.force(metaData);
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        return on.transferTo(position, count, target);
    }

    @Override
    public long transferFrom(ReadableByteChannel src, long position, long count) throws IOException {
        return on.transferFrom(src, position, count);
    }

    @Override
    public int read(ByteBuffer dst, long position) throws IOException {
        return on.read(dst, position);
    }

    @Override
    public int write(ByteBuffer src, long position) throws IOException {
        return on.write(src, position);
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
        return on.map(mode, position, size);
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
        return on.lock(position, size, shared);
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
        return on.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        on.close();
    }
}
