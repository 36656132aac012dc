package hv.network.internal;

import hv.api.device.BackendSpec;
import hv.api.net.spi.NetBackend;
import hv.api.net.spi.NetContext;
import hv.api.part.PartKind;
import hv.testkit.NetBackendLaws;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

class DgramBackendLawsTest extends NetBackendLaws {
    private DatagramChannel peer;
    private int port;

    @Override
    protected NetBackend create(NetContext context) throws Exception {
        if (peer == null) {
            peer = DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
            try (DatagramChannel free = DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0))) {
                port = ((InetSocketAddress) free.getLocalAddress()).getPort();
            }
        }
        return new DgramFactory().create(new BackendSpec("virtio2/backend", PartKind.NET_BACKEND, "dgram", Map.of("local.port", Integer.toString(port),
                "remote.port", Integer.toString(((InetSocketAddress) peer.getLocalAddress()).getPort()))), context);
    }

    @Override
    protected int largest() {
        return 65_507;
    }

    @Override
    protected boolean pushesBack() {
        return false;
    }

    @Override
    protected boolean noticesItsPeer() {
        return false;
    }

    @Override
    protected Peer connect() {
        return new Peer() {
            @Override
            public void send(byte[] frame) throws IOException {
                peer.send(ByteBuffer.wrap(frame), new InetSocketAddress("127.0.0.1", port));
            }

            @Override
            public byte[] receive(long millis) throws IOException {
                byte[] b = new byte[65_536];
                peer.socket().setSoTimeout((int) millis);
                java.net.DatagramPacket p = new java.net.DatagramPacket(b, b.length);
                try {
                    peer.socket().receive(p);
                } catch (SocketTimeoutException e) {
                    return null;
                }
                return java.util.Arrays.copyOf(b, p.getLength());
            }

            @Override
            public void close() throws IOException {
                peer.close();
            }
        };
    }

    @AfterEach
    void end() throws IOException {
        if (peer != null) {
            peer.close();
        }
    }
}
