package hv.virtio.internal;

import hv.api.device.InterruptLine;

/** The interrupt status register and the line that follows it. Its own lock: drivers read it while the queues are worked on. */
final class InterruptStatus implements Interrupts {
    static final int USED_BUFFER = 1;
    static final int CONFIGURATION = 2;

    private final InterruptLine line;
    private int bits;
    private boolean asleep = true;

    InterruptStatus(InterruptLine line) {
        this.line = line;
    }

    synchronized int bits() {
        return bits;
    }

    @Override
    public void usedBuffers(int queue) {
        raise(USED_BUFFER);
    }

    @Override
    public void configurationChanged() {
        raise(CONFIGURATION);
    }

    @Override
    public void reset() {
        set(0);
    }

    private synchronized void raise(int more) {
        set(bits | more);
    }

    synchronized void acknowledge(int seen) {
        set(bits & ~seen);
    }

    synchronized void set(int now) {
        boolean changed = (now != 0) != (bits != 0);
        bits = now;
        if (changed && !asleep) {
            line.level(now != 0);
        }
    }

    @Override
    public synchronized void sleep() {
        asleep = true;
    }

    @Override
    public synchronized void wake() {
        asleep = false;
        line.level(bits != 0);
    }

    @Override
    public synchronized void close() {
        if (!asleep) {
            asleep = true;
            line.level(false);
        }
    }
}
