package hv.api.device.spi;

import hv.api.state.Stateful;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A device with registers. Register accesses come on vCPU threads, one at a time for one device (the host serializes them), and never block;
 * everything else runs in the device's I/O context, possibly at the same time as a register access: what both touch, the device guards.
 * Created asleep, in its reset state.
 */
@ConsumerType
public interface Device extends Stateful, AutoCloseable {
    /**
     * @param offset     from the region's start, 0 .. size-widthBytes
     * @param widthBytes 1, 2, 4 or 8
     * @return the value, zero-extended; a register or width that does not exist reads as the specification says, else 0
     */
    long read(long offset, int widthBytes);

    void write(long offset, int widthBytes, long value);

    /** Back to the reset state; all vCPUs are out of the guest and the I/O context is idle. */
    void reset();

    /** Its last call. Lowers its lines, unless it is asleep: then they are a successor's, or the host's. */
    @Override
    void close();
}
