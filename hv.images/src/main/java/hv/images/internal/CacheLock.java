package hv.images.internal;

import hv.images.ImageException;
import hv.images.ImageSettings;
import hv.images.Progress;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;

/** One writer of the cache at a time: among processes by a lock on a file, among threads of this one (where file locks do not work) by a lock of Java. */
final class CacheLock implements AutoCloseable {
    private static final ReentrantLock THREADS = new ReentrantLock();
    private final FileChannel channel;

    private CacheLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Waits until it is free. */
    static CacheLock take(Path cacheDir, Progress progress) throws ImageException {
        try {
            if (!THREADS.tryLock()) {
                progress.report("waiting for another fetch", 0, -1);
                THREADS.lockInterruptibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImageException("waiting for the cache " + cacheDir + " was interrupted", e);
        }
        FileChannel channel = null;
        try {
            Files.createDirectories(cacheDir);
            channel = FileChannel.open(cacheDir.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                progress.report("waiting for another process that fetches", 0, -1);
                channel.lock();
            }
            return new CacheLock(channel);
        } catch (IOException e) {
            THREADS.unlock();
            close(channel, e);
            if (e instanceof FileLockInterruptionException || e instanceof ClosedByInterruptException) {
                throw new ImageException("waiting for the cache " + cacheDir + " was interrupted", e);
            }
            throw new ImageException("cannot write to the cache " + cacheDir + ": " + Download.reason(e) + "; set "
                    + ImageSettings.CACHE + " to a folder of yours", e);
        }
    }

    private static void close(FileChannel channel, IOException first) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            first.addSuppressed(e);
        }
    }

    @Override
    public void close() throws ImageException {
        try {
            // Before the lock of the threads: the next thread must find the file's lock free.
            channel.close();
        } catch (IOException e) {
            throw new ImageException("cannot release the lock of the cache: " + Download.reason(e), e);
        } finally {
            THREADS.unlock();
        }
    }
}
