package hv.virtio.internal;

/**
 * How far a device has come in a queue.
 *
 * @param nextAvail  of a split ring: index of the next available entry, 0 .. 65535; of a packed one: the next descriptor, and in bit 15 its wrap counter
 * @param nextUsed   the same of the next used entry or descriptor
 * @param unanswered chains that were popped and not answered, in the order in which they are to be popped again
 */
record QueuePosition(int nextAvail, int nextUsed, PoppedChain[] unanswered) {
    /** The device is where the driver has its ring begin (2.8.1: both wrap counters are 1). */
    static QueuePosition start(boolean packed) {
        int at = packed ? PackedLayout.WRAP : 0;
        return new QueuePosition(at, at, new PoppedChain[0]);
    }

    /** What is wrong with it as that of a ready queue, null if nothing. */
    String fault(int size, boolean packed) {
        boolean[] seen = new boolean[packed ? 0 : size];
        int descriptors = 0;
        for (PoppedChain c : unanswered) {
            descriptors += c.gpa().length;
            if (!packed) {
                if (c.id() >= size || seen[c.id()]) {
                    return "head " + c.id() + " out of range or in flight twice";
                }
                seen[c.id()] = true;
            }
        }
        if (descriptors > size) {
            return descriptors + " descriptors in flight of " + size;
        }
        if (!packed) {
            return null;
        }
        int avail = nextAvail & PackedLayout.INDEX;
        int used = nextUsed & PackedLayout.INDEX;
        int ahead = avail - used + ((nextAvail ^ nextUsed) >= PackedLayout.WRAP ? size : 0);
        return avail >= size || used >= size || ahead != descriptors ? "positions " + Integer.toHexString(nextAvail) + " and " + Integer.toHexString(nextUsed)
                + " with " + descriptors + " descriptors in flight" : null;
    }
}
