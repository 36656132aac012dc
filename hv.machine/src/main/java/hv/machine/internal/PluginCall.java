package hv.machine.internal;

import hv.api.part.ReplaceException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A call of a plugin that may hang: on a thread of its own, awaited for a bounded time. After that it is abandoned: interrupted, counted, and its
 * result, should it come, is dropped. A thread in Java cannot be killed.
 */
final class PluginCall<T> {
    /** More abandoned threads than this, and no new plugin is taken in. */
    static final int MOST_ABANDONED = 4;
    private static final AtomicInteger ABANDONED = new AtomicInteger();

    private final String what;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final Thread thread;

    PluginCall(String what, Callable<T> call) throws ReplaceException {
        if (ABANDONED.get() > MOST_ABANDONED) {
            throw new ReplaceException("cannot " + what + ": " + ABANDONED.get() + " plugin calls hang already; restart the platform");
        }
        this.what = what;
        this.thread = Thread.ofPlatform().name("hv-plugin").daemon().unstarted(() -> {
            boolean inTime;
            try {
                inTime = result.complete(call.call());
            } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
                inTime = result.completeExceptionally(e);
            }
            if (!inTime) {
                // It was slow, on a busy host, and does not hang.
                ABANDONED.decrementAndGet();
            }
        });
        thread.start();
    }

    /** @throws ReplaceException it failed or did not end in time; one line says which */
    T await(long timeoutNanos) throws ReplaceException {
        boolean interrupted = false;
        long end = System.nanoTime() + timeoutNanos;
        try {
            for (;;) {
                try {
                    return result.get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException e) {
                    if (result.completeExceptionally(e)) {
                        ABANDONED.incrementAndGet();
                        thread.interrupt();
                        throw new ReplaceException("could not " + what + ": it did not return within " + timeoutNanos / 1_000_000 + " ms");
                    }
                } catch (ExecutionException e) {
                    Throwable cause = e.getCause();
                    // Only the text is kept: the exception's class may be the plugin's own.
                    throw new ReplaceException("could not " + what + ": " + (cause instanceof hv.api.HvException || cause instanceof hv.api.state.NotAsleepException
                            ? cause.getMessage() : Faults.describe(cause)));
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
