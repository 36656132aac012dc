package hv.api.net.spi;

import hv.api.state.HoldsHandles;
import hv.api.state.Stateful;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Holds what connects a network card to the world. Created asleep and without handles: either {@link #open} or {@link HoldsHandles#attach} gives it some.
 * <pre>
 *   transmit, flush, receive   in the device's I/O context, one at a time, awake only; never block
 *   link, mtu, dropped         any thread, at any time
 *   the listener               called on any thread, while awake; must not block
 * </pre>
 * {@code sleep} succeeds whatever a peer does: what was taken and has not left yet, and what has arrived and was not received yet, goes with the
 * handles.
 */
@ConsumerType
public interface NetBackend extends Stateful, HoldsHandles, AutoCloseable {
    /** An Ethernet header. */
    int FRAME_BYTES_MIN = 14;
    /** The largest IP packet behind an Ethernet header with two VLAN tags. */
    int FRAME_BYTES_MAX = 65_535 + 22;

    /** Opens what the specification names. @throws hv.api.HvException it cannot: a program is missing, an address in use; says what to do */
    void open() throws hv.api.HvException;

    /** Told when frames have arrived, when there is room again after a {@code transmit} was refused, and when the link has changed. One listener; null for none. */
    void onEvent(Runnable listener);

    /**
     * Takes a frame for the world, by copy. It may wait for {@link #flush}. While the link is down it is dropped.
     *
     * @param lenBytes {@link #FRAME_BYTES_MIN} .. {@link #FRAME_BYTES_MAX}
     * @return false: no room now, it was not taken; the listener is called once there is
     */
    boolean transmit(byte[] frame, int offset, int lenBytes);

    /** What was taken leaves now. */
    void flush();

    /**
     * The next frame from the world.
     *
     * @param into has room for {@link #FRAME_BYTES_MAX} from {@code offset} on
     * @return its length, or 0: none now; the listener is called once there is one
     */
    int receive(byte[] into, int offset);

    LinkState link();

    /** Largest payload of a frame that the world is known to take, 68 .. 65,535, or 0 if nothing is known; constant over the life of the instance. */
    int mtu();

    /** Frames dropped since it was made, in either direction. */
    long dropped();

    @Override
    void close();

    /** A backend as models see it: a stable front, on which frames wait while the backend is replaced. Threads as for the backend. */
    @ProviderType
    interface Front extends hv.api.device.BackendFront {
        void onEvent(Runnable listener);

        boolean transmit(byte[] frame, int offset, int lenBytes);

        void flush();

        int receive(byte[] into, int offset);

        LinkState link();

        int mtu();
    }
}
