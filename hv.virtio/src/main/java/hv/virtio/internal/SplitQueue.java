package hv.virtio.internal;

import hv.api.memory.Access;
import hv.api.memory.GuestMemory;
import hv.api.memory.GuestMemoryFault;
import hv.api.memory.Lease;
import hv.api.virtio.spi.Chain;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/** A split virtqueue (virtio 1.3, 2.7). A head is in flight at most once. */
final class SplitQueue extends Ring {
    private static final int INDEX_MASK = 0xffff;

    private int nextAvail;
    private int nextUsed;
    /** Heads of the entries nextAvail .. knownAvail - 1, at their index modulo size; published, so the driver may not change them. */
    private final int[] heads;
    private int knownAvail;
    /** Heads of chains in flight or given back. */
    private final boolean[] busy;
    private int lastSignalled;
    private boolean signalled;

    SplitQueue(Session session, GuestMemory memory, int index, QueueSetup setup, QueuePosition position, boolean eventIndex) {
        super(session, memory, index, setup, eventIndex);
        this.nextAvail = position.nextAvail();
        this.nextUsed = position.nextUsed();
        this.knownAvail = nextAvail;
        this.heads = new int[size];
        this.busy = new boolean[size];
        giveBack(position.unanswered());
    }

    @Override
    boolean isPacked() {
        return false;
    }

    @Override
    int nextAvail() {
        return nextAvail;
    }

    @Override
    int nextUsed() {
        return nextUsed;
    }

    @Override
    void fetched(DescriptorChain chain) {
        busy[chain.id()] = true;
    }

    @Override
    boolean fetch(DescriptorChain chain) throws GuestMemoryFault {
        if (nextAvail == knownAvail && !fetchHeads()) {
            return false;
        }
        int head = heads[nextAvail & size - 1];
        if (head >= size || busy[head]) {
            broken("head " + head + " is out of range or in flight");
            return false;
        }
        String fault;
        try (Lease table = memory.lend(setup.desc(), RingLayout.descBytes(size), Access.READ)) {
            fault = walk(table.segment(), head, chain);
        }
        if (fault != null) {
            broken("head " + head + ": " + fault);
            return false;
        }
        nextAvail = nextAvail + 1 & INDEX_MASK;
        busy[head] = true;
        return true;
    }

    private String walk(MemorySegment table, int head, DescriptorChain chain) throws GuestMemoryFault {
        chain.begin();
        chain.id(head);
        int i = head;
        for (int left = descriptorsLeft();; left--) {
            if (left == 0) {
                return "the chain is a loop, or shares descriptors with another";
            }
            if (i >= size) {
                return "descriptor " + i + " in a table of " + size;
            }
            long at = (long) i * RingLayout.DESC_BYTES;
            int flags = table.get(RingLayout.U16, at + RingLayout.DESC_FLAGS) & 0xffff;
            String fault = chain.add(table.get(RingLayout.U64, at), table.get(RingLayout.U32, at + 8), flags);
            if (fault != null || (flags & RingLayout.DESC_NEXT) == 0) {
                return fault;
            }
            i = table.get(RingLayout.U16, at + RingLayout.DESC_LINK) & 0xffff;
        }
    }

    /** Looks what the driver has published; false if nothing, and then it is asked to kick for the next (2.7.10). */
    private boolean fetchHeads() throws GuestMemoryFault {
        try (Lease avail = memory.lend(setup.avail(), RingLayout.availBytes(size), Access.READ)) {
            MemorySegment ring = avail.segment();
            int idx = (short) RingLayout.INDEX.getAcquire(ring, (long) RingLayout.IDX) & INDEX_MASK;
            if (idx == nextAvail) {
                if (!eventIndex) {
                    return false;
                }
                try (Lease event = memory.lend(setup.used() + RingLayout.availEvent(size), 2, Access.WRITE)) {
                    event.segment().set(RingLayout.U16, 0, (short) nextAvail);
                }
                // The driver may have published before it could see that: look again, after the store.
                VarHandle.fullFence();
                idx = (short) RingLayout.INDEX.getAcquire(ring, (long) RingLayout.IDX) & INDEX_MASK;
                if (idx == nextAvail) {
                    return false;
                }
            }
            int count = idx - nextAvail & INDEX_MASK;
            if (count > size) {
                broken("available index is " + count + " ahead in a ring of " + size);
                return false;
            }
            for (int i = 0; i < count; i++) {
                int slot = nextAvail + i & size - 1;
                heads[slot] = ring.get(RingLayout.U16, RingLayout.RING + 2L * slot) & INDEX_MASK;
            }
            knownAvail = idx;
            return true;
        }
    }

    @Override
    void answer(Chain[] together, long[] writtenBytes, int count) throws GuestMemoryFault {
        try (Lease used = memory.lend(setup.used(), RingLayout.usedBytes(size), Access.READ_WRITE)) {
            MemorySegment ring = used.segment();
            for (int i = 0; i < count; i++) {
                long at = RingLayout.RING + (long) RingLayout.USED_ELEMENT_BYTES * (nextUsed + i & size - 1);
                int head = together[i].id();
                busy[head] = false;
                ring.set(RingLayout.U32, at, head);
                ring.set(RingLayout.U32, at + 4, (int) writtenBytes[i]);
            }
            nextUsed = nextUsed + count & INDEX_MASK;
            RingLayout.INDEX.setRelease(ring, (long) RingLayout.IDX, (short) nextUsed);
        }
    }

    @Override
    boolean wantsInterrupt() throws GuestMemoryFault {
        try (Lease avail = memory.lend(setup.avail(), RingLayout.availBytes(size), Access.READ)) {
            // The used index must be seen before the driver's wish is read (2.7.8.2).
            VarHandle.fullFence();
            MemorySegment ring = avail.segment();
            if (!eventIndex) {
                return (ring.get(RingLayout.U16, RingLayout.FLAGS) & RingLayout.AVAIL_NO_INTERRUPT) == 0;
            }
            int event = ring.get(RingLayout.U16, RingLayout.usedEvent(size)) & INDEX_MASK;
            // vring_need_event: the event lies in lastSignalled .. nextUsed - 1.
            boolean wanted = !signalled || (nextUsed - event - 1 & INDEX_MASK) < (nextUsed - lastSignalled & INDEX_MASK);
            signalled = true;
            lastSignalled = nextUsed;
            return wanted;
        }
    }
}
