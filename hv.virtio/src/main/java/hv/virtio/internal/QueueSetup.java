package hv.virtio.internal;

import hv.api.memory.GuestMemory;

/**
 * A queue as the driver has described it in the registers.
 *
 * @param size  descriptors; a power of two once ready
 * @param desc  gpa of the descriptor table
 * @param avail gpa of the available ring
 * @param used  gpa of the used ring
 */
record QueueSetup(int size, boolean ready, long desc, long avail, long used) {
    static final QueueSetup NONE = new QueueSetup(0, false, 0, 0, 0);

    /** What is wrong with it, null if it can be used. */
    String fault(int sizeMax, GuestMemory memory) {
        if (size < 1 || size > sizeMax || Integer.bitCount(size) != 1) {
            return "a size of " + size + "; a power of two up to " + sizeMax + " is due";
        }
        if (desc % RingLayout.DESC_ALIGN != 0 || avail % RingLayout.AVAIL_ALIGN != 0 || used % RingLayout.USED_ALIGN != 0) {
            return "a misaligned ring";
        }
        if (!memory.isRam(desc, RingLayout.descBytes(size)) || !memory.isRam(avail, RingLayout.availBytes(size))
                || !memory.isRam(used, RingLayout.usedBytes(size))) {
            return "a ring outside RAM";
        }
        return null;
    }
}
