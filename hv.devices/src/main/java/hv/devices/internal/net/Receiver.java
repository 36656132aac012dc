package hv.devices.internal.net;

import hv.api.memory.GuestMemoryFault;
import hv.api.net.spi.NetBackend;
import hv.api.virtio.spi.Chain;
import hv.api.virtio.spi.VirtQueue;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The card's way in: frames to chains. A frame is taken off the backend only when the one before has gone to the driver; while the driver has no
 * buffers the one frame is held, and the backend pushes back. I/O context only.
 */
final class Receiver {
    /** Frames of one turn. */
    private static final int BATCH = 64;

    private final NetBackend.Front wire;
    private final ReceiveFilter filter;
    /** The header, then the frame, as they go to the driver. */
    private final byte[] buffer = new byte[NetLayout.HEADER_BYTES + NetBackend.FRAME_BYTES_MAX];
    private final MemorySegment memory = MemorySegment.ofArray(buffer);
    private final Chain[] popped = new Chain[NetLayout.QUEUE_SIZE_MAX];
    private final long[] writtenBytes = new long[NetLayout.QUEUE_SIZE_MAX];
    private int heldBytes;
    /** The buffers that were there are too few for the held frame. */
    private boolean tooFew;

    Receiver(NetBackend.Front wire, ReceiveFilter filter) {
        this.wire = wire;
        this.filter = filter;
    }

    byte[] held() {
        return Arrays.copyOfRange(buffer, NetLayout.HEADER_BYTES, NetLayout.HEADER_BYTES + heldBytes);
    }

    void hold(byte[] frame) {
        System.arraycopy(frame, 0, buffer, NetLayout.HEADER_BYTES, frame.length);
        heldBytes = frame.length;
        tooFew = false;
    }

    /** Whether the driver has offered buffers, and all of them together do not hold the frame. */
    boolean hasTooFew() {
        return tooFew;
    }

    /** Gives the held frame up, as a card does that has no room. */
    void drop() {
        heldBytes = 0;
        tooFew = false;
    }

    /**
     * Delivers what the backend has, up to a batch.
     *
     * @return whether there may be more to deliver now
     */
    boolean deliver(VirtQueue queue, long features) {
        boolean merges = (features & NetLayout.F_MRG_RXBUF) != 0;
        boolean filtersVlans = (features & NetLayout.F_CTRL_VLAN) != 0;
        int done = 0;
        boolean pushed = false;
        while (done < BATCH) {
            if (heldBytes == 0) {
                heldBytes = wire.receive(buffer, NetLayout.HEADER_BYTES);
                if (heldBytes == 0) {
                    break;
                }
                if (!filter.passes(buffer, NetLayout.HEADER_BYTES, heldBytes, filtersVlans)) {
                    heldBytes = 0;
                    done++;
                    continue;
                }
            }
            int chains = take(queue, merges);
            if (chains < 0) {
                break;
            }
            if (chains > 0) {
                boolean valid = (features & NetLayout.F_GUEST_CSUM) != 0 && Packet.checksumHolds(buffer, NetLayout.HEADER_BYTES, heldBytes);
                fill(queue, chains, valid);
                pushed = true;
            }
            heldBytes = 0;
            tooFew = false;
            done++;
        }
        if (pushed) {
            queue.interrupt();
        }
        return done == BATCH;
    }

    /** Pops chains for the frame. @return how many; 0: it fits none and is dropped; -1: there are not enough yet, and they are back in the queue */
    private int take(VirtQueue queue, boolean merges) {
        int total = NetLayout.HEADER_BYTES + heldBytes;
        int n = 0;
        long room = 0;
        while (room < total) {
            Chain c = n == popped.length ? null : queue.pop();
            if (c == null) {
                boolean full = n == popped.length;
                giveBack(queue, n);
                tooFew = n > 0;
                return full ? 0 : -1;
            }
            popped[n++] = c;
            room += c.writableBytes();
            if (!merges && room < total) {
                giveBack(queue, n);
                return 0;
            }
        }
        return n;
    }

    private void giveBack(VirtQueue queue, int n) {
        for (int i = n - 1; i >= 0; i--) {
            queue.unpop(popped[i]);
            popped[i] = null;
        }
    }

    private void fill(VirtQueue queue, int chains, boolean valid) {
        Arrays.fill(buffer, 0, NetLayout.HEADER_BYTES, (byte) 0);
        buffer[0] = (byte) (valid ? NetLayout.HDR_F_DATA_VALID : 0);
        buffer[10] = (byte) chains;
        buffer[11] = (byte) (chains >>> 8);
        int at = 0;
        int total = NetLayout.HEADER_BYTES + heldBytes;
        for (int i = 0; i < chains; i++) {
            int len = (int) Math.min(popped[i].writableBytes(), total - at);
            writtenBytes[i] = len;
            try {
                popped[i].write(0, memory, at, len);
            } catch (GuestMemoryFault e) {
                writtenBytes[i] = 0;
            }
            at += len;
        }
        // One by one a driver on another hart would find a packet whose rest is missing.
        queue.pushTogether(popped, writtenBytes, chains);
        Arrays.fill(popped, 0, chains, null);
    }
}
