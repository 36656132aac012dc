package hv.testkit.fake;

import hv.api.block.spi.BlockBackend;
import hv.api.block.spi.BlockGeometry;
import hv.api.block.spi.BlockOperation;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A disk in an array, as models see one. Operations wait for {@link #completeAll} if the test wants that, and fail if it wants that. An operation
 * that breaks the contract (beyond the end, a wrong buffer, a write to a read-only disk) fails the test at once.
 */
public final class FakeDisk implements BlockBackend.Front {
    private static final int SECTOR_BYTES = 512;
    private static final int BUFFER_BYTES_MAX = 1 << 20;

    private final byte[] content;
    private final BlockGeometry geometry;
    private final ArrayDeque<BlockOperation> waiting = new ArrayDeque<>();
    private final List<BlockOperation.Kind> done = new ArrayList<>();
    private boolean deferred;
    private String failure;

    public FakeDisk(int sizeBytes, boolean readOnly) {
        content = new byte[sizeBytes];
        geometry = new BlockGeometry(sizeBytes, 4096, readOnly, true);
    }

    public byte[] content() {
        return content;
    }

    /** From now on operations wait. */
    public void defer() {
        deferred = true;
    }

    /** From now on operations fail with this line; null: they succeed. */
    public void fail(String why) {
        failure = why;
    }

    /** Operations that wait. */
    public int waiting() {
        return waiting.size();
    }

    /** Kinds of the operations that were completed, in that order. */
    public List<BlockOperation.Kind> done() {
        return List.copyOf(done);
    }

    /** Completes what waits, the last submitted first. */
    public void completeAll() {
        for (BlockOperation op = waiting.pollLast(); op != null; op = waiting.pollLast()) {
            perform(op);
        }
    }

    @Override
    public BlockGeometry geometry() {
        return geometry;
    }

    @Override
    public void submit(BlockOperation op) {
        boolean data = op.kind() == BlockOperation.Kind.READ || op.kind() == BlockOperation.Kind.WRITE;
        if (op.offset() < 0 || op.lenBytes() < 0 || op.offset() % SECTOR_BYTES != 0 || op.lenBytes() % SECTOR_BYTES != 0
                || op.offset() + op.lenBytes() > content.length || data != (op.buffer() != null)
                || data && (op.buffer().byteSize() != op.lenBytes() || op.lenBytes() > BUFFER_BYTES_MAX)
                || geometry.readOnly() && op.kind() != BlockOperation.Kind.READ && op.kind() != BlockOperation.Kind.FLUSH) {
            throw new AssertionError("an operation against the contract: " + op);
        }
        if (deferred) {
            waiting.add(op);
        } else {
            perform(op);
        }
    }

    private void perform(BlockOperation op) {
        if (failure == null) {
            int at = (int) op.offset();
            int len = (int) op.lenBytes();
            switch (op.kind()) {
                case READ -> MemorySegment.copy(content, at, op.buffer(), ValueLayout.JAVA_BYTE, 0, len);
                case WRITE -> MemorySegment.copy(op.buffer(), ValueLayout.JAVA_BYTE, 0, content, at, len);
                case DISCARD, WRITE_ZEROES -> Arrays.fill(content, at, at + len, (byte) 0);
                case FLUSH -> { }
            }
        }
        done.add(op.kind());
        op.completion().done(failure);
    }
}
