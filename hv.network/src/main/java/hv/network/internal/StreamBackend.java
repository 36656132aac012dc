package hv.network.internal;

import hv.api.HvException;
import hv.api.SpecException;
import hv.api.net.spi.NetContext;
import hv.api.net.spi.OpenConnection;
import hv.api.part.PartException;
import hv.api.state.StateException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;

/** Frames over a stream socket, as QEMU's {@code -netdev stream}: client or server, Unix or TCP. One peer at a time; others wait their turn. */
final class StreamBackend extends StreamWire {
    private static final long CONNECT_MILLIS = 5_000;
    private static final long CALL_AGAIN_MILLIS = 1_000;
    private static final long ACCEPT_MILLIS = 60_000;

    private final SocketAddress address;
    private final boolean server;
    private ServerSocketChannel listening;

    StreamBackend(String path, SocketAddress address, boolean server, int mtu, NetContext context) throws PartException {
        super(path, mtu, context);
        this.address = address;
        this.server = server;
    }

    @Override
    String name() {
        return "stream " + (server ? "server " : "to ") + describe(address);
    }

    static String describe(SocketAddress address) {
        return address instanceof InetSocketAddress i ? i.getAddress().getHostAddress() + ":" + i.getPort() : address.toString();
    }

    @Override
    public void open() throws HvException {
        if (!server) {
            return;
        }
        try {
            ServerSocketChannel s = address instanceof UnixDomainSocketAddress u ? bindUnix(u) : ServerSocketChannel.open();
            if (address instanceof InetSocketAddress) {
                try {
                    s.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                    s.bind(address, 1);
                } catch (IOException e) {
                    closeQuietly(s);
                    throw e;
                }
            }
            s.configureBlocking(false);
            listening = s;
        } catch (IOException e) {
            throw new SpecException("network stream: cannot listen at " + describe(address) + ": " + reason(e) + "; use another address, or end who has it", e);
        }
    }

    /** A socket whose server is gone is taken over; one that is served is not. */
    private static ServerSocketChannel bindUnix(UnixDomainSocketAddress at) throws IOException {
        Path file = at.getPath();
        if (Files.exists(file)) {
            if (Files.isRegularFile(file) || Files.isDirectory(file)) {
                throw new IOException("it is no socket");
            }
            if (isServed(at)) {
                throw new IOException("it is served by another process");
            }
            Files.delete(file);
        }
        ServerSocketChannel s = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            s.bind(at, 1);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            return s;
        } catch (IOException e) {
            closeQuietly(s);
            throw e;
        }
    }

    private static boolean isServed(UnixDomainSocketAddress at) throws IOException {
        try {
            SocketChannel.open(at).close();
            return true;
        } catch (ConnectException e) {
            return false;
        }
    }

    @Override
    SocketChannel connect() throws IOException {
        SocketChannel c = server ? accept() : call();
        if (c != null && address instanceof InetSocketAddress) {
            c.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        return c;
    }

    private SocketChannel accept() throws IOException {
        ServerSocketChannel s = listening;
        if (s == null) {
            throw new IOException("the server's socket was not handed over");
        }
        while (!isStopping()) {
            if (awaits(s, SelectionKey.OP_ACCEPT, ACCEPT_MILLIS)) {
                SocketChannel c = s.accept();
                if (c != null) {
                    return c;
                }
            }
        }
        return null;
    }

    private SocketChannel call() throws IOException {
        SocketChannel c = address instanceof UnixDomainSocketAddress ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
        boolean connected = false;
        try {
            c.configureBlocking(false);
            connected = c.connect(address);
            if (!connected && awaits(c, SelectionKey.OP_CONNECT, CONNECT_MILLIS)) {
                connected = c.finishConnect();
            }
            if (!connected && !isStopping()) {
                throw new IOException("no answer from " + describe(address));
            }
            return connected ? c : null;
        } catch (IOException e) {
            throw new IOException("cannot connect to " + describe(address) + ": " + reason(e), e);
        } finally {
            if (!connected) {
                closeQuietly(c);
            }
        }
    }

    @Override
    void ended() {
        // The next peer, or the next try, comes by itself.
    }

    @Override
    String trouble() {
        return null;
    }

    /** Who calls a server is not to wait for the failures of those before; and a peer that is back, as one that was moved, is not to be kept waiting. */
    @Override
    long backoffMaxMillis() {
        return server ? BACKOFF_MIN_MILLIS : CALL_AGAIN_MILLIS;
    }

    @Override
    long hungAfterNanos() {
        return 0;
    }

    @Override
    List<Channel> others() {
        return listening == null ? List.of() : List.of(listening);
    }

    @Override
    List<ProcessHandle> processes() {
        return List.of();
    }

    @Override
    void adopt(OpenConnection from) throws StateException {
        Channel second = from.channels().size() < 2 ? null : from.channels().get(1);
        if (server != second instanceof ServerSocketChannel || from.channels().size() > 2) {
            throw new StateException(name() + ": takes its own sockets, not " + Collections.unmodifiableList(from.channels()));
        }
        listening = (ServerSocketChannel) second;
    }

    @Override
    void disown() {
        listening = null;
    }

    @Override
    public void close() {
        ServerSocketChannel s = listening;
        if (s != null && address instanceof UnixDomainSocketAddress u) {
            // While it is served yet: afterwards the path may be another's, who took it over.
            try {
                Files.deleteIfExists(u.getPath());
            } catch (IOException e) {
                context.report("cannot remove " + u.getPath() + ": " + reason(e));
            }
        }
        super.close();
        listening = null;
        if (s != null) {
            closeQuietly(s);
        }
    }
}
