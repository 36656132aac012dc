package hv.virtio.internal;

/**
 * A chain that was popped and is not answered: all that is needed to pop it again, whatever has become of its place in the ring. (The device overwrites
 * descriptors of a packed ring when it answers out of order: virtio 1.3, 2.8.5.)
 *
 * @param id       that the driver gave it: head index in a split ring, buffer id in a packed one; 0 .. 65535
 * @param gpa      of each descriptor that it has in the ring; at least one
 * @param lenBytes of each, unsigned
 * @param flags    of each: {@link RingLayout#DESC_WRITE}, or {@link RingLayout#DESC_INDIRECT} alone
 */
record PoppedChain(int id, long[] gpa, int[] lenBytes, int[] flags) {
}
