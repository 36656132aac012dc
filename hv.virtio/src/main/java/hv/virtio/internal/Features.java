package hv.virtio.internal;

/** Feature bits of the transport (virtio 1.2, 6). */
final class Features {
    static final long RING_INDIRECT_DESC = 1L << 28;
    static final long RING_EVENT_IDX = 1L << 29;
    static final long VERSION_1 = 1L << 32;
    static final long RING_PACKED = 1L << 34;
    /** Offered by every transport. */
    static final long TRANSPORT = RING_INDIRECT_DESC | RING_EVENT_IDX | VERSION_1;
    /** Bits that a device may define (2.2): 0 .. 23 and 50 .. 63. */
    static final long DEVICE = 0x00ff_ffffL | -1L << 50;

    private Features() {
    }

    static boolean isPacked(long accepted) {
        return (accepted & RING_PACKED) != 0;
    }
}
