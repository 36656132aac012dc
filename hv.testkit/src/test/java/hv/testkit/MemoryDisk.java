package hv.testkit;

import hv.api.block.spi.BlockBackend;
import hv.api.block.spi.BlockGeometry;
import hv.api.block.spi.BlockOperation;
import java.lang.foreign.MemorySegment;

/** A disk in memory that answers errors as a backend must. Completes before {@code submit} returns. */
final class MemoryDisk implements BlockBackend.Front {
    private final MemorySegment bytes;

    /** @param sizeBytes a multiple of 512 */
    MemoryDisk(int sizeBytes) {
        bytes = MemorySegment.ofArray(new byte[sizeBytes]);
    }

    MemorySegment bytes() {
        return bytes;
    }

    @Override
    public BlockGeometry geometry() {
        return new BlockGeometry(bytes.byteSize(), 512, false, true);
    }

    @Override
    public void submit(BlockOperation o) {
        if (o.offset() < 0 || o.lenBytes() < 0 || o.offset() > bytes.byteSize() - o.lenBytes()) {
            o.completion().done("outside of the disk: " + o.offset() + "+" + o.lenBytes());
            return;
        }
        switch (o.kind()) {
            case READ -> MemorySegment.copy(bytes, o.offset(), o.buffer(), 0, o.lenBytes());
            case WRITE -> MemorySegment.copy(o.buffer(), 0, bytes, o.offset(), o.lenBytes());
            case DISCARD, WRITE_ZEROES -> bytes.asSlice(o.offset(), o.lenBytes()).fill((byte) 0);
            case FLUSH -> { }
        }
        o.completion().done(null);
    }
}
