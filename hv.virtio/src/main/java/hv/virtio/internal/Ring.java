package hv.virtio.internal;

import hv.api.memory.GuestMemory;
import hv.api.memory.GuestMemoryFault;
import hv.api.virtio.spi.Chain;
import hv.api.virtio.spi.VirtQueue;
import java.util.Arrays;
import java.util.Comparator;

/**
 * The device's side of a virtqueue of either layout, lent to a model for one session of the driver: which chains are with the model, which were given
 * back, and in which order. How chains come out of guest memory and answers go into it is {@link SplitQueue}'s and {@link PackedQueue}'s.
 * <p>The driver is hostile: whatever it writes breaks the session (DEVICE_NEEDS_RESET) at worst. A descriptor is in flight at most once, so the chains in
 * flight never have more descriptors than the ring; chain objects are reused.
 * <p>RAM is touched only under the session's lock while the session lives: a driver that has reset the device may use its rings' memory for
 * something else at once.
 */
abstract class Ring implements VirtQueue {
    final Session session;
    final GuestMemory memory;
    final int index;
    final QueueSetup setup;
    final int size;
    final boolean eventIndex;

    // All guarded by session.lock.
    private boolean ready;
    /** Every chain object there is, for the model that has the queue. */
    private DescriptorChain[] chains = new DescriptorChain[0];
    private int chainCount;
    private DescriptorChain[] free = new DescriptorChain[0];
    private int freeCount;
    private int inFlight;
    /** Stack of chains given back: popped before the ring's. */
    private DescriptorChain[] returned = new DescriptorChain[0];
    private int returnedCount;
    /** Of the chains that are in flight or given back. */
    private int descriptors;
    /** How many chains were popped and not given back; names the one that may be given back next. */
    private long order;
    /** Chains popped before this were overtaken by an answer. */
    private long unpoppableBefore;

    Ring(Session session, GuestMemory memory, int index, QueueSetup setup, boolean eventIndex) {
        this.session = session;
        this.memory = memory;
        this.index = index;
        this.setup = setup;
        this.size = setup.ready() ? setup.size() : 0;
        this.eventIndex = eventIndex;
        this.ready = setup.ready();
    }

    /** The ring of a session: packed if the driver has accepted that. */
    static Ring of(Session session, GuestMemory memory, int index, QueueSetup setup, QueuePosition position, long features) {
        boolean eventIndex = (features & Features.RING_EVENT_IDX) != 0;
        return Features.isPacked(features) ? new PackedQueue(session, memory, index, setup, position, eventIndex)
                : new SplitQueue(session, memory, index, setup, position, eventIndex);
    }

    // ---- the layout's; all under the lock, of a ready queue

    /** Whether descriptors lie as in a packed ring, also in indirect tables. */
    abstract boolean isPacked();

    /** Takes the next chain out of the ring; false if there is none, or the session broke. */
    abstract boolean fetch(DescriptorChain into) throws GuestMemoryFault;

    /** A chain of a restored state, or of a model that is gone, will be popped again: the layout's books are as if it had been fetched. */
    abstract void fetched(DescriptorChain chain);

    /** Writes answers, so that the driver sees all of them or none. */
    abstract void answer(Chain[] together, long[] writtenBytes, int count) throws GuestMemoryFault;

    /** Whether the driver wants to be interrupted for what was answered since it was asked last. */
    abstract boolean wantsInterrupt() throws GuestMemoryFault;

    /** Where the device is in the ring, the popped chains apart: available side, used side. */
    abstract int nextAvail();

    abstract int nextUsed();

    // ---- chains

    /** Puts chains in front of all others, the first to be popped first. */
    final void giveBack(PoppedChain[] again) {
        returned = grown(returned, again.length);
        for (int i = again.length - 1; i >= 0; i--) {
            DescriptorChain c = object();
            c.unloaded(again[i]);
            descriptors += c.descriptors();
            returned[returnedCount++] = c;
            fetched(c);
        }
    }

    private static DescriptorChain[] grown(DescriptorChain[] stack, int length) {
        return length <= stack.length ? stack : Arrays.copyOf(stack, Math.max(length, 2 * stack.length));
    }

    private DescriptorChain object() {
        if (freeCount > 0) {
            return free[--freeCount];
        }
        DescriptorChain c = new DescriptorChain(this, session, memory);
        chains = grown(chains, chainCount + 1);
        free = grown(free, chainCount + 1);
        chains[chainCount++] = c;
        return c;
    }

    /** Takes all chains from the model: they will be popped again. The model that has them still may not use them any more. */
    final void takeBack() {
        synchronized (session.lock) {
            PoppedChain[] again = unanswered();
            for (int i = 0; i < chainCount; i++) {
                chains[i].finish();
            }
            chains = new DescriptorChain[0];
            chainCount = 0;
            freeCount = 0;
            returnedCount = 0;
            inFlight = 0;
            descriptors = 0;
            giveBack(again);
        }
    }

    /** The driver has withdrawn the queue. */
    final void disable() {
        synchronized (session.lock) {
            ready = false;
        }
    }

    /** Under the lock. */
    final int inFlight() {
        return inFlight;
    }

    final QueuePosition position() {
        synchronized (session.lock) {
            return new QueuePosition(nextAvail(), nextUsed(), unanswered());
        }
    }

    /** Chains in flight, in the order in which they were popped, then those given back. */
    private PoppedChain[] unanswered() {
        DescriptorChain[] flying = new DescriptorChain[inFlight];
        int n = 0;
        for (int i = 0; i < chainCount; i++) {
            if (chains[i].isInFlight()) {
                flying[n++] = chains[i];
            }
        }
        Arrays.sort(flying, Comparator.comparingLong(DescriptorChain::order));
        PoppedChain[] out = new PoppedChain[inFlight + returnedCount];
        for (int i = 0; i < n; i++) {
            out[i] = flying[i].popped();
        }
        for (int i = returnedCount - 1; i >= 0; i--) {
            out[n++] = returned[i].popped();
        }
        return out;
    }

    // ---- the model's

    @Override
    public final int index() {
        return index;
    }

    @Override
    public final boolean isReady() {
        synchronized (session.lock) {
            return ready && session.isLive();
        }
    }

    @Override
    public final Chain pop() {
        synchronized (session.lock) {
            if (!ready || !session.isOpen()) {
                return null;
            }
            try {
                return popNext();
            } catch (GuestMemoryFault e) {
                broken(e.getMessage());
                return null;
            }
        }
    }

    private DescriptorChain popNext() throws GuestMemoryFault {
        DescriptorChain c;
        if (returnedCount > 0) {
            c = returned[returnedCount - 1];
            String fault = c.load();
            if (fault != null) {
                broken("chain " + c.id() + ": " + fault);
                return null;
            }
            returnedCount--;
        } else {
            c = object();
            if (!fetch(c)) {
                free[freeCount++] = c;
                return null;
            }
            descriptors += c.descriptors();
        }
        inFlight++;
        c.take(order++);
        return c;
    }

    /** Descriptors that a chain may have: the others are in flight. */
    final int descriptorsLeft() {
        return size - descriptors;
    }

    final void broken(String why) {
        session.needsReset("queue " + index + ": " + why);
    }

    private final Chain[] one = new Chain[1];
    private final long[] oneBytes = new long[1];

    @Override
    public final void push(Chain chain, long writtenBytes) {
        synchronized (session.lock) {
            one[0] = chain;
            oneBytes[0] = writtenBytes;
            pushTogether(one, oneBytes, 1);
            one[0] = null;
        }
    }

    @Override
    public final void pushTogether(Chain[] together, long[] writtenBytes, int count) {
        synchronized (session.lock) {
            for (int i = 0; i < count; i++) {
                answered(together[i], writtenBytes[i]);
            }
            try {
                if (ready && session.isLive()) {
                    answer(together, writtenBytes, count);
                }
            } catch (GuestMemoryFault e) {
                broken(e.getMessage());
            }
            for (int i = 0; i < count; i++) {
                free[freeCount++] = (DescriptorChain) together[i];
            }
        }
    }

    /** The model is done with the chain. */
    private void answered(Chain chain, long writtenBytes) {
        DescriptorChain c = taken(chain);
        if (writtenBytes < 0 || writtenBytes > c.writableBytes()) {
            throw new IllegalStateException("queue " + index + ": " + writtenBytes + " bytes written of " + c.writableBytes());
        }
        c.finish();
        inFlight--;
        descriptors -= c.descriptors();
        unpoppableBefore = Math.max(unpoppableBefore, c.order() + 1);
    }

    private DescriptorChain taken(Chain chain) {
        if (!(chain instanceof DescriptorChain c) || !c.isInFlight() || c.queue() != this) {
            throw new IllegalStateException("queue " + index + ": chain " + chain.id() + " is not in flight here");
        }
        return c;
    }

    @Override
    public final void unpop(Chain chain) {
        synchronized (session.lock) {
            DescriptorChain c = taken(chain);
            if (c.order() != order - 1 || c.order() < unpoppableBefore) {
                throw new IllegalStateException("queue " + index + ": chain " + c.id() + " was not popped last");
            }
            c.finish();
            inFlight--;
            order--;
            returned = grown(returned, returnedCount + 1);
            returned[returnedCount++] = c;
        }
    }

    @Override
    public final void interrupt() {
        synchronized (session.lock) {
            try {
                if (ready && session.isLive() && wantsInterrupt()) {
                    session.usedBuffers(index);
                }
            } catch (GuestMemoryFault e) {
                broken(e.getMessage());
            }
        }
    }
}
