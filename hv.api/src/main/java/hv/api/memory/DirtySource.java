package hv.api.memory;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Knows which pages were written. The log of a machine is the union of its sources: engine, KVM, leases.
 * Harvest before copying; the last harvest after the last sleep.
 */
@ConsumerType
public interface DirtySource {
    /** Hands out every page written since the last harvest, and forgets it. Pages may be named more than once. */
    void harvest(long epoch, PageSink out);

    /** Takes page indices. */
    @FunctionalInterface
    interface PageSink {
        void page(int page);
    }
}
