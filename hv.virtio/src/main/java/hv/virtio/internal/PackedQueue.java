package hv.virtio.internal;

import hv.api.memory.Access;
import hv.api.memory.GuestMemory;
import hv.api.memory.GuestMemoryFault;
import hv.api.memory.Lease;
import hv.api.virtio.spi.Chain;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * A packed virtqueue (virtio 1.3, 2.8): one ring, in which the driver makes descriptors available and the device writes over them when they are used, in
 * the order of its answers. Each descriptor is read once.
 */
final class PackedQueue extends Ring {
    /** Next descriptor the driver makes available, and whether its AVAIL bit is then set. */
    private int avail;
    private boolean availWrap;
    private int used;
    private boolean usedWrap;
    /** Descriptors used since the session began, and how many of them the driver was asked about; -1 before it was asked first. */
    private long usedTotal;
    private long askedTotal = -1;

    PackedQueue(Session session, GuestMemory memory, int index, QueueSetup setup, QueuePosition position, boolean eventIndex) {
        super(session, memory, index, setup, eventIndex);
        avail = position.nextAvail() & PackedLayout.INDEX;
        availWrap = position.nextAvail() >= PackedLayout.WRAP;
        used = position.nextUsed() & PackedLayout.INDEX;
        usedWrap = position.nextUsed() >= PackedLayout.WRAP;
        giveBack(position.unanswered());
    }

    @Override
    boolean isPacked() {
        return true;
    }

    @Override
    int nextAvail() {
        return place(avail, availWrap);
    }

    @Override
    int nextUsed() {
        return place(used, usedWrap);
    }

    private static int place(int at, boolean wrap) {
        return wrap ? at | PackedLayout.WRAP : at;
    }

    @Override
    boolean fetch(DescriptorChain chain) throws GuestMemoryFault {
        if (descriptorsLeft() == 0) {
            askForKick();
            return false; // all are in flight: what lies there is not the driver's to make available
        }
        try (Lease lease = memory.lend(setup.desc(), RingLayout.descBytes(size), Access.READ)) {
            MemorySegment ring = lease.segment();
            int flags = flags(ring, avail);
            if (!isAvailable(flags) && !(askForKick() && isAvailable(flags = flags(ring, avail)))) {
                return false;
            }
            return walk(ring, flags, chain);
        }
    }

    /** With acquire: what the descriptor says is read after that it is available. */
    private static int flags(MemorySegment ring, int at) {
        return (short) RingLayout.INDEX.getAcquire(ring, (long) at * RingLayout.DESC_BYTES + PackedLayout.FLAGS) & 0xffff;
    }

    /** 2.8.1: the AVAIL bit as the wrap counter, the USED bit not. */
    private boolean isAvailable(int flags) {
        return (flags & PackedLayout.DESC_AVAIL) != 0 == availWrap && (flags & PackedLayout.DESC_USED) != 0 != availWrap;
    }

    /** 2.8.14: asks for a kick at the next descriptor; true if the ring is to be looked at again, as the driver may not have seen that in time. */
    private boolean askForKick() throws GuestMemoryFault {
        if (!eventIndex) {
            return false; // our flags say "enabled" since the driver zeroed them
        }
        try (Lease event = memory.lend(setup.used(), PackedLayout.EVENT_BYTES, Access.WRITE)) {
            event.segment().set(RingLayout.U16, 0, (short) nextAvail());
            RingLayout.INDEX.setRelease(event.segment(), (long) PackedLayout.EVENT_FLAGS, (short) PackedLayout.EVENT_DESC);
        }
        VarHandle.fullFence();
        return true;
    }

    private boolean walk(MemorySegment ring, int headFlags, DescriptorChain chain) throws GuestMemoryFault {
        chain.begin();
        int left = descriptorsLeft();
        int at = avail;
        int flags = headFlags;
        for (int steps = 1;; steps++) {
            long o = (long) at * RingLayout.DESC_BYTES;
            int id = ring.get(RingLayout.U16, o + PackedLayout.ID) & 0xffff;
            String fault = chain.add(ring.get(RingLayout.U64, o), ring.get(RingLayout.U32, o + 8), flags);
            if (fault != null) {
                broken("descriptor " + at + ": " + fault);
                return false;
            }
            at = at + 1 == size ? 0 : at + 1;
            if ((flags & RingLayout.DESC_NEXT) == 0) {
                chain.id(id); // 2.8.6: that of the last descriptor counts
                break;
            }
            if (steps == left) {
                broken("a chain of more descriptors than are not in flight");
                return false;
            }
            flags = ring.get(RingLayout.U16, (long) at * RingLayout.DESC_BYTES + PackedLayout.FLAGS) & 0xffff;
        }
        availWrap ^= at <= avail;
        avail = at;
        return true;
    }

    @Override
    void fetched(DescriptorChain chain) {
        // Its descriptors are counted, and no other book is kept.
    }

    @Override
    void answer(Chain[] together, long[] writtenBytes, int count) throws GuestMemoryFault {
        try (Lease lease = memory.lend(setup.desc(), RingLayout.descBytes(size), Access.READ_WRITE)) {
            MemorySegment ring = lease.segment();
            int first = used;
            int firstFlags = usedFlags(writtenBytes[0]);
            for (int i = 0; i < count; i++) {
                DescriptorChain c = (DescriptorChain) together[i];
                long o = (long) used * RingLayout.DESC_BYTES;
                ring.set(RingLayout.U32, o + 8, (int) writtenBytes[i]);
                ring.set(RingLayout.U16, o + PackedLayout.ID, (short) c.id());
                if (i > 0) {
                    ring.set(RingLayout.U16, o + PackedLayout.FLAGS, (short) usedFlags(writtenBytes[i]));
                }
                used += c.descriptors();
                usedTotal += c.descriptors();
                if (used >= size) {
                    used -= size;
                    usedWrap = !usedWrap;
                }
            }
            // The first is written last: the driver looks at the others after it.
            RingLayout.INDEX.setRelease(ring, (long) first * RingLayout.DESC_BYTES + PackedLayout.FLAGS, (short) firstFlags);
        }
    }

    /** 2.8.1 and 2.8.4: both bits as the wrap counter; WRITE if anything was written. */
    private int usedFlags(long writtenBytes) {
        return (usedWrap ? PackedLayout.DESC_AVAIL | PackedLayout.DESC_USED : 0) | (writtenBytes > 0 ? RingLayout.DESC_WRITE : 0);
    }

    @Override
    boolean wantsInterrupt() throws GuestMemoryFault {
        try (Lease event = memory.lend(setup.avail(), PackedLayout.EVENT_BYTES, Access.READ)) {
            // The used descriptor must be seen before the driver's wish is read (2.8.14).
            VarHandle.fullFence();
            int flags = (short) RingLayout.INDEX.getAcquire(event.segment(), (long) PackedLayout.EVENT_FLAGS) & PackedLayout.EVENT_FLAGS_MASK;
            int at = event.segment().get(RingLayout.U16, 0) & 0xffff;
            long since = askedTotal;
            askedTotal = usedTotal;
            return switch (flags) {
                case PackedLayout.EVENT_DISABLE -> false;
                case PackedLayout.EVENT_DESC -> !eventIndex || isPassed(at, since);
                default -> true;
            };
        }
    }

    /** Whether a place is among the descriptors used since then. */
    private boolean isPassed(int place, long since) {
        if (since < 0) {
            return true; // not asked before in this session: where the driver was told last is not known
        }
        boolean thisLap = place >= PackedLayout.WRAP == usedWrap;
        long total = usedTotal - used + (place & PackedLayout.INDEX) - (thisLap ? 0 : size);
        return total >= since && total < usedTotal;
    }
}
