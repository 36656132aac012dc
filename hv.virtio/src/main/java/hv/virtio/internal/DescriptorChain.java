package hv.virtio.internal;

import hv.api.memory.Access;
import hv.api.memory.GuestMemory;
import hv.api.memory.GuestMemoryFault;
import hv.api.memory.Lease;
import hv.api.virtio.spi.Chain;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A chain, copied out of the descriptor tables when popped, so that the driver cannot change it afterwards. Guarded by the session's lock.
 * <pre>
 *   begin, id, add ... | unloaded, load     take -> in flight     finish
 * </pre>
 */
final class DescriptorChain implements Chain {
    /** Most descriptors of an indirect table; as in QEMU. Those in the ring are bounded by its size. */
    static final int DESCRIPTORS_MAX = 1024;
    private static final long BYTES_MAX = 0xffff_ffffL;
    /** A lease holds the session's lock: keep it short. */
    private static final int PIECE_BYTES = 256 << 10;

    private final Ring queue;
    private final Session session;
    private final GuestMemory memory;
    private int id;
    private boolean inFlight;
    private long order;
    /** Descriptors in the ring, as they were read. */
    private long[] ringGpa = new long[4];
    private int[] ringLen = new int[4];
    private int[] ringFlags = new int[4];
    private int descriptors;
    private boolean loaded;
    /** Pieces of RAM, those the device reads first; lengths are 1 .. 2^32 - 1. */
    private long[] gpa = new long[8];
    private long[] lenBytes = new long[8];
    private int readable;
    private int count;
    private long readableBytes;
    private long writableBytes;

    DescriptorChain(Ring queue, Session session, GuestMemory memory) {
        this.queue = queue;
        this.session = session;
        this.memory = memory;
    }

    /** Which of the queue's chains this was when it was popped. */
    long order() {
        return order;
    }

    boolean isInFlight() {
        return inFlight;
    }

    /** It is the model's now. */
    void take(long which) {
        order = which;
        inFlight = true;
    }

    void finish() {
        inFlight = false;
    }

    Ring queue() {
        return queue;
    }

    /** Descriptors that it has in the ring. */
    int descriptors() {
        return descriptors;
    }

    PoppedChain popped() {
        return new PoppedChain(id, Arrays.copyOf(ringGpa, descriptors), Arrays.copyOf(ringLen, descriptors), Arrays.copyOf(ringFlags, descriptors));
    }

    /** Empty, to be filled by {@link #add}. */
    void begin() {
        descriptors = 0;
        loaded = true;
        clear();
    }

    private void clear() {
        readable = 0;
        count = 0;
        readableBytes = 0;
        writableBytes = 0;
    }

    void id(int given) {
        id = given;
    }

    /** Becomes a chain that was popped before; what it refers to is checked by {@link #load}. */
    void unloaded(PoppedChain again) {
        descriptors = 0;
        loaded = false;
        id = again.id();
        for (int i = 0; i < again.gpa().length; i++) {
            keep(again.gpa()[i], again.lenBytes()[i], again.flags()[i]);
        }
    }

    /** Checks, if that is not done, and returns what is wrong, or null. */
    String load() throws GuestMemoryFault {
        String fault = null;
        if (!loaded) {
            clear();
            for (int i = 0; i < descriptors && fault == null; i++) {
                fault = resolve(ringGpa[i], ringLen[i] & 0xffff_ffffL, ringFlags[i], i);
            }
            loaded = fault == null;
        }
        return fault;
    }

    /** Appends a descriptor of the ring; returns what is wrong with it, or null. */
    String add(long address, int len, int flags) throws GuestMemoryFault {
        if ((flags & RingLayout.DESC_INDIRECT) != 0 && (flags & RingLayout.DESC_NEXT) != 0) {
            return "an indirect descriptor with a next one";
        }
        keep(address, len, flags & (RingLayout.DESC_WRITE | RingLayout.DESC_INDIRECT));
        return resolve(address, len & 0xffff_ffffL, flags, descriptors - 1);
    }

    private void keep(long address, int len, int flags) {
        if (descriptors == ringGpa.length) {
            ringGpa = Arrays.copyOf(ringGpa, 2 * descriptors);
            ringLen = Arrays.copyOf(ringLen, 2 * descriptors);
            ringFlags = Arrays.copyOf(ringFlags, 2 * descriptors);
        }
        ringGpa[descriptors] = address;
        ringLen[descriptors] = len;
        ringFlags[descriptors++] = flags;
    }

    /** 2.7.5.3.1: direct descriptors may be followed by one indirect in a split ring; 2.8.8: not in a packed one. */
    private String resolve(long address, long len, int flags, int before) throws GuestMemoryFault {
        if ((flags & RingLayout.DESC_INDIRECT) == 0) {
            return add(address, len, (flags & RingLayout.DESC_WRITE) != 0);
        }
        if (!session.indirectAllowed() || queue.isPacked() && before > 0) {
            return "an indirect descriptor where none may be";
        }
        long entries = len / RingLayout.DESC_BYTES;
        if (entries == 0 || len % RingLayout.DESC_BYTES != 0 || entries > DESCRIPTORS_MAX) {
            return "an indirect table of " + len + " bytes";
        }
        try (Lease lease = memory.lend(address, (int) len, Access.READ)) {
            return queue.isPacked() ? all(lease.segment(), (int) entries) : linked(lease.segment(), (int) entries);
        }
    }

    /** An indirect table of a packed ring: every entry counts, and no other flag than WRITE (2.8.8). */
    private String all(MemorySegment table, int entries) {
        for (int i = 0; i < entries; i++) {
            long at = (long) i * RingLayout.DESC_BYTES;
            String fault = entry(table, at, table.get(RingLayout.U16, at + PackedLayout.FLAGS));
            if (fault != null) {
                return fault;
            }
        }
        return null;
    }

    /** An indirect table of a split ring: entries are linked, from the first on (2.7.5.3). */
    private String linked(MemorySegment table, int entries) {
        int i = 0;
        for (int steps = 0; steps < entries; steps++) {
            long at = (long) i * RingLayout.DESC_BYTES;
            int flags = table.get(RingLayout.U16, at + RingLayout.DESC_FLAGS);
            String fault = entry(table, at, flags);
            if (fault != null || (flags & RingLayout.DESC_NEXT) == 0) {
                return fault;
            }
            i = table.get(RingLayout.U16, at + RingLayout.DESC_LINK) & 0xffff;
            if (i >= entries) {
                return "descriptor " + i + " in a table of " + entries;
            }
        }
        return "the chain is a loop";
    }

    private String entry(MemorySegment table, long at, int flags) {
        if ((flags & RingLayout.DESC_INDIRECT) != 0) {
            return "an indirect descriptor where none may be";
        }
        return add(table.get(RingLayout.U64, at), table.get(RingLayout.U32, at + 8) & 0xffff_ffffL, (flags & RingLayout.DESC_WRITE) != 0);
    }

    private String add(long address, long len, boolean write) {
        if (!write && count > readable) {
            return "a readable descriptor behind a writable one";
        }
        if (len == 0) {
            return null;
        }
        if (!memory.isRam(address, len)) {
            return "buffer " + Long.toHexString(address) + "+" + len + " is not RAM";
        }
        if (readableBytes + writableBytes + len > BYTES_MAX) {
            return "the chain is longer than 2^32 - 1 bytes";
        }
        if (count == gpa.length) {
            gpa = Arrays.copyOf(gpa, 2 * count);
            lenBytes = Arrays.copyOf(lenBytes, 2 * count);
        }
        gpa[count] = address;
        lenBytes[count] = len;
        count++;
        if (write) {
            writableBytes += len;
        } else {
            readable = count;
            readableBytes += len;
        }
        return null;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public long readableBytes() {
        return readableBytes;
    }

    @Override
    public long writableBytes() {
        return writableBytes;
    }

    @Override
    public void read(long at, MemorySegment into, long intoOffset, long len) throws GuestMemoryFault {
        copy(at, into, intoOffset, len, Access.READ);
    }

    @Override
    public void write(long at, MemorySegment from, long fromOffset, long len) throws GuestMemoryFault {
        copy(at, from, fromOffset, len, Access.WRITE);
    }

    @Override
    public void read(long at, byte[] into) throws GuestMemoryFault {
        copy(at, MemorySegment.ofArray(into), 0, into.length, Access.READ);
    }

    @Override
    public void write(long at, byte[] from) throws GuestMemoryFault {
        copy(at, MemorySegment.ofArray(from), 0, from.length, Access.WRITE);
    }

    private void copy(long at, MemorySegment host, long hostOffset, long len, Access access) throws GuestMemoryFault {
        boolean write = access.writes();
        long total = write ? writableBytes : readableBytes;
        if (at < 0 || len < 0 || at > total || len > total - at) {
            throw new GuestMemoryFault(at, len);
        }
        int i = write ? readable : 0;
        long skip = at;
        while (skip > 0 && skip >= lenBytes[i]) {
            skip -= lenBytes[i++];
        }
        long hostAt = hostOffset;
        long left = len;
        while (left > 0) {
            int n = (int) Math.min(Math.min(left, PIECE_BYTES), lenBytes[i] - skip);
            synchronized (session.lock) {
                if (!inFlight) {
                    throw new IllegalStateException("chain " + id + " used after it was answered");
                }
                if (!session.isLive()) {
                    throw new GuestMemoryFault(gpa[i] + skip, n); // the driver has reset the device: the buffer is not ours any more
                }
                try (Lease lease = memory.lend(gpa[i] + skip, n, access)) {
                    if (write) {
                        MemorySegment.copy(host, hostAt, lease.segment(), 0, n);
                    } else {
                        MemorySegment.copy(lease.segment(), 0, host, hostAt, n);
                    }
                }
            }
            hostAt += n;
            left -= n;
            skip += n;
            if (skip == lenBytes[i]) {
                skip = 0;
                i++;
            }
        }
    }
}
