package hv.machine.internal;

import hv.host.HostThread;
import java.util.concurrent.locks.LockSupport;

/**
 * The thread of a vCPU whose engine parks inside (KVM): it enters the guest, and borrows a host CPU's slot for each turn.
 * <pre>
 *   slot:   turn(slice) --- waits ---+--> the turn has ended
 *                                    +--> the vCPU burns no CPU: it waits inside for an interrupt, and the slot is taken back
 *   thread: ------ runSlice(slice) ---------------------------------------> end; wants another turn: it is woken like any vCPU
 * </pre>
 * A vCPU that an interrupt wakes inside runs on without a slot until its slice ends, or it is given one: at most one slice, so the policy's shares hold
 * over longer times.
 */
final class VcpuThread implements AutoCloseable {
    /** A slot looks so often whether the vCPU burns CPU. */
    private static final long LOOK_NANOS = 500_000;
    /** Less CPU than that between two looks is none. */
    private static final long BUSY_NANOS = 50_000;
    /** So many looks in a row: the JVM may have held it up for one. */
    private static final int IDLE_LOOKS = 2;
    private static final long CLOSE_MILLIS = 2_000;

    private final MachineVcpu vcpu;
    private final HostCpus cpus;
    private final SlotThread thread;
    /** Under this: slice of the turn under way, 0 for none. */
    private long sliceNanos;
    /** Under this: the slot's thread that waits for the turn's end; null if it was taken back. */
    private Thread lender;
    /** Under this: what the turn that ended wants. */
    private boolean wantsAnother;
    private volatile HostThread host;
    private volatile boolean closed;

    VcpuThread(MachineVcpu vcpu, HostCpus cpus, String name) {
        this.vcpu = vcpu;
        this.cpus = cpus;
        thread = new SlotThread(name, this::loop);
        thread.start();
    }

    /** CPU that the thread has used, the guest's included, nanoseconds. */
    long cpuNanos() {
        HostThread t = host;
        return t == null ? 0 : t.cpuNanos();
    }

    /**
     * On a slot's thread: lends it for a turn, or for the rest of one that goes on inside.
     *
     * @return whether the vCPU wants another turn; false also if it waits inside, and then it asks for one by itself
     */
    boolean turn(long nanos) {
        synchronized (this) {
            lender = Thread.currentThread();
            if (sliceNanos == 0) {
                sliceNanos = nanos;
            }
        }
        LockSupport.unpark(thread);
        long before = cpuNanos();
        long lookedAt = System.nanoTime();
        int idleLooks = 0;
        for (;;) {
            LockSupport.parkNanos(this, LOOK_NANOS);
            boolean abandoned = Thread.interrupted();
            long now = System.nanoTime();
            if (now - lookedAt >= LOOK_NANOS) {
                long used = cpuNanos();
                idleLooks = used - before < BUSY_NANOS && vcpu.isInGuest() && host.isWaiting() ? idleLooks + 1 : 0;
                before = used;
                lookedAt = now;
            }
            synchronized (this) {
                if (sliceNanos == 0) {
                    lender = null;
                    return wantsAnother;
                }
                if (abandoned || idleLooks == IDLE_LOOKS || closed) {
                    lender = null;
                    return false;
                }
            }
        }
    }

    /** Whether a turn has not ended. */
    synchronized boolean isUnderWay() {
        return sliceNanos != 0;
    }

    private void loop() {
        host = HostThread.current();
        while (!closed) {
            long nanos;
            synchronized (this) {
                nanos = sliceNanos;
            }
            if (nanos == 0) {
                LockSupport.park(this);
                continue;
            }
            boolean another = vcpu.runSlice(nanos);
            Thread waiting;
            synchronized (this) {
                wantsAnother = another;
                sliceNanos = 0;
                waiting = lender;
            }
            if (waiting != null) {
                LockSupport.unpark(waiting);
            } else {
                cpus.wake(vcpu);
            }
        }
    }

    /** The vCPU is out, and gets no turn any more. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
