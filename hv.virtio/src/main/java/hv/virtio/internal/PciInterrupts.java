package hv.virtio.internal;

import hv.api.device.InterruptLine;
import hv.pci.ConfigSpace;
import hv.pci.MsiX;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import java.util.Arrays;

/**
 * How a virtio function on PCI interrupts (virtio 1.2, 4.1.5.3 and 4.1.5.4): by MSI-X vectors that the driver gave to queues and configuration while it has
 * enabled them, else by ISR status and pin INTA.
 */
final class PciInterrupts implements Interrupts {
    private final InterruptLine line;
    private final ConfigSpace config;
    /** Null: the machine takes no messages. */
    private final MsiX messages;
    // Guarded by this.
    private int isr;
    private int configVector = PciLayout.NO_VECTOR;
    private final int[] queueVectors = new int[Transport.QUEUES_MAX];
    private boolean asleep = true;
    private boolean high;

    PciInterrupts(InterruptLine line, ConfigSpace config, MsiX messages) {
        this.line = line;
        this.config = config;
        this.messages = messages;
        Arrays.fill(queueVectors, PciLayout.NO_VECTOR);
    }

    private boolean byMessage() {
        return messages != null && messages.isEnabled();
    }

    @Override
    public void usedBuffers(int queue) {
        if (byMessage()) {
            messages.send(vector(queue));
        } else {
            raise(InterruptStatus.USED_BUFFER);
        }
    }

    private synchronized int vector(int queue) {
        return queueVectors[queue];
    }

    @Override
    public void configurationChanged() {
        if (byMessage()) {
            messages.send(configVector());
        } else {
            raise(InterruptStatus.CONFIGURATION);
        }
    }

    private synchronized void raise(int bit) {
        isr |= bit;
        drive();
    }

    /** The pin follows the ISR status, unless messages are on or the guest has switched it off. */
    private void drive() {
        boolean pending = isr != 0;
        config.set(ConfigSpace.STATUS, 2, config.get(ConfigSpace.STATUS, 2) & ~ConfigSpace.STATUS_INTERRUPT | (pending ? ConfigSpace.STATUS_INTERRUPT : 0));
        boolean level = pending && !byMessage() && (config.get(ConfigSpace.COMMAND, 2) & ConfigSpace.COMMAND_NO_INTX) == 0;
        if (!asleep && level != high) {
            high = level;
            line.level(level);
        }
    }

    /** The guest reads the ISR status: it is clear afterwards. */
    synchronized int takeIsr() {
        int was = isr;
        isr = 0;
        drive();
        return was;
    }

    /** The guest wrote configuration space. */
    void controlChanged() {
        synchronized (this) {
            drive();
        }
        if (messages != null) {
            messages.controlChanged();
        }
    }

    synchronized int configVector() {
        return configVector;
    }

    synchronized void configVector(int vector) {
        configVector = taken(vector);
    }

    synchronized int queueVector(int queue) {
        return queueVectors[queue];
    }

    synchronized void queueVector(int queue, int vector) {
        queueVectors[queue] = taken(vector);
    }

    /** 4.1.5.1.2: what cannot be mapped reads back as none. */
    private int taken(int vector) {
        return messages != null && vector < messages.vectors() ? vector : PciLayout.NO_VECTOR;
    }

    /** The driver has reset the device; table and masks are PCI's and stay. */
    @Override
    public synchronized void reset() {
        isr = 0;
        configVector = PciLayout.NO_VECTOR;
        Arrays.fill(queueVectors, PciLayout.NO_VECTOR);
        drive();
    }

    @Override
    public synchronized void sleep() {
        asleep = true;
        if (messages != null) {
            messages.sleep();
        }
    }

    @Override
    public synchronized void wake() {
        asleep = false;
        high = false;
        line.level(false);
        drive();
        if (messages != null) {
            messages.wake();
        }
    }

    @Override
    public synchronized void close() {
        if (!asleep) {
            asleep = true;
            line.level(false);
        }
    }

    synchronized void save(StateWriter out) {
        out.putInt(isr).putInt(configVector).putInt(queueVectors.length);
        for (int v : queueVectors) {
            out.putInt(v);
        }
    }

    /** Reads and checks; nothing has changed when it returns. */
    Runnable check(StateReader in) throws StateException {
        int savedIsr = in.getInt(0, 3);
        int savedConfig = in.getInt(0, PciLayout.NO_VECTOR);
        int n = in.getInt(queueVectors.length, queueVectors.length);
        int[] vectors = new int[n];
        for (int i = 0; i < n; i++) {
            vectors[i] = in.getInt(0, PciLayout.NO_VECTOR);
            if (taken(vectors[i]) != vectors[i]) {
                throw new StateException("queue " + i + " has vector " + vectors[i] + ", which this function has not");
            }
        }
        if (taken(savedConfig) != savedConfig) {
            throw new StateException("the configuration has vector " + savedConfig + ", which this function has not");
        }
        return () -> {
            synchronized (this) {
                isr = savedIsr;
                configVector = savedConfig;
                System.arraycopy(vectors, 0, queueVectors, 0, n);
            }
        };
    }
}
