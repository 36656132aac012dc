package hv.api.virtio.spi;

import hv.api.memory.GuestMemoryFault;
import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A descriptor chain that was popped from a queue and not yet answered: first the bytes the device reads, then those it writes
 * (virtio 1.2, 2.7.4.2). The memory is reached through leases that end with each call.
 */
@ProviderType
public interface Chain {
    /** Bytes that the driver provided, 0 .. 2^32-1. */
    long readableBytes();

    /** Bytes that the device may write. */
    long writableBytes();

    /** Copies readable bytes from {@code at} on. @throws GuestMemoryFault a descriptor points outside RAM, or the range outside the chain */
    void read(long at, MemorySegment into, long intoOffset, long lenBytes) throws GuestMemoryFault;

    /** Copies into the writable bytes from {@code at} on. */
    void write(long at, MemorySegment from, long fromOffset, long lenBytes) throws GuestMemoryFault;

    /** Convenience for small things. */
    void read(long at, byte[] into) throws GuestMemoryFault;

    void write(long at, byte[] from) throws GuestMemoryFault;

    /** What the driver calls it, 0 .. 65535; for messages and tests. */
    int id();
}
