package hv.virtio.internal;

import hv.api.memory.Access;
import hv.api.memory.GuestMemory;
import hv.api.memory.GuestMemoryFault;
import hv.api.memory.Lease;
import hv.api.virtio.spi.Chain;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** A chain of one head, copied out of the descriptor tables when popped, so that the driver cannot change it afterwards. Guarded by the session's lock. */
final class DescriptorChain implements Chain {
    /** Most descriptors of a chain, with indirect ones; as in QEMU. Direct ones are bounded by the queue's size. */
    static final int DESCRIPTORS_MAX = 1024;
    private static final long BYTES_MAX = 0xffff_ffffL;
    /** A lease holds the session's lock: keep it short. */
    private static final int PIECE_BYTES = 256 << 10;

    private final SplitQueue queue;
    private final Session session;
    private final GuestMemory memory;
    private final int head;
    private boolean inFlight;
    private long order;
    /** Pieces of RAM, those the device reads first; lengths are 1 .. 2^32 - 1. */
    private long[] gpa = new long[8];
    private long[] lenBytes = new long[8];
    private int readable;
    private int count;
    private long readableBytes;
    private long writableBytes;

    DescriptorChain(SplitQueue queue, Session session, GuestMemory memory, int head) {
        this.queue = queue;
        this.session = session;
        this.memory = memory;
        this.head = head;
    }

    /** Which of the queue's chains this was when it was popped. */
    long order() {
        return order;
    }

    void order(long which) {
        order = which;
    }

    boolean isInFlight() {
        return inFlight;
    }

    void finish() {
        inFlight = false;
    }

    SplitQueue queue() {
        return queue;
    }

    /** Reads the chain; returns what is wrong with it, or null, and then it is in flight. */
    String load(MemorySegment table, int tableSize) throws GuestMemoryFault {
        readable = 0;
        count = 0;
        readableBytes = 0;
        writableBytes = 0;
        String fault = walk(table, tableSize, head, session.indirectAllowed());
        inFlight = fault == null;
        return fault;
    }

    private String walk(MemorySegment table, int tableSize, int first, boolean indirectAllowed) throws GuestMemoryFault {
        int i = first;
        for (int steps = 0;; steps++) {
            if (steps == tableSize) {
                return "the chain is a loop";
            }
            if (i >= tableSize) {
                return "descriptor " + i + " in a table of " + tableSize;
            }
            long at = (long) i * RingLayout.DESC_BYTES;
            long address = table.get(RingLayout.U64, at);
            long len = table.get(RingLayout.U32, at + 8) & 0xffff_ffffL;
            int flags = table.get(RingLayout.U16, at + 12) & 0xffff;
            int next = table.get(RingLayout.U16, at + 14) & 0xffff;
            if ((flags & RingLayout.DESC_INDIRECT) != 0) {
                if (!indirectAllowed) {
                    return "an indirect descriptor where none may be";
                }
                if ((flags & RingLayout.DESC_NEXT) != 0) {
                    return "an indirect descriptor with a next one";
                }
                return walkIndirect(address, len);
            }
            String fault = add(address, len, (flags & RingLayout.DESC_WRITE) != 0);
            if (fault != null || (flags & RingLayout.DESC_NEXT) == 0) {
                return fault;
            }
            i = next;
        }
    }

    private String walkIndirect(long address, long len) throws GuestMemoryFault {
        long entries = len / RingLayout.DESC_BYTES;
        if (entries == 0 || len % RingLayout.DESC_BYTES != 0 || entries > DESCRIPTORS_MAX) {
            return "an indirect table of " + len + " bytes";
        }
        try (Lease lease = memory.lend(address, (int) len, Access.READ)) {
            return walk(lease.segment(), (int) entries, 0, false);
        }
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
    public int head() {
        return head;
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
                    throw new IllegalStateException("chain " + head + " used after it was answered");
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
