package hv.virtio.internal;

/**
 * How far a device has come in a queue.
 *
 * @param nextAvail  index of the next available entry, 0 .. 65535
 * @param nextUsed   index of the next used entry, 0 .. 65535
 * @param unanswered heads that were popped and not answered, in the order in which they are to be popped again
 */
record QueuePosition(int nextAvail, int nextUsed, int[] unanswered) {
    static final QueuePosition START = new QueuePosition(0, 0, new int[0]);
}
