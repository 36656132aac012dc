package hv.devices.internal.net;

import hv.api.memory.GuestMemoryFault;
import hv.api.net.spi.NetBackend;
import hv.api.virtio.spi.Chain;
import hv.api.virtio.spi.VirtQueue;
import java.lang.foreign.MemorySegment;

/**
 * The card's way out: chains to frames. No chain stays with it: what the backend does not take now goes back into the queue, with the count of
 * segments that have left. I/O context only.
 */
final class Transmitter {
    /** Chains of one turn. */
    private static final int BATCH = 64;

    private final NetBackend.Front wire;
    private final TxPlan plan = new TxPlan();
    private final byte[] header = new byte[NetLayout.HEADER_BYTES];
    private final MemorySegment headerMemory = MemorySegment.ofArray(header);
    private final byte[] frame = new byte[NetBackend.FRAME_BYTES_MAX];
    private final MemorySegment frameMemory = MemorySegment.ofArray(frame);
    private final byte[] segment = new byte[NetBackend.FRAME_BYTES_MAX];
    /** Of the chain that is popped next, how many segments have left already. */
    private int sentSegments;
    private boolean blocked;

    Transmitter(NetBackend.Front wire) {
        this.wire = wire;
    }

    int sentSegments() {
        return sentSegments;
    }

    void sentSegments(int n) {
        sentSegments = n;
    }

    /** The backend may have room again. */
    void unblock() {
        blocked = false;
    }

    void reset() {
        blocked = false;
        sentSegments = 0;
    }

    /**
     * Sends what the queue has, up to a batch.
     *
     * @param drop the wire is not plugged in: frames go nowhere
     * @return whether there may be more to send now
     */
    boolean send(VirtQueue queue, long features, boolean drop) {
        int done = 0;
        while (!blocked && done < BATCH) {
            Chain chain = queue.pop();
            if (chain == null) {
                break;
            }
            if (!drop && !leaves(chain, features)) {
                queue.unpop(chain);
                blocked = true;
                break;
            }
            sentSegments = 0;
            queue.push(chain, 0);
            done++;
        }
        if (done > 0 || blocked) {
            wire.flush();
        }
        if (done > 0) {
            queue.interrupt();
        }
        return done == BATCH;
    }

    /** @return false: not all of it; malformed frames are dropped, as a card drops them */
    private boolean leaves(Chain chain, long features) {
        long bytes = chain.readableBytes() - NetLayout.HEADER_BYTES;
        if (bytes < NetBackend.FRAME_BYTES_MIN || bytes > NetBackend.FRAME_BYTES_MAX) {
            return true;
        }
        int len = (int) bytes;
        try {
            chain.read(0, headerMemory, 0, NetLayout.HEADER_BYTES);
            chain.read(NetLayout.HEADER_BYTES, frameMemory, 0, len);
        } catch (GuestMemoryFault e) {
            return true;
        }
        plan.of(header, frame, len, features);
        switch (plan.kind) {
            case WHOLE -> {
                return wire.transmit(frame, 0, len);
            }
            case CHECKSUM -> {
                Segmenter.checksum(plan, frame, len);
                return wire.transmit(frame, 0, len);
            }
            case SEGMENT -> {
                while (sentSegments < plan.segments) {
                    int n = Segmenter.segment(plan, frame, len, sentSegments, segment);
                    if (!wire.transmit(segment, 0, n)) {
                        return false;
                    }
                    sentSegments++;
                }
                return true;
            }
            case REFUSED -> {
                return true;
            }
        }
        throw new IllegalStateException("plan " + plan.kind);
    }
}
