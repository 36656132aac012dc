package hv.gdb.internal;

import hv.api.HvException;
import hv.api.debug.DebugSession;
import hv.api.machine.Machine;
import hv.gdb.GdbAddress;
import hv.gdb.GdbServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import jdk.net.ExtendedSocketOptions;

/** One machine's door for debuggers. A thread accepts, another serves the one that is connected. */
final class MachineServer implements GdbServer {
    private static final long HOLD_NANOS = 10_000_000_000L;

    private final Machine machine;
    private final ServerSocketChannel door;
    private final GdbAddress address;
    /** Of a machine that is held until somebody comes; then his. */
    private DebugSession held;
    /** Of the one who is connected. */
    private DebugSession session;
    private SocketChannel connected;
    private boolean closed;
    private volatile String lastEnd = "";

    private MachineServer(Machine machine, ServerSocketChannel door, GdbAddress address, DebugSession held) {
        this.machine = machine;
        this.door = door;
        this.address = address;
        this.held = held;
    }

    static MachineServer open(Machine machine, GdbAddress wanted, boolean hold) throws HvException, IOException {
        ServerSocketChannel door = listen(wanted);
        try {
            GdbAddress address = wanted.path() != null ? wanted : new GdbAddress(wanted.host(), ((InetSocketAddress) door.getLocalAddress()).getPort(), null);
            // Also where it is not to be held: a machine that cannot be debugged is told now, and not to the one who connects.
            DebugSession session = machine.debug();
            if (!hold) {
                session.close();
            } else {
                session.interrupt();
                if (session.await(HOLD_NANOS) == null) {
                    session.close();
                    throw new HvException("machine " + machine.name() + " did not come out of the guest");
                }
            }
            MachineServer server = new MachineServer(machine, door, address, hold ? session : null);
            Thread.ofPlatform().daemon().name("hv-gdb-door-" + machine.name()).start(server::accept);
            return server;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            door.close();
            throw new HvException("interrupted", e);
        } catch (HvException | IOException e) {
            door.close();
            throw e;
        }
    }

    private static ServerSocketChannel listen(GdbAddress at) throws IOException {
        ServerSocketChannel door = at.path() != null ? ServerSocketChannel.open(StandardProtocolFamily.UNIX) : ServerSocketChannel.open();
        try {
            if (at.path() == null) {
                door.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                door.bind(new InetSocketAddress(at.host(), at.port()), 1);
            } else {
                removeStale(at.path());
                door.bind(UnixDomainSocketAddress.of(at.path()), 1);
                Files.setPosixFilePermissions(at.path(), PosixFilePermissions.fromString("rw-------"));
            }
            return door;
        } catch (java.nio.channels.UnresolvedAddressException e) {
            door.close();
            throw new IOException("no host of this name", e);
        } catch (IOException | RuntimeException e) {
            door.close();
            throw e;
        }
    }

    /** A socket that nobody listens at is left of a process that died. Anything else stays. */
    private static void removeStale(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(path, java.nio.file.attribute.BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isOther()) {
            throw new IOException("there is a file of this name that is no socket");
        }
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            throw new java.net.BindException("somebody listens at " + probe.getRemoteAddress() + " already");
        } catch (java.net.ConnectException e) {
            Files.delete(path);
        }
    }

    private void accept() {
        while (door.isOpen()) {
            try {
                SocketChannel peer = door.accept();
                if (!admit(peer)) {
                    peer.close();
                }
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                lastEnd = "the server cannot accept: " + e.getMessage();
                return;
            }
        }
    }

    /** @return false: it is to be sent away */
    private synchronized boolean admit(SocketChannel peer) throws IOException {
        if (closed || connected != null || !isAllowed(peer)) {
            return false;
        }
        try {
            session = held != null ? held : machine.debug();
        } catch (HvException e) {
            lastEnd = e.getMessage();
            return false;
        }
        held = null;
        connected = peer;
        DebugSession his = session;
        Thread.ofPlatform().daemon().name("hv-gdb-" + machine.name()).start(() -> serve(peer, his));
        return true;
    }

    /** At a Unix socket the owner alone: it was open to others for a moment, before its mode was set. */
    private boolean isAllowed(SocketChannel peer) throws IOException {
        if (address.path() == null) {
            peer.setOption(StandardSocketOptions.TCP_NODELAY, true);
            peer.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            return true;
        }
        return peer.getOption(ExtendedSocketOptions.SO_PEERCRED).user().equals(Files.getOwner(address.path()));
    }

    private void serve(SocketChannel peer, DebugSession his) {
        String end = "the server failed";
        try {
            end = new Connection(machine, peer, his).serve();
        } finally {
            close(peer);
            synchronized (this) {
                lastEnd = end;
                connected = null;
                session = null;
                notifyAll();
            }
        }
    }

    private void close(java.io.Closeable channel) {
        try {
            channel.close();
        } catch (IOException e) {
            lastEnd = "closing: " + e.getMessage();
        }
    }

    /** The session of whoever is connected, or that holds the machine; null for none. */
    synchronized DebugSession session() {
        return session != null ? session : held;
    }

    boolean isOpen() {
        return door.isOpen();
    }

    @Override
    public String machine() {
        return machine.name();
    }

    @Override
    public GdbAddress address() {
        return address;
    }

    @Override
    public synchronized boolean isConnected() {
        return connected != null;
    }

    @Override
    public String lastEnd() {
        return lastEnd;
    }

    @Override
    public void close() {
        DebugSession waiting;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            waiting = held;
            held = null;
        }
        close(door);
        if (waiting != null) {
            waiting.close();
        }
        boolean interrupted = false;
        synchronized (this) {
            if (connected != null) {
                close(connected);
            }
            while (connected != null) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (address.path() != null) {
            close(() -> Files.deleteIfExists(address.path()));
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
