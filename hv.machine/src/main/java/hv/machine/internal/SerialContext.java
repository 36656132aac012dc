package hv.machine.internal;

import hv.api.device.IoContext;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;

/**
 * A device's I/O context: tasks one after the other on threads of the host's pool. Can be suspended: then the task under way ends, and later ones
 * wait. A revoked context drops what is posted to it.
 *
 * <p>A context whose tasks have always been short runs on the vCPU's own thread when the guest rings a doorbell, after the exit was handled: waking
 * another thread costs more than such a task, and guests spin for it. After a long task it is the pool's for a while.
 */
final class SerialContext implements IoContext, Runnable {
    private static final long SHORT_NANOS = 100_000;
    private static final int TRUSTED_TASKS = 64;
    /** What a long task costs: a host that is merely busy is forgiven, a device that blocks is not for long. */
    private static final int PENALTY_TASKS = 32;
    /** However many long tasks there were, so many short ones make up for them: a device that was busy once is not the pool's for ever. */
    private static final int MOST_TASKS_OWED = 1024;
    private final Executor pool;
    private final String owner;
    private final Faults faults;
    private final java.util.function.Consumer<Throwable> onFault;
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private boolean scheduled;
    private boolean suspended;
    private boolean revoked;
    /** How far the context has shown its tasks to be short. Written by the thread that runs them. */
    private volatile int shortTasks;

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
            if (isTrusted() && Thread.currentThread() instanceof SlotThread t && t.defer(this)) {
                return;
            }
        }
        pool.execute(this);
    }

    /** Whether its tasks have been short of late, so that they may run on a vCPU's thread. */
    boolean isTrusted() {
        return shortTasks >= TRUSTED_TASKS;
    }

    /** Runs what was posted, until there is nothing more. */
    @Override
    public void run() {
        for (;;) {
            Runnable task;
            synchronized (this) {
                if (suspended || tasks.isEmpty()) {
                    scheduled = false;
                    notifyAll();
                    return;
                }
                task = tasks.poll();
            }
            long from = System.nanoTime();
            try {
                task.run();
            } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
                faults.report(owner, e);
                onFault.accept(e);
            }
            shortTasks = System.nanoTime() - from < SHORT_NANOS ? Math.min(shortTasks + 1, TRUSTED_TASKS) : Math.max(shortTasks - PENALTY_TASKS, -MOST_TASKS_OWED);
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
        pool.execute(this);
    }

    synchronized void revoke() {
        revoked = true;
        tasks.clear();
    }
}
