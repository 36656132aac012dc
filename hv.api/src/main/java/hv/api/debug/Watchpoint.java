package hv.api.debug;

import hv.api.memory.Access;

/**
 * Data whose access stops the vCPU. By virtual address, in whatever address space the vCPU is: an access through another mapping of the same memory
 * is not seen, nor are instruction fetches, page-table walks and devices.
 *
 * @param va       first byte
 * @param lenBytes 1 .. {@link #MAX_BYTES}; the range does not wrap
 * @param access   what stops: reads, writes or both
 */
public record Watchpoint(long va, int lenBytes, Access access) {
    public static final int MAX_BYTES = 1 << 16;

    public Watchpoint {
        if (lenBytes < 1 || lenBytes > MAX_BYTES || Long.compareUnsigned(va + lenBytes - 1, va) < 0) {
            throw new IllegalArgumentException("watchpoint of " + lenBytes + " bytes at 0x" + Long.toHexString(va) + ": 1 to " + MAX_BYTES + " bytes, not over the end");
        }
    }

    /** Whether an access of {@code bytes} (1 .. 4096) bytes at {@code at} touches it. */
    public boolean meets(long at, int bytes, boolean write) {
        return (write ? access.writes() : access.reads()) && (Long.compareUnsigned(at - va, lenBytes) < 0 || Long.compareUnsigned(va - at, bytes) < 0);
    }
}
