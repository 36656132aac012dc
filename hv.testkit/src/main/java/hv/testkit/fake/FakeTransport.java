package hv.testkit.fake;

import hv.api.virtio.spi.Chain;
import hv.api.virtio.spi.VirtQueue;
import hv.api.virtio.spi.VirtioTransport;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** A virtio transport without registers or rings: the test offers chains, the model pops and answers them. */
public final class FakeTransport implements VirtioTransport {
    private final List<Queue> queues = new ArrayList<>();
    private int configurationChanges;
    private String broken;

    public FakeTransport(int queueCount) {
        for (int i = 0; i < queueCount; i++) {
            queues.add(new Queue(i));
        }
    }

    @Override
    public Queue queue(int i) {
        return queues.get(i);
    }

    @Override
    public void configurationChanged() {
        configurationChanges++;
    }

    public int configurationChanges() {
        return configurationChanges;
    }

    @Override
    public void needsReset(String why) {
        broken = why;
    }

    /** Why the model gave up, null if it did not. */
    public String broken() {
        return broken;
    }

    /** One queue. */
    public static final class Queue implements VirtQueue {
        private final int index;
        private final ArrayDeque<FakeChain> offered = new ArrayDeque<>();
        private final List<FakeChain> answered = new ArrayList<>();
        /** Chains that may be given back, the last popped first. */
        private final ArrayDeque<FakeChain> popped = new ArrayDeque<>();
        private int inFlight;
        private int interrupts;
        private int heads;
        private boolean open = true;

        private Queue(int index) {
            this.index = index;
        }

        /** Offers a chain; the model is not told. */
        public FakeChain offer(byte[] readable, int writableBytes) {
            return offer(new FakeChain(heads++ & 0xff, readable, writableBytes));
        }

        public FakeChain offer(FakeChain chain) {
            offered.add(chain);
            return chain;
        }

        /** Whether {@code pop} gives chains. */
        public void setIntake(boolean isOpen) {
            open = isOpen;
        }

        /** Chains that were not popped. */
        public int offered() {
            return offered.size();
        }

        public int inFlight() {
            return inFlight;
        }

        /** Chains in the order in which they were answered. */
        public List<FakeChain> answered() {
            return List.copyOf(answered);
        }

        public int interrupts() {
            return interrupts;
        }

        @Override
        public int index() {
            return index;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public Chain pop() {
            if (!open || offered.isEmpty()) {
                return null;
            }
            inFlight++;
            popped.push(offered.remove());
            return popped.peek();
        }

        @Override
        public void push(Chain chain, long writtenBytes) {
            FakeChain c = (FakeChain) chain;
            c.answer(writtenBytes);
            answered.add(c);
            // What was popped before an answered chain cannot go back in front of it.
            if (popped.contains(c)) {
                while (!popped.isEmpty() && popped.peekLast() != c) {
                    popped.removeLast();
                }
                popped.remove(c);
            }
            inFlight--;
        }

        @Override
        public void pushTogether(Chain[] chains, long[] writtenBytes, int count) {
            for (int i = 0; i < count; i++) {
                push(chains[i], writtenBytes[i]);
            }
        }

        @Override
        public void unpop(Chain chain) {
            if (chain != popped.peek()) {
                throw new IllegalStateException("chain " + chain.id() + " was not popped last");
            }
            offered.addFirst(popped.pop());
            inFlight--;
        }

        @Override
        public void interrupt() {
            interrupts++;
        }
    }
}
