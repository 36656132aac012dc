package hv.api.memory;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A pinned range of guest RAM, lent to a device. {@link #close()} marks the pages dirty and fires code listeners, after the stores.
 * One thread at a time. The segment must not be used after close.
 */
@ProviderType
public interface Lease extends AutoCloseable {
    long gpa();

    /** Exactly the range that was lent; read-only if lent for {@link Access#READ}. */
    MemorySegment segment();

    @Override
    void close();
}
