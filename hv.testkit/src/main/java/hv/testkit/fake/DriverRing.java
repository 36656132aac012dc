package hv.testkit.fake;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The driver's side of a virtqueue of either layout in a {@link FakeGuestMemory}: buffers, and what a well-behaved driver does with them. What a hostile
 * one does is the layout's.
 */
public abstract class DriverRing {
    public static final int NEXT = 1;
    public static final int WRITE = 2;
    public static final int INDIRECT = 4;
    static final int DESC_BYTES = 16;
    static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    final MemorySegment ram;
    final long baseGpa;
    final int size;
    final long descGpa;
    final long availGpa;
    final long usedGpa;
    private final long dataGpa;
    private final long dataBytes;
    private long dataNext;

    /** A chain the device has answered. @param id head of a split ring, buffer id of a packed one */
    public record Used(int id, long lenBytes) {
    }

    /** A buffer of the driver's. */
    public record Buffer(long gpa, int lenBytes, boolean deviceWrites) {
    }

    /** @param gpa where its rings and buffers lie, a multiple of 4096 @param lenBytes of that area @param availBytes of what the driver writes @param usedBytes of what the device writes beside the descriptors */
    DriverRing(FakeGuestMemory memory, long gpa, long lenBytes, int size, long availBytes, long usedBytes) {
        this.ram = memory.ram();
        this.baseGpa = memory.baseGpa();
        this.size = size;
        this.descGpa = gpa;
        this.availGpa = gpa + (long) size * DESC_BYTES;
        this.usedGpa = (availGpa + availBytes + 3) & ~3L;
        this.dataGpa = (usedGpa + usedBytes + 4095) & -4096L;
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

    /** What the driver writes: available ring, or its event suppression. */
    public long availGpa() {
        return availGpa;
    }

    /** What the device writes: used ring, or its event suppression. */
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

    final long allocate(int lenBytes) {
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

    /** Writes a descriptor anywhere in RAM; its last two words are flags and next in a split ring, id and flags in a packed one. */
    public final void descriptorAt(long at, long gpa, int lenBytes, int third, int fourth) {
        long o = at - baseGpa;
        ram.set(U64, o, gpa);
        ram.set(U32, o + 8, lenBytes);
        ram.set(U16, o + 12, (short) third);
        ram.set(U16, o + 14, (short) fourth);
    }

    /** Offers a chain of direct descriptors; returns its id. The device is not kicked. */
    public abstract int send(Buffer... buffers);

    /** Offers the same through one indirect descriptor; returns its id. */
    public abstract int sendIndirect(Buffer... buffers);

    /** What the device has answered since the last call. */
    public abstract List<Used> takeUsed();

    /** Whether the driver wants interrupts; for devices without event index. */
    public abstract void wantInterrupts(boolean wanted);

    /** With event index: the driver wants an interrupt once the device has used that many descriptors of the ring (split: answered chains) more. @param more 1 .. size */
    public abstract void wantInterruptAfter(int more);

    /** With event index: whether the device has asked to be kicked for the chain that was offered last, and not for those before it since the ring was empty. */
    public abstract boolean isKickWanted();
}
