package hv.machine.internal;

import hv.api.device.IoContext;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;

/**
 * A device's I/O context: tasks one after the other on threads of the host's pool. Can be suspended: then the task under way ends, and later ones
 * wait. A revoked context drops what is posted to it.
 */
final class SerialContext implements IoContext {
    private final Executor pool;
    private final String owner;
    private final Faults faults;
    private final java.util.function.Consumer<Throwable> onFault;
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private boolean scheduled;
    private boolean inTask;
    private boolean suspended;
    private boolean revoked;

    SerialContext(Executor pool, String owner, Faults faults, java.util.function.Consumer<Throwable> onFault) {
        this.pool = pool;
        this.owner = owner;
        this.faults = faults;
        this.onFault = onFault;
    }

    @Override
    public void post(Runnable task) {
        synchronized (this) {
            if (revoked) {
                return;
            }
            tasks.add(task);
            if (scheduled || suspended) {
                return;
            }
            scheduled = true;
        }
        pool.execute(this::drain);
    }

    private void drain() {
        for (;;) {
            Runnable task;
            synchronized (this) {
                inTask = false;
                if (suspended || tasks.isEmpty()) {
                    scheduled = false;
                    notifyAll();
                    return;
                }
                task = tasks.poll();
                inTask = true;
            }
            try {
                task.run();
            } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
                faults.report(owner, e);
                onFault.accept(e);
            }
        }
    }

    /**
     * No task begins from now on. Waits for the one under way.
     *
     * @return false if it did not end in time; the context is then not suspended
     */
    synchronized boolean suspend(long timeoutNanos) {
        suspended = true;
        long end = System.nanoTime() + timeoutNanos;
        boolean interrupted = false;
        while (scheduled) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                resume();
                return false;
            }
            try {
                wait(left / 1_000_000, (int) (left % 1_000_000));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return true;
    }

    void resume() {
        synchronized (this) {
            suspended = false;
            if (scheduled || tasks.isEmpty()) {
                return;
            }
            scheduled = true;
        }
        pool.execute(this::drain);
    }

    /** Runs a task in the context and waits for it; not from within the context. */
    boolean call(Runnable task, long timeoutNanos) {
        java.util.concurrent.CountDownLatch done = new java.util.concurrent.CountDownLatch(1);
        post(() -> {
            try {
                task.run();
            } finally {
                done.countDown();
            }
        });
        try {
            return done.await(timeoutNanos, java.util.concurrent.TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    synchronized void revoke() {
        revoked = true;
        tasks.clear();
    }
}
