package hv.devices.internal.scsi;

import hv.api.block.spi.BlockGeometry;

/** A logical unit as its commands see it. @param serial its name, ASCII */
record Disk(String serial, BlockGeometry geometry) {
    long blocks() {
        return geometry.sizeBytes() / ScsiLayout.BLOCK_BYTES;
    }

    /** Logical blocks of a physical one, a power of two. */
    int blocksPerPhysical() {
        return Math.max(1, geometry.blockBytes() / ScsiLayout.BLOCK_BYTES);
    }
}
