package hv.storage.internal;

import hv.api.HvException;
import hv.api.SpecException;
import hv.api.block.spi.BlockBackend;
import hv.api.block.spi.BlockGeometry;
import hv.api.block.spi.BlockOperation;
import hv.api.block.spi.OpenFile;
import hv.api.state.Deadline;
import hv.api.state.Handles;
import hv.api.state.NotAsleepException;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import hv.host.ExclusiveFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A disk that is a file, byte for byte, or a block device. Operations run on the host's offload threads, straight between the file and the
 * model's buffer. FLUSH is fdatasync.
 * <p>One opener, in this process or another: an exclusive lock on the file ({@link ExclusiveFile}); read-only openers share it.
 * <p>It offers no DISCARD: Java has no call that punches holes. An operation that fails is the guest's I/O error; it is logged, at most once a
 * minute with how many there were, since a guest can have as many of them as it likes.
 */
final class RawFile implements BlockBackend {
    static final int SECTOR_BYTES = 512;
    private static final int BLOCK_BYTES = 4096;
    private static final int ZEROES_BYTES = 256 << 10;
    private static final long LOG_NANOS = 60_000_000_000L;
    private static final int FILE_TYPE = 0170000;
    private static final int BLOCK_DEVICE = 0060000;
    private static final System.Logger LOG = System.getLogger("hv.storage");

    private final PartId id;
    private final Path path;
    private final boolean readOnly;
    private final Executor offload;
    private final AtomicInteger inFlight = new AtomicInteger();
    /** When the next failure may be logged, and how many were not. */
    private final AtomicLong quietUntilNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong unsaid = new AtomicLong();

    // Host calls and I/O context: never at the same time.
    private boolean asleep = true;
    /** What a restored state says the file must have; 0 for nothing. */
    private long expectedBytes;
    private volatile OpenFile file;
    private volatile BlockGeometry geometry;

    RawFile(String partPath, Path path, boolean readOnly, Executor offload) {
        this.id = new PartId(partPath, RawState.TAG);
        this.path = path;
        this.readOnly = readOnly;
        this.offload = offload;
    }

    @Override
    public PartId id() {
        return id;
    }

    @Override
    public void open() throws HvException {
        if (file != null) {
            throw new IllegalStateException(path + " is open already");
        }
        checkKind();
        Set<OpenOption> options = readOnly ? Set.of(StandardOpenOption.READ) : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileChannel channel;
        try {
            channel = FileChannel.open(path, options);
        } catch (AccessDeniedException e) {
            throw new SpecException("disk " + path + ": no permission to " + (readOnly ? "read" : "write") + " it; change its mode"
                    + (readOnly ? "" : ", or attach it read-only"), e);
        } catch (IOException e) {
            throw new SpecException("disk " + path + ": cannot be opened: " + reason(e), e);
        }
        OpenFile opened = null;
        try {
            OpenFile candidate = new OpenFile(path, channel, lock(channel), readOnly);
            try {
                take(candidate);
                opened = candidate;
            } finally {
                if (opened == null) {
                    candidate.close();
                }
            }
        } catch (StateException e) {
            throw new SpecException(e.getMessage(), e);
        } finally {
            if (opened == null) {
                closeQuietly(channel);
            }
        }
    }

    /** A directory opens for reading, and a named pipe blocks: look before. */
    private void checkKind() throws HvException {
        try {
            if (Files.isDirectory(path)) {
                throw new SpecException("disk " + path + ": is a directory; name a disk image file");
            }
            if (!Files.isRegularFile(path) && ((int) Files.getAttribute(path, "unix:mode") & FILE_TYPE) != BLOCK_DEVICE) {
                throw new SpecException("disk " + path + ": is neither a file nor a block device; name a disk image file");
            }
        } catch (NoSuchFileException e) {
            throw new SpecException("disk " + path + ": no such file; create it (e.g. truncate -s 1G FILE), or correct the path", e);
        } catch (AccessDeniedException e) {
            throw new SpecException("disk " + path + ": no permission to look at it; change the mode of its folder", e);
        } catch (IOException | UnsupportedOperationException e) {
            throw new SpecException("disk " + path + ": cannot be looked at: " + reason(e), e);
        }
    }

    private FileLock lock(FileChannel channel) throws HvException {
        try {
            FileLock lock = ExclusiveFile.tryLock(channel, path, readOnly);
            if (lock != null) {
                return lock;
            }
            throw new HvException("disk " + path + ": is in use by another process or another machine; stop that, or copy the file");
        } catch (IOException e) {
            throw new HvException("disk " + path + ": its file system gives no lock (" + reason(e) + "); copy the file to a local one", e);
        }
    }

    /** Makes the open file the disk, if its size fits. */
    private void take(OpenFile candidate) throws StateException {
        long size;
        try {
            size = uninterrupted(candidate.channel()::size);
        } catch (IOException e) {
            throw new StateException("disk " + path + ": its size cannot be read: " + reason(e), e);
        }
        if (size == 0 || size % SECTOR_BYTES != 0) {
            throw new StateException("disk " + path + ": has " + size + " bytes, a raw disk is a multiple of " + SECTOR_BYTES
                    + " and not empty; use truncate -s to set its size");
        }
        if (expectedBytes != 0 && expectedBytes != size) {
            throw new StateException("disk " + path + ": has " + size + " bytes, the saved machine's had " + expectedBytes + "; name the same image");
        }
        geometry = new BlockGeometry(size, BLOCK_BYTES, readOnly, false);
        expectedBytes = size;
        file = candidate;
    }

    @Override
    public BlockGeometry geometry() {
        BlockGeometry g = geometry;
        if (g == null) {
            throw new IllegalStateException(path + " was never open");
        }
        return g;
    }

    @Override
    public void submit(BlockOperation operation) {
        if (asleep) {
            throw new IllegalStateException("operation on " + path + " while it is asleep");
        }
        inFlight.incrementAndGet();
        try {
            offload.execute(() -> run(operation));
        } catch (RejectedExecutionException e) {
            complete(operation, "disk " + path + ": the host takes no more work");
        }
    }

    /** Offload thread. */
    private void run(BlockOperation operation) {
        String error;
        try {
            error = uninterrupted(() -> perform(operation));
        } catch (IOException e) {
            error = "disk " + path + ": " + operation.kind() + " of " + operation.lenBytes() + " bytes at " + operation.offset() + " failed: " + reason(e);
        }
        complete(operation, error);
    }

    private void complete(BlockOperation operation, String error) {
        if (error != null) {
            log(error);
        }
        // Before the completion is told: who hears of the last one may put the disk to sleep.
        inFlight.decrementAndGet();
        operation.completion().done(error);
    }

    private void log(String error) {
        long now = System.nanoTime();
        long until = quietUntilNanos.get();
        if (now - until < 0 || !quietUntilNanos.compareAndSet(until, now + LOG_NANOS)) {
            unsaid.incrementAndGet();
            return;
        }
        long before = unsaid.getAndSet(0);
        LOG.log(System.Logger.Level.WARNING, before == 0 ? error : error + " (and " + before + " more failures before)");
    }

    /** Returns what is wrong with the operation, or null when it is done. */
    private String perform(BlockOperation operation) throws IOException {
        OpenFile open = file;
        if (open == null) {
            return "disk " + path + " is not open";
        }
        FileChannel channel = open.channel();
        long at = operation.offset();
        long len = operation.lenBytes();
        if (operation.kind() == BlockOperation.Kind.FLUSH) {
            channel.force(false);
            return null;
        }
        if (at < 0 || len < 0 || at > geometry.sizeBytes() || len > geometry.sizeBytes() - at) {
            return "disk " + path + ": " + len + " bytes at " + at + " are beyond its end";
        }
        if (readOnly && operation.kind() != BlockOperation.Kind.READ) {
            return "disk " + path + " is read-only";
        }
        switch (operation.kind()) {
            case READ -> {
                ByteBuffer into = operation.buffer().asSlice(0, len).asByteBuffer();
                while (into.hasRemaining()) {
                    if (channel.read(into, at + into.position()) < 0) {
                        return "disk " + path + " has become shorter than it was";
                    }
                }
            }
            case WRITE -> writeFully(channel, operation.buffer().asSlice(0, len).asByteBuffer(), at);
            case WRITE_ZEROES -> {
                ByteBuffer zeroes = ByteBuffer.allocateDirect((int) Math.min(len, ZEROES_BYTES));
                for (long done = 0; done < len; done += zeroes.limit()) {
                    zeroes.clear().limit((int) Math.min(len - done, zeroes.capacity()));
                    writeFully(channel, zeroes, at + done);
                }
            }
            case DISCARD -> {
                return "disk " + path + " cannot discard";
            }
            case FLUSH -> throw new IllegalStateException("flush is served above");
        }
        return null;
    }

    /** File work. */
    @FunctionalInterface
    private interface FileWork<T> {
        T run() throws IOException;
    }

    /** An interrupt that waits for its thread would close the channel, and with it the disk: it waits on until the work is done. */
    private static <T> T uninterrupted(FileWork<T> work) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            return work.run();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer from, long at) throws IOException {
        while (from.hasRemaining()) {
            channel.write(from, at + from.position());
        }
    }

    @Override
    public Handles detach() {
        OpenFile open = file;
        if (open == null) {
            throw new IllegalStateException(path + " is not open");
        }
        file = null;
        return open;
    }

    @Override
    public void attach(Handles handles) throws StateException {
        if (file != null) {
            throw new IllegalStateException(path + " is open already");
        }
        if (!(handles instanceof OpenFile open) || !open.path().equals(path) || open.readOnly() != readOnly || !open.channel().isOpen()) {
            throw new StateException("disk " + path + ": takes its own open file, not " + handles.claim());
        }
        take(open);
    }

    @Override
    public void sleep(Deadline by) throws NotAsleepException {
        if (asleep) {
            return;
        }
        int n = inFlight.get();
        if (n > 0) {
            throw new NotAsleepException("disk " + path + ": " + n + " operations in flight");
        }
        OpenFile open = file;
        if (open != null && !readOnly) {
            try {
                uninterrupted(() -> {
                    open.channel().force(false);
                    return null;
                });
            } catch (IOException e) {
                throw new NotAsleepException("disk " + path + ": cannot be flushed: " + reason(e));
            }
        }
        asleep = true;
    }

    @Override
    public void save(StateWriter out) {
        new RawState(expectedBytes, readOnly).write(out);
    }

    @Override
    public void restore(StateReader in) throws StateException {
        RawState s = RawState.read(in);
        if (s.readOnly() != readOnly) {
            throw new StateException("disk " + path + ": the state is of a " + (s.readOnly() ? "read-only" : "writable") + " disk, this is none");
        }
        if (file != null && s.sizeBytes() != 0 && s.sizeBytes() != geometry.sizeBytes()) {
            throw new StateException("disk " + path + ": has " + geometry.sizeBytes() + " bytes, the saved machine's had " + s.sizeBytes()
                    + "; name the same image");
        }
        if (file == null) {
            expectedBytes = s.sizeBytes();
        }
    }

    @Override
    public void wake() {
        asleep = false;
    }

    @Override
    public void close() {
        asleep = true;
        OpenFile open = file;
        file = null;
        if (open != null) {
            open.close();
        }
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing a disk that was refused", e);
        }
    }

    /** The system's words without the path, which the message has already. */
    private static String reason(Exception e) {
        if (e instanceof FileSystemException f && f.getReason() != null) {
            return f.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
