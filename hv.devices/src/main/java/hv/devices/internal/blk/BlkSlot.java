package hv.devices.internal.blk;

import hv.api.block.spi.BlockOperation;
import hv.api.memory.GuestMemoryFault;
import hv.api.virtio.spi.Chain;
import hv.api.virtio.spi.VirtQueue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One request under way, as a series of backend operations of at most {@link #PIECE_BYTES}, one at a time, through the slot's own buffer.
 * I/O context only.
 */
final class BlkSlot {
    static final int PIECE_BYTES = 256 << 10;
    private static final int BUFFER_MIN_BYTES = 4096;

    private VirtQueue queue;
    private Chain chain;
    private BlkRequest request;
    private boolean writeThrough;
    private MemorySegment buffer = MemorySegment.NULL;
    /** Bytes of the data, or ranges, that are done. */
    private long done;
    private int pieceBytes;
    private boolean flushed;
    /** Rises with each operation: a backend that completes one twice is not heard again. */
    private int operation;

    void begin(VirtQueue from, Chain taken, BlkRequest asked, boolean flushAfterWrite) {
        queue = from;
        chain = taken;
        request = asked;
        writeThrough = flushAfterWrite;
        done = 0;
        flushed = false;
    }

    /** Answered. */
    void end() {
        queue = null;
        chain = null;
        request = null;
    }

    /** Where the chain goes back to; after a driver's reset that is not the model's queue any more. */
    VirtQueue queue() {
        return queue;
    }

    /** Null between requests. */
    Chain chain() {
        return chain;
    }

    BlkRequest request() {
        return request;
    }

    int operation() {
        return operation;
    }

    /** The next operation, or null if all is done. */
    BlockOperation next(Completed completed) throws GuestMemoryFault {
        return switch (request) {
            case BlkRequest.Read r -> done == r.lenBytes() ? null
                    : operation(BlockOperation.Kind.READ, r.offset() + done, take(r.lenBytes()), true, completed);
            case BlkRequest.Write w -> {
                if (done == w.lenBytes()) {
                    yield flush(completed, writeThrough);
                }
                long len = take(w.lenBytes());
                chain.read(BlkLayout.HEADER_BYTES + done, buffer, 0, len);
                yield operation(BlockOperation.Kind.WRITE, w.offset() + done, len, true, completed);
            }
            case BlkRequest.Flush f -> flush(completed, true);
            case BlkRequest.Discard d -> range(BlockOperation.Kind.DISCARD, d.ranges(), completed);
            case BlkRequest.WriteZeroes z -> range(BlockOperation.Kind.WRITE_ZEROES, z.ranges(), completed);
            case BlkRequest.GetId g -> null;
            case BlkRequest.Refused r -> null;
            case BlkRequest.Unanswerable u -> null;
        };
    }

    /** The operation has succeeded. */
    void advance() throws GuestMemoryFault {
        switch (request) {
            case BlkRequest.Read r -> {
                chain.write(done, buffer, 0, pieceBytes);
                done += pieceBytes;
            }
            case BlkRequest.Write w -> {
                if (done < w.lenBytes()) {
                    done += pieceBytes;
                } else {
                    flushed = true;
                }
            }
            case BlkRequest.Flush f -> flushed = true;
            case BlkRequest.Discard d -> advanceRange(d.ranges());
            case BlkRequest.WriteZeroes z -> advanceRange(z.ranges());
            case BlkRequest.GetId g -> { }
            case BlkRequest.Refused r -> { }
            case BlkRequest.Unanswerable u -> { }
        }
    }

    private void advanceRange(List<BlkRequest.Range> ranges) {
        if (done < ranges.size()) {
            done++;
        } else {
            flushed = true;
        }
    }

    private BlockOperation range(BlockOperation.Kind kind, List<BlkRequest.Range> ranges, Completed completed) {
        if (done == ranges.size()) {
            return flush(completed, writeThrough);
        }
        BlkRequest.Range r = ranges.get((int) done);
        return operation(kind, r.offset(), r.lenBytes(), false, completed);
    }

    private BlockOperation flush(Completed completed, boolean wanted) {
        return flushed || !wanted ? null : operation(BlockOperation.Kind.FLUSH, 0, 0, false, completed);
    }

    private BlockOperation operation(BlockOperation.Kind kind, long offset, long len, boolean data, Completed completed) {
        int number = ++operation;
        return new BlockOperation(kind, offset, len, data ? buffer.asSlice(0, len) : null, error -> completed.done(this, number, error));
    }

    /** Length of the next piece, with a buffer for it. */
    private long take(long totalBytes) {
        pieceBytes = (int) Math.min(totalBytes - done, PIECE_BYTES);
        if (buffer.byteSize() < pieceBytes) {
            int size = BUFFER_MIN_BYTES;
            while (size < pieceBytes) {
                size *= 2;
            }
            // JUSTIFICATION: files are read into native memory; the collector frees it with the slot. SAFETY: bounded, and never outlives its use.
            buffer = Arena.ofAuto().allocate(size, BUFFER_MIN_BYTES);
        }
        return pieceBytes;
    }

    /** Told of an operation's end; any thread. */
    @FunctionalInterface
    interface Completed {
        void done(BlkSlot slot, int operation, String error);
    }
}
