package hv.images.internal;

import hv.images.ImageException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets the thread that made it clean up when the JVM is told to end (Ctrl-C, SIGTERM) in the middle of its work: it is interrupted, and the JVM waits
 * for {@link #close()}, a short time. What is left behind even so, the next writer of the cache sweeps away.
 */
final class TidyExit implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 3;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook;

    TidyExit() throws ImageException {
        Thread worker = Thread.currentThread();
        hook = new Thread(() -> await(worker), "hv-images-tidy-exit");
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            throw new ImageException("nothing is fetched any more: the program is ending", e);
        }
    }

    private void await(Thread worker) {
        worker.interrupt();
        try {
            done.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        done.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return;   // the JVM is ending: the hook runs, and has just been let go
        }
    }
}
