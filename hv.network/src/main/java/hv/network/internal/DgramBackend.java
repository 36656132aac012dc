package hv.network.internal;

import hv.api.HvException;
import hv.api.SpecException;
import hv.api.net.spi.LinkState;
import hv.api.net.spi.NetBackend;
import hv.api.net.spi.NetContext;
import hv.api.net.spi.OpenConnection;
import hv.api.part.PartException;
import hv.api.state.Deadline;
import hv.api.state.Handles;
import hv.api.state.NotAsleepException;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A frame a datagram over UDP, as QEMU's {@code -netdev dgram}: the link is up whether the peer is there or not, and frames may be lost, as on a
 * wire. Only datagrams of the peer's address are taken.
 */
final class DgramBackend implements NetBackend {
    private static final int BUFFERED_BYTES = 1 << 20;
    /** Datagrams that are no frames, of one call: what else the card has to do is not to wait for them for ever. */
    private static final int OTHERS_MAX = 1_000;

    private final PartId id;
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private final int mtu;
    private final NetContext context;
    private final Selector selector;
    private final AtomicLong dropped = new AtomicLong();
    private final ByteBuffer in = ByteBuffer.allocateDirect(FRAME_BYTES_MAX + 1);
    private final ByteBuffer out = ByteBuffer.allocateDirect(FRAME_BYTES_MAX);
    private final Object life = new Object();
    private boolean looping;
    private boolean asleep = true;
    private volatile boolean stop;
    private volatile boolean wantRead;
    private volatile Runnable listener;
    private volatile DatagramChannel channel;
    private volatile long connections;

    DgramBackend(String path, InetSocketAddress local, InetSocketAddress remote, int mtu, NetContext context) throws PartException {
        this.id = new PartId(path, ConnectionState.TAG);
        this.local = local;
        this.remote = remote;
        this.mtu = mtu;
        this.context = context;
        try {
            this.selector = Selector.open();
        } catch (IOException e) {
            throw new PartException("network " + path + ": the host has no more file descriptors: " + e.getMessage(), e);
        }
    }

    private String name() {
        return "dgram " + StreamBackend.describe(local) + " to " + StreamBackend.describe(remote);
    }

    @Override
    public void open() throws HvException {
        DatagramChannel c = null;
        boolean opened = false;
        try {
            c = DatagramChannel.open(remote.getAddress() instanceof java.net.Inet6Address ? java.net.StandardProtocolFamily.INET6 : java.net.StandardProtocolFamily.INET);
            c.setOption(StandardSocketOptions.SO_SNDBUF, BUFFERED_BYTES).setOption(StandardSocketOptions.SO_RCVBUF, BUFFERED_BYTES);
            c.bind(local).connect(remote);
            c.configureBlocking(false);
            channel = c;
            connections++;
            opened = true;
        } catch (IOException e) {
            throw new SpecException("network dgram: cannot use " + StreamBackend.describe(local) + ": " + StreamWire.reason(e) + "; use another address or port", e);
        } finally {
            if (!opened && c != null) {
                StreamWire.closeQuietly(c);
            }
        }
    }

    @Override
    public PartId id() {
        return id;
    }

    @Override
    public void onEvent(Runnable told) {
        listener = told;
    }

    @Override
    public boolean transmit(byte[] frame, int offset, int lenBytes) {
        DatagramChannel c = channel;
        out.clear().put(frame, offset, lenBytes).flip();
        try {
            if (c == null || c.write(out) == 0) {
                dropped.incrementAndGet();
            }
        } catch (IOException e) {
            // Nobody there, or larger than a datagram: a wire says nothing either.
            dropped.incrementAndGet();
        }
        return true;
    }

    @Override
    public void flush() {
        // Each datagram leaves by itself.
    }

    @Override
    public int receive(byte[] into, int offset) {
        DatagramChannel c = channel;
        for (int others = 0; c != null && others < OTHERS_MAX; others++) {
            in.clear();
            int n;
            try {
                n = c.read(in);
            } catch (PortUnreachableException e) {
                continue; // an answer to what was sent before the peer was there
            } catch (IOException e) {
                n = 0;
            }
            if (n <= 0) {
                break;
            }
            if (n >= FRAME_BYTES_MIN && n <= FRAME_BYTES_MAX) {
                in.flip().get(into, offset, n);
                return n;
            }
            dropped.incrementAndGet();
        }
        if (!wantRead) {
            wantRead = true;
            selector.wakeup();
        }
        return 0;
    }

    @Override
    public LinkState link() {
        return new LinkState(channel != null, channel != null ? name() : "not open", connections);
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public long dropped() {
        return dropped.get();
    }

    private void loop() {
        for (;;) {
            try {
                serve();
            } catch (IOException | RuntimeException e) {
                context.report(name() + ": " + e);
                stop = true;
            }
            synchronized (life) {
                if (stop) {
                    looping = false;
                    life.notifyAll();
                    return;
                }
            }
        }
    }

    private void serve() throws IOException {
        SelectionKey key = channel.register(selector, 0);
        try {
            while (!stop) {
                key.interestOps(wantRead ? SelectionKey.OP_READ : 0);
                int ready = StreamWire.select(selector, key, 0);
                Runnable l = listener;
                if ((ready & SelectionKey.OP_READ) != 0 && !stop) {
                    wantRead = false;
                    if (l != null) {
                        l.run();
                    }
                }
            }
        } finally {
            key.cancel();
            selector.selectNow();
        }
    }

    @Override
    public void wake() {
        synchronized (life) {
            asleep = false;
            stop = false;
            wantRead = true;
            if (looping || channel == null) {
                return;
            }
            looping = true;
        }
        try {
            context.offload().execute(this::loop);
        } catch (RejectedExecutionException e) {
            synchronized (life) {
                looping = false;
            }
            context.report(name() + ": the host takes no more work");
        }
    }

    @Override
    public void sleep(Deadline by) throws NotAsleepException {
        synchronized (life) {
            if (asleep) {
                return;
            }
            stop = true;
            selector.wakeup();
            while (looping) {
                long left = by.remainingNanos();
                if (left <= 0) {
                    stop = false;
                    throw new NotAsleepException(name() + ": its thread is busy");
                }
                try {
                    life.wait(left / 1_000_000 + 1);
                } catch (InterruptedException e) {
                    stop = false;
                    Thread.currentThread().interrupt();
                    throw new NotAsleepException(name() + ": interrupted");
                }
            }
            asleep = true;
        }
    }

    @Override
    public void save(StateWriter out) {
        new ConnectionState(connections).write(out);
    }

    @Override
    public void restore(StateReader in) throws StateException {
        connections = ConnectionState.read(in).connections();
    }

    @Override
    public Handles detach() {
        OpenConnection c = new OpenConnection(name(), Collections.singletonList(channel), List.of(), new byte[0], new byte[0]);
        channel = null;
        return c;
    }

    @Override
    public void attach(Handles handles) throws StateException {
        if (!(handles instanceof OpenConnection c) || !c.claim().equals(name()) || c.channels().size() != 1
                || !(c.channels().getFirst() == null || c.channels().getFirst() instanceof DatagramChannel)) {
            throw new StateException("network " + name() + ": takes its own socket, not " + handles.claim());
        }
        channel = (DatagramChannel) c.channels().getFirst();
    }

    @Override
    public void close() {
        try {
            sleep(Deadline.afterMillis(5_000));
        } catch (NotAsleepException e) {
            context.report(e.getMessage());
        }
        DatagramChannel c = channel;
        channel = null;
        if (c != null) {
            StreamWire.closeQuietly(c);
        }
        StreamWire.closeQuietly(selector);
    }
}
