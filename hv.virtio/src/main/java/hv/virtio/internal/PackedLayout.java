package hv.virtio.internal;

/**
 * Layout of a packed virtqueue in RAM (virtio 1.3, 2.8), little-endian.
 * <pre>
 *   struct pvirtq_desc           { le64 addr; le32 len; le16 id; le16 flags; }    size of them, aligned to 16
 *   struct pvirtq_event_suppress { le16 off : 15, wrap : 1; le16 flags : 2; }     one of the driver, one of the device, aligned to 4
 * </pre>
 */
final class PackedLayout {
    static final int ID = 12;
    static final int FLAGS = 14;
    static final int DESC_AVAIL = 1 << 7;
    static final int DESC_USED = 1 << 15;

    static final int EVENT_ALIGN = 4;
    static final int EVENT_BYTES = 4;
    static final int EVENT_FLAGS = 2;
    static final int EVENT_FLAGS_MASK = 3;
    static final int EVENT_ENABLE = 0;
    static final int EVENT_DISABLE = 1;
    static final int EVENT_DESC = 2;

    /** A place in the ring with its wrap counter, as in the event suppression structures. */
    static final int WRAP = 1 << 15;
    static final int INDEX = WRAP - 1;
    static final int SIZE_MAX = 1 << 15;

    private PackedLayout() {
    }
}
