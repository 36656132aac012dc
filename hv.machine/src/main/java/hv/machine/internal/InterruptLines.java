package hv.machine.internal;

/** Levels of the lines from devices to the interrupt controller in service, a device or the engine. They outlive devices and controllers. */
final class InterruptLines {
    private final boolean[] high = new boolean[1024];
    /** Lines that were high once: others no controller knows but low. */
    private final boolean[] used = new boolean[1024];
    private volatile Inputs controller;

    /** The input lines of an interrupt controller. */
    @FunctionalInterface
    interface Inputs {
        void input(int irq, boolean high);
    }

    /** In one store: lines are raised meanwhile. Null for none. */
    void connect(Inputs inService) {
        controller = inService;
    }

    /** Level of a device's line. Any thread. */
    void raise(int irq, boolean level) {
        if (irq <= 0 || irq >= high.length) {
            return;
        }
        // Told under the lock: two levels of one line must reach the controller in the order in which they were set.
        synchronized (high) {
            if (high[irq] != level) {
                high[irq] = level;
                used[irq] = true;
                Inputs c = controller;
                if (c != null) {
                    c.input(irq, level);
                }
            }
        }
    }

    /** One bit a line. */
    long[] levels() {
        synchronized (high) {
            long[] bits = new long[high.length / Long.SIZE];
            for (int i = 0; i < high.length; i++) {
                if (high[i]) {
                    bits[i / Long.SIZE] |= 1L << i;
                }
            }
            return bits;
        }
    }

    /** Of a saved machine; the controller is told by {@link #reassert}. */
    void setLevels(long[] bits) {
        synchronized (high) {
            for (int i = 0; i < high.length; i++) {
                high[i] = (bits[i / Long.SIZE] & 1L << i) != 0;
                used[i] |= high[i];
            }
        }
    }

    /** The controller in service is told of every line that is high, or was once: its state may be older than what became of them. */
    void reassert() {
        Inputs c = controller;
        for (int irq = 1; irq < high.length && c != null; irq++) {
            // Told under the lock, as by raise.
            synchronized (high) {
                if (used[irq]) {
                    c.input(irq, high[irq]);
                }
            }
        }
    }
}
