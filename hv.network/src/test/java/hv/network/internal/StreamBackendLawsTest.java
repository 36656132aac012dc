package hv.network.internal;

import hv.api.device.BackendSpec;
import hv.api.net.spi.NetBackend;
import hv.api.net.spi.NetContext;
import hv.api.part.PartKind;
import hv.testkit.NetBackendLaws;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The laws of network backends, for a stream in each role and family. */
class StreamBackendLawsTest {
    static NetBackend backend(Map<String, String> options, NetContext context) throws Exception {
        return new StreamFactory().create(new BackendSpec("virtio2/backend", PartKind.NET_BACKEND, "stream", options), context);
    }

    @Nested
    class UnixServer extends NetBackendLaws {
        @TempDir
        Path folder;

        @Override
        protected NetBackend create(NetContext context) throws Exception {
            return backend(Map.of("server", "on", "path", folder.resolve("s").toString()), context);
        }

        @Override
        protected Peer connect() throws Exception {
            return new SocketPeer(SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("s"))));
        }
    }

    @Nested
    class UnixClient extends NetBackendLaws {
        @TempDir
        Path folder;
        private ServerSocketChannel server;

        @Override
        protected NetBackend create(NetContext context) throws Exception {
            if (server == null) {
                server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(folder.resolve("s")));
            }
            return backend(Map.of("path", folder.resolve("s").toString()), context);
        }

        @Override
        protected Peer connect() throws Exception {
            return new SocketPeer(server.accept());
        }

        @AfterEach
        void end() throws IOException {
            server.close();
        }
    }

    @Nested
    class TcpClient extends NetBackendLaws {
        private ServerSocketChannel server;

        @Override
        protected NetBackend create(NetContext context) throws Exception {
            if (server == null) {
                server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            }
            return backend(Map.of("port", Integer.toString(((InetSocketAddress) server.getLocalAddress()).getPort())), context);
        }

        @Override
        protected Peer connect() throws Exception {
            return new SocketPeer(server.accept());
        }

        @AfterEach
        void end() throws IOException {
            server.close();
        }
    }
}
