package hv.api.memory;

import org.osgi.annotation.versioning.ProviderType;

/** A machine's RAM as its devices see it. */
@ProviderType
public interface GuestMemory {
    /**
     * The only way a device reaches RAM. I/O context only; may block (post-copy, copy on write).
     *
     * @param lenBytes 1 .. 2^30; the range must lie in one RAM region
     * @throws GuestMemoryFault the range is not RAM
     */
    Lease lend(long gpa, int lenBytes, Access access) throws GuestMemoryFault;

    /** Whether the whole range lies in one RAM region. Any thread, never blocks. */
    boolean isRam(long gpa, long lenBytes);

    /** Size of all RAM. */
    long sizeBytes();
}
