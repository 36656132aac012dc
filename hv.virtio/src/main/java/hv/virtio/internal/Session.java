package hv.virtio.internal;

import hv.api.memory.GuestMemory;
import hv.api.virtio.spi.VirtioTransport;

/**
 * From DRIVER_OK to the driver's reset: what a model is lent. When it ends, everything that was lent is dead: {@code pop} gives nothing, answers
 * and copies do not reach RAM.
 */
final class Session implements VirtioTransport {
    /** The transport's register lock. */
    final Object lock;
    private final Transport transport;
    private final long features;
    private final Ring[] queues;
    // Guarded by lock.
    private boolean live = true;
    private boolean broken;

    Session(Transport transport, GuestMemory memory, long features, QueueSetup[] setups, QueuePosition[] positions, int queueCount) {
        this.lock = transport;
        this.transport = transport;
        this.features = features;
        this.queues = new Ring[queueCount];
        for (int i = 0; i < queueCount; i++) {
            queues[i] = Ring.of(this, memory, i, setups[i], positions[i], features);
        }
    }

    long features() {
        return features;
    }

    boolean indirectAllowed() {
        return (features & Features.RING_INDIRECT_DESC) != 0;
    }

    int queueCount() {
        return queues.length;
    }

    /** Chains that are with the model. Under the lock. */
    int inFlight() {
        int n = 0;
        for (Ring q : queues) {
            n += q.inFlight();
        }
        return n;
    }

    void end() {
        synchronized (lock) {
            live = false;
        }
    }

    /** The rings and buffers may be touched. Under the lock. */
    boolean isLive() {
        return live && transport.isMaster();
    }

    /** Chains may be popped. Under the lock. */
    boolean isOpen() {
        return isLive() && !broken && transport.isIntakeOpen();
    }

    void setBroken() {
        synchronized (lock) {
            broken = true;
        }
    }

    @Override
    public Ring queue(int i) {
        return queues[i];
    }

    @Override
    public void configurationChanged() {
        transport.configurationChanged();
    }

    @Override
    public void needsReset(String why) {
        synchronized (lock) {
            if (live && !broken) {
                broken = true;
                transport.setNeedsReset(why);
            }
        }
    }

    void usedBuffers(int queue) {
        transport.usedBuffers(queue);
    }
}
