package hv.machine.internal;

import hv.api.HvException;
import hv.api.SpecException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * A file of frames (pcap with nanoseconds, link type Ethernet; tcpdump and Wireshark read it). Frames are copied into one of two buffers, which a
 * thread of the pool writes out; where that is too slow, frames are left out and counted: a card never waits for a disk.
 * <pre>
 *   u32 a1b23c4d, u16 2, u16 4, u32 0, u32 0, u32 bytes kept of a frame, u32 1
 *   each frame: u32 seconds, u32 nanoseconds, u32 bytes kept, u32 bytes, then these
 * </pre>
 */
final class CaptureFile implements AutoCloseable {
    private static final int BUFFER_BYTES = 4 << 20;
    private static final int KEPT_BYTES = 1 << 17;
    private static final int RECORD_BYTES = 16;
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final Path path;
    private final FileChannel file;
    private final Consumer<String> report;
    // Guarded by this.
    private ByteBuffer filling = buffer();
    private ByteBuffer spare = buffer();
    private boolean closed;
    private long lost;

    private CaptureFile(Path path, FileChannel file, Consumer<String> report) {
        this.path = path;
        this.file = file;
        this.report = report;
    }

    /** Begins the file anew. @param report told of a failure to write, one line @throws HvException it cannot be written */
    static CaptureFile open(Path path, Executor pool, Consumer<String> report) throws HvException {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new SpecException("capture " + path + ": is no file; name a file to write frames to");
        }
        try {
            FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
            CaptureFile c = new CaptureFile(path, file, report);
            c.filling.putInt(0xa1b23c4d).putShort((short) 2).putShort((short) 4).putInt(0).putInt(0).putInt(KEPT_BYTES).putInt(1);
            pool.execute(c::writeOut);
            return c;
        } catch (IOException e) {
            throw new SpecException("capture " + path + ": cannot be written: " + (e instanceof FileSystemException f && f.getReason() != null ? f.getReason()
                    : e instanceof FileSystemException ? "no such folder, or no permission" : e.getMessage()), e);
        }
    }

    private static ByteBuffer buffer() {
        return ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.nativeOrder());
    }

    Path path() {
        return path;
    }

    synchronized long lost() {
        return lost;
    }

    /** Keeps a frame; never blocks. @param wallNanos since 1970 */
    synchronized void add(byte[] frame, int offset, int lenBytes, long wallNanos) {
        if (closed) {
            return;
        }
        if (filling.remaining() < RECORD_BYTES + lenBytes) {
            lost++;
            return;
        }
        boolean first = filling.position() == 0;
        filling.putInt((int) (wallNanos / SECOND_NANOS)).putInt((int) (wallNanos % SECOND_NANOS)).putInt(lenBytes).putInt(lenBytes).put(frame, offset, lenBytes);
        if (first) {
            notifyAll();
        }
    }

    /** Thread of the pool. */
    private void writeOut() {
        try (file) {
            for (ByteBuffer full = next(); full != null; full = next()) {
                full.flip();
                while (full.hasRemaining()) {
                    file.write(full);
                }
                full.clear();
                synchronized (this) {
                    spare = full;
                }
            }
        } catch (IOException e) {
            report.accept("capture " + path + " ends: " + e.getMessage());
        } finally {
            synchronized (this) {
                closed = true;
                filling = null;
                notifyAll();
            }
        }
    }

    private synchronized ByteBuffer next() {
        while (filling.position() == 0 && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                closed = true;
                Thread.currentThread().interrupt();
            }
        }
        if (filling.position() == 0) {
            return null;
        }
        ByteBuffer full = filling;
        filling = spare;
        spare = null;
        return full;
    }

    /** Writes what was kept, and ends. Returns when all is in the file. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
        boolean interrupted = false;
        while (filling != null) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
