package hv.testkit.fake;

import hv.api.net.spi.LinkState;
import hv.api.net.spi.NetBackend;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** A network card's backend as models see it, on one thread: the test is the world. A call that breaks the contract fails the test at once. */
public final class FakeWire implements NetBackend.Front {
    private final List<byte[]> sent = new ArrayList<>();
    private final ArrayDeque<byte[]> arriving = new ArrayDeque<>();
    private final int mtu;
    private Runnable listener;
    private int room = Integer.MAX_VALUE;
    private boolean up = true;
    private long connections = 1;
    private int unflushed;

    public FakeWire() {
        this(0);
    }

    public FakeWire(int mtu) {
        this.mtu = mtu;
    }

    /** Frames that the model has sent, oldest first. */
    public List<byte[]> sent() {
        return sent;
    }

    /** Frames that were sent and not flushed. */
    public int unflushed() {
        return unflushed;
    }

    /** From now on it takes so many frames; the model is told if that is some. */
    public void room(int frames) {
        room = frames;
        if (frames > 0) {
            tell();
        }
    }

    /** A frame comes from the world. */
    public void arrive(byte[] frame) {
        arriving.add(frame.clone());
        tell();
    }

    /** Frames that the model has not received. */
    public int waiting() {
        return arriving.size();
    }

    public void link(boolean isUp) {
        connections += isUp && !up ? 1 : 0;
        up = isUp;
        tell();
    }

    /** Another connection, so fast that nobody saw the link go. */
    public void reconnect() {
        connections++;
        tell();
    }

    private void tell() {
        if (listener != null) {
            listener.run();
        }
    }

    @Override
    public void onEvent(Runnable told) {
        listener = told;
    }

    @Override
    public boolean transmit(byte[] frame, int offset, int lenBytes) {
        if (lenBytes < NetBackend.FRAME_BYTES_MIN || lenBytes > NetBackend.FRAME_BYTES_MAX) {
            throw new AssertionError("a frame of " + lenBytes + " bytes");
        }
        if (room == 0) {
            return false;
        }
        room--;
        unflushed++;
        sent.add(java.util.Arrays.copyOfRange(frame, offset, offset + lenBytes));
        return true;
    }

    @Override
    public void flush() {
        unflushed = 0;
    }

    @Override
    public int receive(byte[] into, int offset) {
        if (into.length - offset < NetBackend.FRAME_BYTES_MAX) {
            throw new AssertionError("room for " + (into.length - offset) + " bytes");
        }
        byte[] frame = arriving.poll();
        if (frame == null) {
            return 0;
        }
        System.arraycopy(frame, 0, into, offset, frame.length);
        return frame.length;
    }

    @Override
    public LinkState link() {
        return new LinkState(up, up ? "fake" : "unplugged", connections);
    }

    @Override
    public int mtu() {
        return mtu;
    }
}
