package hv.testkit.fake;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * The driver's side of a split virtqueue (virtio 1.3, 2.7). {@link #send} does it right; {@link #descriptor}, {@link #publish} and {@link #setAvailIndex}
 * write whatever the test wants a hostile guest to write.
 * <pre>
 *   struct virtq_desc  { le64 addr; le32 len; le16 flags; le16 next; }
 *   struct virtq_avail { le16 flags; le16 idx; le16 ring[size]; le16 used_event; }
 *   struct virtq_used  { le16 flags; le16 idx; struct { le32 id; le32 len; } ring[size]; le16 avail_event; }
 * </pre>
 */
public final class DriverQueue extends DriverRing {
    private int descNext;
    private int availIndex;
    private int usedSeen;
    /** Descriptors in flight, and which follows each in its chain; -1 for none. */
    private final boolean[] busy;
    private final int[] links;

    /**
     * @param gpa       where its rings and buffers lie, a multiple of 4096
     * @param lenBytes  of that area, at least 64 KiB
     * @param size      of the queue, a power of two
     */
    public DriverQueue(FakeGuestMemory memory, long gpa, long lenBytes, int size) {
        super(memory, gpa, lenBytes, size, 6 + 2L * size, 6 + 8L * size);
        busy = new boolean[size];
        links = new int[size];
    }

    @Override
    public int send(Buffer... buffers) {
        int head = allocate();
        int d = head;
        for (int i = 0; i < buffers.length; i++) {
            Buffer b = buffers[i];
            boolean last = i + 1 == buffers.length;
            links[d] = last ? -1 : allocate();
            descriptor(d, b.gpa(), b.lenBytes(), (b.deviceWrites() ? WRITE : 0) | (last ? 0 : NEXT), last ? 0 : links[d]);
            d = links[d];
        }
        publish(head);
        return head;
    }

    /** The next descriptor in turn that is not in flight; if all are, as with a hostile driver, the next. */
    private int allocate() {
        for (int tries = 1; tries < size && busy[descNext % size]; tries++) {
            descNext++;
        }
        int d = descNext++ % size;
        busy[d] = true;
        links[d] = -1;
        return d;
    }

    private void free(int head) {
        for (int d = head; d >= 0 && d < size && busy[d]; d = links[d]) {
            busy[d] = false;
        }
    }

    @Override
    public int sendIndirect(Buffer... buffers) {
        long table = allocate(buffers.length * DESC_BYTES);
        for (int i = 0; i < buffers.length; i++) {
            Buffer b = buffers[i];
            descriptorAt(table + (long) i * DESC_BYTES, b.gpa(), b.lenBytes(), (b.deviceWrites() ? WRITE : 0) | (i + 1 < buffers.length ? NEXT : 0), i + 1);
        }
        int head = allocate();
        descriptor(head, table, buffers.length * DESC_BYTES, INDIRECT, 0);
        publish(head);
        return head;
    }

    /** Writes entry i of the descriptor table. */
    public void descriptor(int i, long gpa, int lenBytes, int flags, int next) {
        descriptorAt(descGpa + (long) i * DESC_BYTES, gpa, lenBytes, flags, next);
    }

    /** Puts a head into the available ring and counts it. */
    public void publish(int head) {
        ram.set(U16, availGpa - baseGpa + 4 + 2L * (availIndex % size), (short) head);
        VarHandle.releaseFence();
        setAvailIndex(availIndex + 1);
    }

    public void setAvailIndex(int index) {
        availIndex = index & 0xffff;
        ram.set(U16, availGpa - baseGpa + 2, (short) availIndex);
    }

    /** VIRTQ_AVAIL_F_NO_INTERRUPT is 1. */
    public void setAvailFlags(int flags) {
        ram.set(U16, availGpa - baseGpa, (short) flags);
    }

    public void setUsedEvent(int index) {
        ram.set(U16, availGpa - baseGpa + 4 + 2L * size, (short) index);
    }

    public int availEvent() {
        return ram.get(U16, usedGpa - baseGpa + 4 + 8L * size) & 0xffff;
    }

    public int usedFlags() {
        return ram.get(U16, usedGpa - baseGpa) & 0xffff;
    }

    public int usedIndex() {
        return ram.get(U16, usedGpa - baseGpa + 2) & 0xffff;
    }

    @Override
    public List<Used> takeUsed() {
        List<Used> out = new ArrayList<>();
        int end = usedIndex();
        VarHandle.acquireFence();
        for (; usedSeen != end; usedSeen = (usedSeen + 1) & 0xffff) {
            long o = usedGpa - baseGpa + 4 + 8L * (usedSeen % size);
            free(ram.get(U32, o));
            out.add(new Used(ram.get(U32, o), ram.get(U32, o + 4) & 0xffff_ffffL));
        }
        return out;
    }

    @Override
    public void wantInterrupts(boolean wanted) {
        setAvailFlags(wanted ? 0 : 1);
    }

    @Override
    public void wantInterruptAfter(int more) {
        setUsedEvent(usedIndex() + more - 1);
    }

    @Override
    public boolean isKickWanted() {
        return availEvent() == (availIndex - 1 & 0xffff);
    }
}
