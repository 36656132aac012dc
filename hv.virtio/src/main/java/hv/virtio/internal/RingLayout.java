package hv.virtio.internal;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Layout of a split virtqueue in RAM (virtio 1.3, 2.7), little-endian.
 * <pre>
 *   struct virtq_desc  { le64 addr; le32 len; le16 flags; le16 next; }                                          aligned to 16
 *   struct virtq_avail { le16 flags; le16 idx; le16 ring[size]; le16 used_event; }                              aligned to 2
 *   struct virtq_used  { le16 flags; le16 idx; struct { le32 id; le32 len; } ring[size]; le16 avail_event; }    aligned to 4
 * </pre>
 */
final class RingLayout {
    static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    /** For idx, with acquire and release; aligned. */
    static final VarHandle INDEX = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    static final int DESC_BYTES = 16;
    static final int DESC_ALIGN = 16;
    static final int AVAIL_ALIGN = 2;
    static final int USED_ALIGN = 4;
    static final int FLAGS = 0;
    static final int IDX = 2;
    static final int RING = 4;
    static final int USED_ELEMENT_BYTES = 8;

    static final int DESC_FLAGS = 12;
    static final int DESC_LINK = 14;
    static final int DESC_NEXT = 1;
    static final int DESC_WRITE = 2;
    static final int DESC_INDIRECT = 4;
    static final int AVAIL_NO_INTERRUPT = 1;

    private RingLayout() {
    }

    static int descBytes(int size) {
        return size * DESC_BYTES;
    }

    static int usedEvent(int size) {
        return RING + 2 * size;
    }

    static int availBytes(int size) {
        return usedEvent(size) + 2;
    }

    static int availEvent(int size) {
        return RING + USED_ELEMENT_BYTES * size;
    }

    static int usedBytes(int size) {
        return availEvent(size) + 2;
    }
}
