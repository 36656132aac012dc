package hv.devices.internal.net;

import hv.api.net.spi.NetBackend;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;

/**
 * State of a virtio network card, tag "virtio-net".
 *
 * @param filter      addresses and VLANs that the driver wants
 * @param shownUp     the link that the driver was last shown
 * @param connections the connection that it was last shown; see {@link hv.api.net.spi.LinkState}
 * @param announce    the driver is asked to announce itself, and has not said that it did
 * @param sentSegments of the chain that is popped next, how many segments have left already
 * @param held        a frame that was received and has no buffer yet, or empty
 */
record NetState(ReceiveFilter.Saved filter, boolean shownUp, long connections, boolean announce, int sentSegments, byte[] held) {
    static final StateTag TAG = new StateTag("virtio-net", 1);

    static void write(StateWriter out, ReceiveFilter filter, boolean shownUp, long connections, boolean announce, int sentSegments, byte[] held) {
        filter.write(out);
        out.section("link").putBoolean(shownUp).putLong(connections).putBoolean(announce);
        out.section("frames").putInt(sentSegments).putBytes(held);
    }

    static NetState read(StateReader in) throws StateException {
        ReceiveFilter.Saved filter = ReceiveFilter.Saved.read(in);
        in.section("link");
        boolean up = in.getBoolean();
        long connections = in.getLong();
        boolean announce = in.getBoolean();
        in.section("frames");
        int sent = in.getInt(0, TxPlan.SEGMENTS_MAX);
        byte[] held = in.getBytes(NetBackend.FRAME_BYTES_MAX);
        in.end();
        if (connections < 0 || held.length > 0 && held.length < NetBackend.FRAME_BYTES_MIN) {
            throw new StateException("network card state has " + connections + " connections and a frame of " + held.length + " bytes");
        }
        return new NetState(filter, up, connections, announce, sent, held);
    }
}
