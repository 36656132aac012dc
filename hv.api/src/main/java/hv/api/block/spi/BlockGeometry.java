package hv.api.block.spi;

/**
 * @param sizeBytes  of the disk, a multiple of 512
 * @param blockBytes preferred size of a transfer's unit, a power of two, 512 .. 65536
 * @param readOnly   writes are refused
 * @param discards   discard and write-zeroes are worth asking for
 */
public record BlockGeometry(long sizeBytes, int blockBytes, boolean readOnly, boolean discards) {
}
