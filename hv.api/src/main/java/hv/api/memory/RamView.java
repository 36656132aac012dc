package hv.api.memory;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A machine's RAM as an engine sees it: one bounded segment. Engines access it directly, and only pages without attributes may be
 * written without a call here.
 * <p>Any thread. {@code page} is the offset in {@link #segment()} divided by 4096.
 */
@ProviderType
public interface RamView {
    /** All RAM as one shared, bounded segment; valid while the machine lives. */
    MemorySegment segment();

    /** Guest-physical address of the segment's first byte. */
    long baseGpa();

    long sizeBytes();

    /** Bits of {@link PageAttribute}; a volatile read. */
    int attributes(int page);

    /** Sets bits, and returns the bits before. A write-TLB entry for the page that exists anywhere must be dropped by the engine that sets CODE. */
    int mark(int page, int bits);

    int clear(int page, int bits);

    /**
     * To be called after a store into a page that has attributes: records it dirty, drops its CODE attribute and fires the code listeners.
     */
    void stored(int page);

    /** The listener is called on the storing thread, after the store and after the page's CODE attribute was cleared. */
    void addCodeListener(CodeListener listener);

    void removeCodeListener(CodeListener listener);

    /**
     * Asked first at every harvest of the dirty log, for stores that never come through {@link #stored} (KVM's log of what the guest wrote). Recording
     * begins when an {@link AttributeListener} hears of pages that gained LOGGED.
     */
    void addDirtySource(DirtySource source);

    void removeDirtySource(DirtySource source);

    /** Told that decoded code of a page is stale. */
    @FunctionalInterface
    interface CodeListener {
        void codeChanged(int page);
    }

    /** Told that pages gained an attribute: cached write permission for them must be given up. */
    @FunctionalInterface
    interface AttributeListener {
        /** Returns once no vCPU can write without seeing the new attributes. */
        void attributesGained();
    }

    void addAttributeListener(AttributeListener listener);

    void removeAttributeListener(AttributeListener listener);
}
