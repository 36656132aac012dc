package hv.testkit.fake;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The driver's side of a split virtqueue (virtio 1.2, 2.7) in a {@link FakeGuestMemory}. {@link #send} does it right; {@link #descriptor},
 * {@link #publish} and {@link #setAvailIndex} write whatever the test wants a hostile guest to write.
 * <pre>
 *   struct virtq_desc  { le64 addr; le32 len; le16 flags; le16 next; }
 *   struct virtq_avail { le16 flags; le16 idx; le16 ring[size]; le16 used_event; }
 *   struct virtq_used  { le16 flags; le16 idx; struct { le32 id; le32 len; } ring[size]; le16 avail_event; }
 * </pre>
 */
public final class DriverQueue {
    public static final int NEXT = 1;
    public static final int WRITE = 2;
    public static final int INDIRECT = 4;
    private static final int DESC_BYTES = 16;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment ram;
    private final long baseGpa;
    private final int size;
    private final long descGpa;
    private final long availGpa;
    private final long usedGpa;
    private final long dataGpa;
    private final long dataBytes;
    private long dataNext;
    private int descNext;
    private int availIndex;
    private int usedSeen;

    /** A chain the device has answered. */
    public record Used(int head, long lenBytes) {
    }

    /** A buffer of the driver's. */
    public record Buffer(long gpa, int lenBytes, boolean deviceWrites) {
    }

    /**
     * @param gpa       where its rings and buffers lie, a multiple of 4096
     * @param lenBytes  of that area, at least 64 KiB
     * @param size      of the queue, a power of two
     */
    public DriverQueue(FakeGuestMemory memory, long gpa, long lenBytes, int size) {
        this.ram = memory.ram();
        this.baseGpa = memory.baseGpa();
        this.size = size;
        this.descGpa = gpa;
        this.availGpa = gpa + (long) size * DESC_BYTES;
        this.usedGpa = (availGpa + 6 + 2L * size + 3) & ~3L;
        this.dataGpa = (usedGpa + 6 + 8L * size + 4095) & -4096L;
        this.dataBytes = gpa + lenBytes - dataGpa;
        if (dataBytes < 4096) {
            throw new IllegalArgumentException("no room for buffers behind a queue of " + size + " in " + lenBytes + " bytes");
        }
        ram.asSlice(gpa - baseGpa, dataGpa - gpa).fill((byte) 0);
    }

    public int size() {
        return size;
    }

    public long descGpa() {
        return descGpa;
    }

    public long availGpa() {
        return availGpa;
    }

    public long usedGpa() {
        return usedGpa;
    }

    /** A buffer for the device to read. */
    public Buffer out(byte[] content) {
        Buffer b = new Buffer(allocate(content.length), content.length, false);
        MemorySegment.copy(content, 0, ram, ValueLayout.JAVA_BYTE, b.gpa - baseGpa, content.length);
        return b;
    }

    /** A buffer for the device to write. */
    public Buffer in(int lenBytes) {
        return new Buffer(allocate(lenBytes), lenBytes, true);
    }

    private long allocate(int lenBytes) {
        if (dataNext + lenBytes > dataBytes) {
            dataNext = 0;
        }
        if (lenBytes > dataBytes) {
            throw new IllegalArgumentException("buffer of " + lenBytes + " bytes in an area of " + dataBytes);
        }
        long gpa = dataGpa + dataNext;
        dataNext += (lenBytes + 15) & -16L;
        return gpa;
    }

    public byte[] content(Buffer b) {
        byte[] out = new byte[b.lenBytes];
        MemorySegment.copy(ram, ValueLayout.JAVA_BYTE, b.gpa - baseGpa, out, 0, out.length);
        return out;
    }

    /** Offers a chain of direct descriptors; returns its head. The device is not kicked. */
    public int send(Buffer... buffers) {
        int head = descNext % size;
        for (int i = 0; i < buffers.length; i++) {
            int d = descNext++ % size;
            Buffer b = buffers[i];
            descriptor(d, b.gpa, b.lenBytes, (b.deviceWrites ? WRITE : 0) | (i + 1 < buffers.length ? NEXT : 0), (d + 1) % size);
        }
        publish(head);
        return head;
    }

    /** Offers the same through one indirect descriptor; returns its head. */
    public int sendIndirect(Buffer... buffers) {
        long table = allocate(buffers.length * DESC_BYTES);
        for (int i = 0; i < buffers.length; i++) {
            Buffer b = buffers[i];
            descriptorAt(table + (long) i * DESC_BYTES, b.gpa, b.lenBytes, (b.deviceWrites ? WRITE : 0) | (i + 1 < buffers.length ? NEXT : 0), i + 1);
        }
        int head = descNext++ % size;
        descriptor(head, table, buffers.length * DESC_BYTES, INDIRECT, 0);
        publish(head);
        return head;
    }

    /** Writes entry i of the descriptor table. */
    public void descriptor(int i, long gpa, int lenBytes, int flags, int next) {
        descriptorAt(descGpa + (long) i * DESC_BYTES, gpa, lenBytes, flags, next);
    }

    /** Writes a descriptor anywhere in RAM. */
    public void descriptorAt(long at, long gpa, int lenBytes, int flags, int next) {
        long o = at - baseGpa;
        ram.set(U64, o, gpa);
        ram.set(U32, o + 8, lenBytes);
        ram.set(U16, o + 12, (short) flags);
        ram.set(U16, o + 14, (short) next);
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

    /** What the device has answered since the last call. */
    public List<Used> takeUsed() {
        List<Used> out = new ArrayList<>();
        int end = usedIndex();
        VarHandle.acquireFence();
        for (; usedSeen != end; usedSeen = (usedSeen + 1) & 0xffff) {
            long o = usedGpa - baseGpa + 4 + 8L * (usedSeen % size);
            out.add(new Used(ram.get(U32, o), ram.get(U32, o + 4) & 0xffff_ffffL));
        }
        return out;
    }
}
