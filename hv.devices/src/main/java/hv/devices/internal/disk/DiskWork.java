package hv.devices.internal.disk;

import java.util.List;

/** What a request does to a disk, checked against its geometry: it can be executed as it stands. */
public sealed interface DiskWork {
    /**
     * @param offset     byte on the disk
     * @param lenBytes   a multiple of 512
     * @param at         where the data begins among the chain's writable bytes
     * @param flushFirst what was written before comes to stable storage before it is read
     */
    record Read(long offset, long lenBytes, long at, boolean flushFirst) implements DiskWork {
    }

    /**
     * @param offset     byte on the disk
     * @param lenBytes   a multiple of 512
     * @param at         where the data begins among the chain's readable bytes
     * @param flushAfter on stable storage before it is answered
     */
    record Write(long offset, long lenBytes, long at, boolean flushAfter) implements DiskWork {
    }

    /** All that was written comes to stable storage. */
    record Flush() implements DiskWork {
    }

    /** @param flushAfter see {@link Write} */
    record Discard(List<Range> ranges, boolean flushAfter) implements DiskWork {
    }

    /** @param flushAfter see {@link Write} */
    record WriteZeroes(List<Range> ranges, boolean flushAfter) implements DiskWork {
    }

    /** Bytes of the disk. */
    record Range(long offset, long lenBytes) {
    }
}
