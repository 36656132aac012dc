package hv.machine.internal;

/**
 * Who may enter the guest. Halted: the machine does not run. Closed: it runs, but its vCPUs stay out for a safepoint; several may close it at once.
 *
 * <p>A vCPU publishes that it is in its run and then asks {@link #isOpen}; who closes the gate does so and then waits for the vCPUs to be out. No plugin is
 * called with the gate's monitor held.
 */
final class Gate {
    private final MachineVcpu[] vcpus;
    private volatile boolean halted = true;
    private volatile int closers;

    Gate(MachineVcpu[] vcpus) {
        this.vcpus = vcpus;
    }

    boolean isHalted() {
        return halted;
    }

    boolean isOpen() {
        return closers == 0 && !halted;
    }

    /** A vCPU has left its run. */
    void cameOut() {
        synchronized (this) {
            notifyAll();
        }
    }

    /** No vCPU enters the guest from now on; those that are in may still be. Any thread. */
    void halt() {
        halted = true;
    }

    void unhalt() {
        halted = false;
        wakeAll();
    }

    /** As {@link #close} without waiting; to be undone by {@link #open}. Any thread. */
    void closeAhead() {
        synchronized (this) {
            closers++;
        }
    }

    /** No vCPU is in the guest or in the handling of an exit once this returns true. On false the gate is as it was. */
    boolean close(long timeoutNanos) {
        closeAhead();
        if (awaitOut(timeoutNanos)) {
            return true;
        }
        open();
        return false;
    }

    void open() {
        synchronized (this) {
            closers--;
        }
        wakeAll();
    }

    /** Waits for vCPUs that may not enter again: those of a closed gate, or held by a debugger. @return whether all are out */
    boolean awaitOut(long timeoutNanos) {
        long end = System.nanoTime() + timeoutNanos;
        boolean interrupted = false;
        try {
            synchronized (this) {
                for (;;) {
                    boolean out = true;
                    for (MachineVcpu v : vcpus) {
                        if (v.isInRun()) {
                            v.comeOut();
                            out = false;
                        }
                    }
                    if (out) {
                        return true;
                    }
                    long left = end - System.nanoTime();
                    if (left <= 0) {
                        return false;
                    }
                    try {
                        // Woken by the vCPU that comes out; the bound only covers a kick that met a vCPU between two runs.
                        wait(Math.min(left / 1_000_000 + 1, 2));
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void wakeAll() {
        if (isOpen()) {
            for (MachineVcpu v : vcpus) {
                v.wake();
            }
        }
    }
}
