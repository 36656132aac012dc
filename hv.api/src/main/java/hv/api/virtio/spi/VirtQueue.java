package hv.api.virtio.spi;

import org.osgi.annotation.versioning.ProviderType;

/** A queue lent to a model. I/O context only. */
@ProviderType
public interface VirtQueue {
    int index();

    /** The driver has set the queue up. */
    boolean isReady();

    /**
     * Takes the next chain, or null if there is none, intake is closed, or the ring is broken (then the transport has set DEVICE_NEEDS_RESET).
     * The chain object may be reused after it was pushed.
     */
    Chain pop();

    /** Answers a chain. @param writtenBytes how many writable bytes were written, from the first on */
    void push(Chain chain, long writtenBytes);

    /**
     * Answers several chains at once: the driver sees all of them or none (5.1.6.4: the buffers of one received packet).
     *
     * @param writtenBytes of each chain, as for {@link #push}
     * @param count        1 .. the queue's size; of the arrays, from the first on
     */
    void pushTogether(Chain[] chains, long[] writtenBytes, int count);

    /** Gives a popped chain back as if it had not been popped; of several the one popped last first, and none that was popped before an answered one. */
    void unpop(Chain chain);

    /** Interrupts the driver for what was pushed, unless it asked not to be. */
    void interrupt();
}
