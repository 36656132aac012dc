package hv.virtio.internal;

import hv.api.memory.GuestMemory;

/**
 * A queue as the driver has described it in the registers.
 *
 * @param size  descriptors; of a split ring a power of two once ready
 * @param desc  gpa of the descriptor table, or of the packed ring
 * @param avail gpa of the available ring, or of the driver's event suppression
 * @param used  gpa of the used ring, or of the device's event suppression
 */
record QueueSetup(int size, boolean ready, long desc, long avail, long used) {
    static final QueueSetup NONE = new QueueSetup(0, false, 0, 0, 0);

    /** What is wrong with it as a ring of that layout, null if it can be used. */
    String fault(int sizeMax, boolean packed, GuestMemory memory) {
        if (size < 1 || size > sizeMax || !packed && Integer.bitCount(size) != 1) {
            return "a size of " + size + "; " + (packed ? "one" : "a power of two") + " up to " + sizeMax + " is due";
        }
        if (desc % RingLayout.DESC_ALIGN != 0 || avail % (packed ? PackedLayout.EVENT_ALIGN : RingLayout.AVAIL_ALIGN) != 0
                || used % (packed ? PackedLayout.EVENT_ALIGN : RingLayout.USED_ALIGN) != 0) {
            return "a misaligned ring";
        }
        if (!memory.isRam(desc, RingLayout.descBytes(size)) || !memory.isRam(avail, packed ? PackedLayout.EVENT_BYTES : RingLayout.availBytes(size))
                || !memory.isRam(used, packed ? PackedLayout.EVENT_BYTES : RingLayout.usedBytes(size))) {
            return "a ring outside RAM";
        }
        return null;
    }
}
