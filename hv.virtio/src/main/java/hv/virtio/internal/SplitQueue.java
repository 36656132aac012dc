package hv.virtio.internal;

import hv.api.memory.Access;
import hv.api.memory.GuestMemory;
import hv.api.memory.GuestMemoryFault;
import hv.api.memory.Lease;
import hv.api.virtio.spi.Chain;
import hv.api.virtio.spi.VirtQueue;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * The device's side of a split virtqueue (virtio 1.2, 2.7), lent to a model for one session of the driver.
 * <p>The driver is hostile: whatever it writes breaks the session (DEVICE_NEEDS_RESET) at worst. A head is in flight at most once, so there are
 * never more chains than descriptors, and chain objects are reused, one for each head.
 * <p>RAM is touched only under the session's lock while the session lives: a driver that has reset the device may use its rings' memory for
 * something else at once.
 */
final class SplitQueue implements VirtQueue {
    private static final int INDEX_MASK = 0xffff;

    private final Session session;
    private final GuestMemory memory;
    private final int index;
    private final QueueSetup setup;
    private final int size;
    private final boolean eventIndex;

    // All guarded by session.lock.
    private boolean ready;
    private int nextAvail;
    private int nextUsed;
    /** Heads of the entries nextAvail .. knownAvail - 1, at their index modulo size; published, so the driver may not change them. */
    private final int[] heads;
    private int knownAvail;
    private DescriptorChain[] chains;
    private int inFlight;
    /** Stack of heads given back: popped before the ring's. */
    private final int[] returned;
    private int returnedCount;
    /** How many chains were popped and not given back; names the one that may be given back next. */
    private long order;
    /** Chains popped before this were overtaken by an answer. */
    private long unpoppableBefore;
    private int lastSignalled;
    private boolean signalled;

    SplitQueue(Session session, GuestMemory memory, int index, QueueSetup setup, QueuePosition position, boolean eventIndex) {
        this.session = session;
        this.memory = memory;
        this.index = index;
        this.setup = setup;
        this.size = setup.ready() ? setup.size() : 0;
        this.eventIndex = eventIndex;
        this.ready = setup.ready();
        this.nextAvail = position.nextAvail();
        this.nextUsed = position.nextUsed();
        this.knownAvail = nextAvail;
        this.heads = new int[size];
        this.chains = new DescriptorChain[size];
        this.returned = new int[size];
        giveBack(position.unanswered());
    }

    /** Puts heads in front of all others, the first to be popped first. */
    private void giveBack(int[] again) {
        for (int i = again.length - 1; i >= 0; i--) {
            returned[returnedCount++] = again[i];
        }
    }

    /** Takes all chains from the model: they will be popped again. The model that has them still may not use them any more. */
    void takeBack() {
        synchronized (session.lock) {
            int[] again = unanswered();
            returnedCount = 0;
            giveBack(again);
            for (DescriptorChain c : chains) {
                if (c != null) {
                    c.finish();
                }
            }
            chains = new DescriptorChain[size];
            inFlight = 0;
        }
    }

    /** The driver has withdrawn the queue. */
    void disable() {
        synchronized (session.lock) {
            ready = false;
        }
    }

    /** Under the lock. */
    int inFlight() {
        return inFlight;
    }

    QueuePosition position() {
        synchronized (session.lock) {
            return new QueuePosition(nextAvail, nextUsed, unanswered());
        }
    }

    /** Heads in flight, ascending, then those given back. */
    private int[] unanswered() {
        int[] out = new int[inFlight + returnedCount];
        int n = 0;
        for (DescriptorChain c : chains) {
            if (c != null && c.isInFlight()) {
                out[n++] = c.head();
            }
        }
        for (int i = returnedCount - 1; i >= 0; i--) {
            out[n++] = returned[i];
        }
        return Arrays.copyOf(out, n);
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public boolean isReady() {
        synchronized (session.lock) {
            return ready && session.isLive();
        }
    }

    @Override
    public Chain pop() {
        synchronized (session.lock) {
            if (!ready || !session.isOpen()) {
                return null;
            }
            try {
                return popNext();
            } catch (GuestMemoryFault e) {
                session.needsReset("queue " + index + ": " + e.getMessage());
                return null;
            }
        }
    }

    private DescriptorChain popNext() throws GuestMemoryFault {
        int head;
        if (returnedCount > 0) {
            head = returned[--returnedCount];
        } else {
            if (nextAvail == knownAvail && !fetchHeads()) {
                return null;
            }
            head = heads[nextAvail & size - 1];
            if (head >= size || isUnanswered(head)) {
                session.needsReset("queue " + index + ": head " + head + " is out of range or in flight");
                return null;
            }
            nextAvail = nextAvail + 1 & INDEX_MASK;
        }
        DescriptorChain chain = chains[head];
        if (chain == null) {
            chain = new DescriptorChain(this, session, memory, head);
            chains[head] = chain;
        }
        String fault;
        try (Lease table = memory.lend(setup.desc(), RingLayout.descBytes(size), Access.READ)) {
            fault = chain.load(table.segment(), size);
        }
        if (fault != null) {
            session.needsReset("queue " + index + ", head " + head + ": " + fault);
            return null;
        }
        inFlight++;
        chain.order(order++);
        return chain;
    }

    private boolean isUnanswered(int head) {
        if (chains[head] != null && chains[head].isInFlight()) {
            return true;
        }
        for (int i = 0; i < returnedCount; i++) {
            if (returned[i] == head) {
                return true;
            }
        }
        return false;
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
                session.needsReset("queue " + index + ": available index is " + count + " ahead in a ring of " + size);
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
    public void push(Chain chain, long writtenBytes) {
        synchronized (session.lock) {
            DescriptorChain c = answered(chain, writtenBytes);
            if (!ready || !session.isLive()) {
                return;
            }
            try (Lease used = memory.lend(setup.used(), RingLayout.usedBytes(size), Access.READ_WRITE)) {
                put(used.segment(), 0, c, writtenBytes);
                publish(used.segment(), 1);
            } catch (GuestMemoryFault e) {
                session.needsReset("queue " + index + ": " + e.getMessage());
            }
        }
    }

    @Override
    public void pushTogether(Chain[] together, long[] writtenBytes, int count) {
        synchronized (session.lock) {
            for (int i = 0; i < count; i++) {
                answered(together[i], writtenBytes[i]);
            }
            if (!ready || !session.isLive()) {
                return;
            }
            try (Lease used = memory.lend(setup.used(), RingLayout.usedBytes(size), Access.READ_WRITE)) {
                for (int i = 0; i < count; i++) {
                    put(used.segment(), i, together[i], writtenBytes[i]);
                }
                publish(used.segment(), count);
            } catch (GuestMemoryFault e) {
                session.needsReset("queue " + index + ": " + e.getMessage());
            }
        }
    }

    /** The model is done with the chain. */
    private DescriptorChain answered(Chain chain, long writtenBytes) {
        DescriptorChain c = taken(chain);
        if (writtenBytes < 0 || writtenBytes > c.writableBytes()) {
            throw new IllegalStateException("queue " + index + ": " + writtenBytes + " bytes written of " + c.writableBytes());
        }
        c.finish();
        inFlight--;
        unpoppableBefore = Math.max(unpoppableBefore, c.order() + 1);
        return c;
    }

    private void put(MemorySegment ring, int ahead, Chain c, long writtenBytes) {
        long at = RingLayout.RING + (long) RingLayout.USED_ELEMENT_BYTES * (nextUsed + ahead & size - 1);
        ring.set(RingLayout.U32, at, c.head());
        ring.set(RingLayout.U32, at + 4, (int) writtenBytes);
    }

    private void publish(MemorySegment ring, int count) {
        nextUsed = nextUsed + count & INDEX_MASK;
        RingLayout.INDEX.setRelease(ring, (long) RingLayout.IDX, (short) nextUsed);
    }

    private DescriptorChain taken(Chain chain) {
        if (!(chain instanceof DescriptorChain c) || !c.isInFlight() || c.queue() != this) {
            throw new IllegalStateException("queue " + index + ": chain " + chain.head() + " is not in flight here");
        }
        return c;
    }

    @Override
    public void unpop(Chain chain) {
        synchronized (session.lock) {
            DescriptorChain c = taken(chain);
            if (c.order() != order - 1 || c.order() < unpoppableBefore) {
                throw new IllegalStateException("queue " + index + ": chain " + c.head() + " was not popped last");
            }
            c.finish();
            inFlight--;
            order--;
            returned[returnedCount++] = c.head();
        }
    }

    @Override
    public void interrupt() {
        synchronized (session.lock) {
            if (!ready || !session.isLive()) {
                return;
            }
            try (Lease avail = memory.lend(setup.avail(), RingLayout.availBytes(size), Access.READ)) {
                // The used index must be seen before the driver's wish is read (2.7.8.2).
                VarHandle.fullFence();
                MemorySegment ring = avail.segment();
                if (eventIndex) {
                    int event = ring.get(RingLayout.U16, RingLayout.usedEvent(size)) & INDEX_MASK;
                    // vring_need_event: the event lies in lastSignalled .. nextUsed - 1.
                    boolean wanted = !signalled || (nextUsed - event - 1 & INDEX_MASK) < (nextUsed - lastSignalled & INDEX_MASK);
                    signalled = true;
                    lastSignalled = nextUsed;
                    if (!wanted) {
                        return;
                    }
                } else if ((ring.get(RingLayout.U16, RingLayout.FLAGS) & RingLayout.AVAIL_NO_INTERRUPT) != 0) {
                    return;
                }
            } catch (GuestMemoryFault e) {
                session.needsReset("queue " + index + ": " + e.getMessage());
                return;
            }
            session.usedBuffers(index);
        }
    }
}
