package hv.testkit.fake;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * The driver's side of a packed virtqueue (virtio 1.3, 2.8). {@link #send} does it right; {@link #descriptor}, {@link #makeAvailable} and {@link #driverEvent}
 * write whatever the test wants a hostile guest to write.
 * <pre>
 *   struct pvirtq_desc           { le64 addr; le32 len; le16 id; le16 flags; }
 *   struct pvirtq_event_suppress { le16 off_wrap; le16 flags; }    of the driver at availGpa, of the device at usedGpa
 * </pre>
 */
public final class PackedDriverQueue extends DriverRing {
    public static final int AVAIL = 1 << 7;
    public static final int USED = 1 << 15;
    private static final int WRAP = 1 << 15;
    private static final int EVENT_DESC = 2;
    private static final int EVENT_ENABLE = 0;

    private int next;
    private boolean wrap = true;
    private int usedNext;
    private boolean usedWrap = true;
    private int lastHead;
    private boolean lastWrap;
    /** Descriptors of the chains in flight, by id; 0 for ids that are free. */
    private final int[] lengths;

    /** As {@link DriverQueue}, but of any size. */
    public PackedDriverQueue(FakeGuestMemory memory, long gpa, long lenBytes, int size) {
        super(memory, gpa, lenBytes, size, 4, 4);
        lengths = new int[size];
    }

    @Override
    public int send(Buffer... buffers) {
        int id = freeId(buffers.length);
        int head = next;
        boolean headWrap = wrap;
        int headFlags = 0;
        for (int i = 0; i < buffers.length; i++) {
            Buffer b = buffers[i];
            int flags = (b.deviceWrites() ? WRITE : 0) | (i + 1 < buffers.length ? NEXT : 0) | available(wrap);
            descriptor(next, b.gpa(), b.lenBytes(), id, i == 0 ? available(!wrap) : flags);
            headFlags = i == 0 ? flags : headFlags;
            advance();
        }
        publish(head, headWrap, headFlags);
        return id;
    }

    @Override
    public int sendIndirect(Buffer... buffers) {
        long table = allocate(buffers.length * DESC_BYTES);
        for (int i = 0; i < buffers.length; i++) {
            descriptorAt(table + (long) i * DESC_BYTES, buffers[i].gpa(), buffers[i].lenBytes(), 0, buffers[i].deviceWrites() ? WRITE : 0);
        }
        int id = freeId(1);
        int head = next;
        boolean headWrap = wrap;
        descriptor(head, table, buffers.length * DESC_BYTES, id, available(!wrap));
        advance();
        publish(head, headWrap, INDIRECT | available(headWrap));
        return id;
    }

    /** What AVAIL and USED are in a descriptor that is available in that lap. */
    public static int available(boolean wrap) {
        return wrap ? AVAIL : USED;
    }

    private int freeId(int descriptors) {
        int inFlight = 0;
        for (int n : lengths) {
            inFlight += n;
        }
        if (inFlight + descriptors > size) {
            throw new IllegalStateException(inFlight + " descriptors of " + size + " are in flight");
        }
        // The highest that is free: ids have nothing to do with places.
        int id = size - 1;
        while (lengths[id] != 0) {
            id--;
        }
        lengths[id] = descriptors;
        return id;
    }

    private void advance() {
        if (++next == size) {
            next = 0;
            wrap = !wrap;
        }
    }

    private void publish(int head, boolean headWrap, int flags) {
        lastHead = head;
        lastWrap = headWrap;
        VarHandle.releaseFence();
        ram.set(U16, descGpa + (long) head * DESC_BYTES + 14 - baseGpa, (short) flags);
    }

    /** Writes a descriptor of the ring, flags and all. */
    public void descriptor(int i, long gpa, int lenBytes, int id, int flags) {
        descriptorAt(descGpa + (long) i * DESC_BYTES, gpa, lenBytes, id, flags);
    }

    /** Offers one descriptor as it stands here, whatever it says, and goes on behind it. */
    public void makeAvailable(long gpa, int lenBytes, int id, int flags) {
        descriptor(next, gpa, lenBytes, id, flags | available(wrap));
        advance();
    }

    /** Event suppression of the driver. @param place with the wrap counter in bit 15 @param flags 0 enable, 1 disable, 2 at that place */
    public void driverEvent(int place, int flags) {
        ram.set(U16, availGpa - baseGpa, (short) place);
        ram.set(U16, availGpa - baseGpa + 2, (short) flags);
    }

    @Override
    public void wantInterrupts(boolean wanted) {
        driverEvent(0, wanted ? 0 : 1);
    }

    @Override
    public void wantInterruptAfter(int more) {
        int at = usedNext + more - 1;
        boolean lap = usedWrap;
        if (at >= size) {
            at -= size;
            lap = !lap;
        }
        driverEvent(at | (lap ? WRAP : 0), EVENT_DESC);
    }

    @Override
    public boolean isKickWanted() {
        int place = ram.get(U16, usedGpa - baseGpa) & 0xffff;
        int flags = ram.get(U16, usedGpa - baseGpa + 2) & 3;
        // 2.8.10: until the device has written there, every kick is wanted.
        return flags == EVENT_ENABLE || flags == EVENT_DESC && place == (lastHead | (lastWrap ? WRAP : 0));
    }

    @Override
    public List<Used> takeUsed() {
        List<Used> out = new ArrayList<>();
        for (;;) {
            long o = descGpa - baseGpa + (long) usedNext * DESC_BYTES;
            int flags = ram.get(U16, o + 14) & 0xffff;
            if ((flags & AVAIL) != 0 != usedWrap || (flags & USED) != 0 != usedWrap) {
                return out;
            }
            VarHandle.acquireFence();
            int id = ram.get(U16, o + 12) & 0xffff;
            long len = ram.get(U32, o + 8) & 0xffff_ffffL;
            if (id >= size || lengths[id] == 0) {
                throw new AssertionError("the device answered chain " + id + ", which is not in flight");
            }
            if (len > 0 != ((flags & WRITE) != 0)) {
                throw new AssertionError("the device says " + len + " bytes written, with flags " + Integer.toHexString(flags));
            }
            usedNext += lengths[id];
            lengths[id] = 0;
            if (usedNext >= size) {
                usedNext -= size;
                usedWrap = !usedWrap;
            }
            out.add(new Used(id, len));
        }
    }
}
