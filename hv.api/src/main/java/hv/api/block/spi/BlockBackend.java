package hv.api.block.spi;

import hv.api.state.HoldsHandles;
import hv.api.state.Stateful;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Holds a disk's host handles. {@code submit} comes in the device's I/O context and may complete before it returns; operations may complete in
 * any order. {@code sleep} throws while one is in flight, and leaves everything flushed. Created asleep and without handles: either
 * {@link #open} or {@link HoldsHandles#attach} gives it some.
 */
@ConsumerType
public interface BlockBackend extends Stateful, HoldsHandles, AutoCloseable {
    /** Opens what the specification names. @throws hv.api.HvException it cannot: missing, locked by another opener, no permission, wrong format */
    void open() throws hv.api.HvException;

    BlockGeometry geometry();

    void submit(BlockOperation operation);

    @Override
    void close();

    /** A backend as models see it: a stable front; an operation submitted while the backend is replaced waits. */
    @ProviderType
    interface Front extends hv.api.device.BackendFront {
        BlockGeometry geometry();

        void submit(BlockOperation operation);
    }
}
