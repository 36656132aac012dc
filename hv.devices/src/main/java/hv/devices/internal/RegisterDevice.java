package hv.devices.internal;

import hv.api.device.spi.Device;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.PartId;
import hv.api.state.StateTag;

/**
 * What the devices of this bundle share: identity, the asleep flag, and one monitor that guards registers against the I/O context.
 * <p>A device that was put to sleep has given its line and channel up to a successor, which may already drive them: its {@code close} leaves
 * them alone. One that is closed while running lowers them.
 */
public abstract class RegisterDevice implements Device {
    private final PartId id;
    private boolean asleep = true;

    protected RegisterDevice(String path, StateTag tag) {
        this.id = new PartId(path, tag);
    }

    @Override
    public final PartId id() {
        return id;
    }

    /** Guarded by this. */
    protected final boolean isAsleep() {
        return asleep;
    }

    @Override
    public final synchronized void sleep(Deadline by) throws NotAsleepException {
        if (!asleep) {
            stop();
            asleep = true;
        }
    }

    @Override
    public final synchronized void wake() {
        asleep = false;
        start();
    }

    @Override
    public final synchronized void close() {
        if (!asleep) {
            stop();
            asleep = true;
            lowerLines();
        }
    }

    /** Ends what happens by itself: timers, listening. Lines stay as they are. */
    protected abstract void stop();

    /** Begins it again, and asserts lines as the state says; also called on a running device. */
    protected abstract void start();

    protected abstract void lowerLines();
}
