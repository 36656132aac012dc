package hv.devices.internal.disk;

import hv.api.block.spi.BlockBackend;
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
 *
 * @param <R> the model's request
 */
public final class DiskSlot<R> {
    static final int PIECE_BYTES = 256 << 10;
    private static final int BUFFER_MIN_BYTES = 4096;

    private VirtQueue queue;
    private Chain chain;
    private R request;
    private BlockBackend.Front backend;
    private DiskWork work;
    private MemorySegment buffer = MemorySegment.NULL;
    /** Bytes of the data, or ranges, that are done. */
    private long done;
    private int pieceBytes;
    private boolean flushed;
    private boolean stopped;
    /** Of the operation that was submitted last. */
    private BlockOperation.Kind kind;
    /** Rises with each operation: a backend that completes one twice is not heard again. */
    private int operation;

    void begin(VirtQueue from, Chain taken, R asked, BlockBackend.Front disk, DiskWork toDo) {
        queue = from;
        chain = taken;
        request = asked;
        backend = disk;
        work = toDo;
        done = 0;
        flushed = false;
        stopped = false;
    }

    /** Answered. */
    void end() {
        queue = null;
        chain = null;
        request = null;
        backend = null;
        work = null;
    }

    /** Where the chain goes back to; after a driver's reset that is not the model's queue any more. */
    public VirtQueue queue() {
        return queue;
    }

    /** Null between requests. */
    public Chain chain() {
        return chain;
    }

    public R request() {
        return request;
    }

    public DiskWork work() {
        return work;
    }

    /** No more operations: it ends with the one under way. */
    public void stop() {
        stopped = true;
    }

    boolean isStopped() {
        return stopped;
    }

    BlockBackend.Front backend() {
        return backend;
    }

    int operation() {
        return operation;
    }

    /** The next operation, or null if all is done. */
    BlockOperation next(Completed<R> completed) throws GuestMemoryFault {
        return switch (work) {
            case DiskWork.Read r -> {
                if (r.flushFirst() && !flushed) {
                    yield flush(completed, true);
                }
                yield done == r.lenBytes() ? null : operation(BlockOperation.Kind.READ, r.offset() + done, take(r.lenBytes()), true, completed);
            }
            case DiskWork.Write w -> {
                if (done == w.lenBytes()) {
                    yield flush(completed, w.flushAfter());
                }
                long len = take(w.lenBytes());
                chain.read(w.at() + done, buffer, 0, len);
                yield operation(BlockOperation.Kind.WRITE, w.offset() + done, len, true, completed);
            }
            case DiskWork.Flush f -> flush(completed, true);
            case DiskWork.Discard d -> range(BlockOperation.Kind.DISCARD, d.ranges(), d.flushAfter(), completed);
            case DiskWork.WriteZeroes z -> range(BlockOperation.Kind.WRITE_ZEROES, z.ranges(), z.flushAfter(), completed);
        };
    }

    /** The operation has succeeded. */
    void advance() throws GuestMemoryFault {
        switch (kind) {
            case READ -> {
                chain.write(((DiskWork.Read) work).at() + done, buffer, 0, pieceBytes);
                done += pieceBytes;
            }
            case WRITE -> done += pieceBytes;
            case DISCARD, WRITE_ZEROES -> done++;
            case FLUSH -> flushed = true;
        }
    }

    private BlockOperation range(BlockOperation.Kind what, List<DiskWork.Range> ranges, boolean flushAfter, Completed<R> completed) {
        if (done == ranges.size()) {
            return flush(completed, flushAfter);
        }
        DiskWork.Range r = ranges.get((int) done);
        return operation(what, r.offset(), r.lenBytes(), false, completed);
    }

    private BlockOperation flush(Completed<R> completed, boolean wanted) {
        return flushed || !wanted ? null : operation(BlockOperation.Kind.FLUSH, 0, 0, false, completed);
    }

    private BlockOperation operation(BlockOperation.Kind what, long offset, long len, boolean data, Completed<R> completed) {
        kind = what;
        int number = ++operation;
        return new BlockOperation(what, offset, len, data ? buffer.asSlice(0, len) : null, error -> completed.done(this, number, error));
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
    interface Completed<R> {
        void done(DiskSlot<R> slot, int operation, String error);
    }
}
