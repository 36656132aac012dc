package hv.api.block.spi;

/**
 * @param sizeBytes  of the disk, a multiple of 512
 * @param blockBytes preferred size of a transfer's unit, a power of two, 512 .. 65536
 * @param readOnly   writes are refused
 * @param discards   DISCARD frees space, and is worth asking for; WRITE_ZEROES works on every disk that can be written
 */
public record BlockGeometry(long sizeBytes, int blockBytes, boolean readOnly, boolean discards) {
}
