package hv.network.internal;

import hv.api.HvException;
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
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A backend over one stream connection at a time, which is made again when it has ended. While it is awake one thread looks after the connection:
 * it makes it, waits for what the I/O context waits for, and ends it. Frames are read and written by the I/O context itself.
 * <pre>
 *   thread:  connect -> up -> [readable, room again -> listener]* -> lost: reported, down -> wait, longer each time -> connect ...
 * </pre>
 */
abstract class StreamWire implements NetBackend {
    static final long BACKOFF_MIN_MILLIS = 100;
    private static final long BACKOFF_MAX_MILLIS = 10_000;
    /** A connection that held so long was a good one: the next is tried soon. */
    private static final long STEADY_NANOS = 10_000_000_000L;
    private static final long MILLI = 1_000_000L;

    final NetContext context;
    private final PartId id;
    private final int mtu;
    private final Selector selector;
    private final AtomicLong dropped = new AtomicLong();
    private final Object life = new Object();
    private boolean looping;
    private volatile boolean stop;
    private volatile boolean asleep = true;
    private volatile Runnable listener;
    private volatile LinkState link = new LinkState(false, "not connected yet", 0);
    /** The connection; set by the thread, or asleep. */
    private volatile FrameStream stream;
    /** Why the connection is to be ended. */
    private volatile String failure;
    private volatile boolean wantRead;
    private volatile boolean wantWrite;
    /** A loss was reported, and the return was not yet. */
    private boolean lost;
    private long backoffMillis = BACKOFF_MIN_MILLIS;
    private long upSinceNanos;

    StreamWire(String path, int mtu, NetContext context) throws PartException {
        this.id = new PartId(path, ConnectionState.TAG);
        this.mtu = mtu;
        this.context = context;
        try {
            this.selector = Selector.open();
        } catch (IOException e) {
            throw new PartException("network " + path + ": the host has no more file descriptors: " + e.getMessage(), e);
        }
    }

    /** What the connection is, for people and for {@link Handles#claim}. */
    abstract String name();

    /** Thread: makes a connection, within seconds and with an eye on {@link #awaits}; null if none came up, to be tried again. */
    abstract SocketChannel connect() throws IOException;

    /** Thread: the connection is over. */
    abstract void ended();

    /** Thread: why the connection is no good though its socket is, or null. */
    abstract String trouble();

    /** How long it waits at most before the next connection. */
    long backoffMaxMillis() {
        return BACKOFF_MAX_MILLIS;
    }

    /** How long a peer may take nothing before it counts as hung; 0 for ever. */
    abstract long hungAfterNanos();

    /** Channels besides the connection that move to a successor. */
    abstract List<Channel> others();

    abstract List<ProcessHandle> processes();

    /** Asleep: takes what {@link #others} and {@link #processes} gave. */
    abstract void adopt(OpenConnection from) throws StateException;

    /** Asleep: has given it away. */
    abstract void disown();

    /** Thread: waits until the channel, which does not block, is ready. @return false: not in time, or the backend is to sleep */
    final boolean awaits(SelectableChannel channel, int operation, long millis) throws IOException {
        SelectionKey key = channel.register(selector, operation);
        try {
            long end = System.nanoTime() + millis * MILLI;
            while (!stop) {
                long left = (end - System.nanoTime()) / MILLI;
                if (left <= 0) {
                    return false;
                }
                if ((select(selector, key, left) & operation) != 0) {
                    return true;
                }
            }
            return false;
        } finally {
            key.cancel();
            selector.selectNow();
        }
    }

    /**
     * Waits until the key's channel is ready, the selector is woken, or the time has passed.
     *
     * @param millis 0 for ever
     * @return what it is ready for now: a key that was not selected still shows what it was ready for the last time
     */
    static int select(Selector selector, SelectionKey key, long millis) throws IOException {
        selector.select(millis);
        boolean selected = selector.selectedKeys().contains(key);
        selector.selectedKeys().clear();
        return selected ? key.readyOps() : 0;
    }

    final boolean isStopping() {
        return stop;
    }

    final void nudge() {
        selector.wakeup();
    }

    /** For {@link NetBackend#open}: the first connection, made before the thread runs. */
    final void openedWith(SocketChannel channel) throws HvException {
        try {
            up(channel);
        } catch (IOException e) {
            throw new HvException("network " + name() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public final PartId id() {
        return id;
    }

    @Override
    public final void onEvent(Runnable told) {
        listener = told;
    }

    private void tell() {
        Runnable l = listener;
        if (l != null) {
            l.run();
        }
    }

    @Override
    public final LinkState link() {
        return link;
    }

    @Override
    public final int mtu() {
        return mtu;
    }

    @Override
    public final long dropped() {
        FrameStream s = stream;
        return dropped.get() + (s == null ? 0 : s.runts());
    }

    // ---- I/O context

    @Override
    public final boolean transmit(byte[] frame, int offset, int lenBytes) {
        FrameStream s = stream;
        if (s == null || failure != null) {
            dropped.incrementAndGet();
            return true;
        }
        try {
            if (s.offer(frame, offset, lenBytes)) {
                return true;
            }
        } catch (IOException e) {
            fail(e);
            dropped.incrementAndGet();
            return true;
        }
        awaitRoom();
        return false;
    }

    @Override
    public final void flush() {
        FrameStream s = stream;
        if (s == null || failure != null) {
            return;
        }
        try {
            if (!s.flush()) {
                awaitRoom();
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    private void awaitRoom() {
        if (!wantWrite) {
            wantWrite = true;
            selector.wakeup();
        }
    }

    @Override
    public final int receive(byte[] into, int offset) {
        FrameStream s = stream;
        if (s == null || failure != null) {
            return 0;
        }
        try {
            int n = s.poll(into, offset);
            if (n == 0 && !wantRead) {
                wantRead = true;
                selector.wakeup();
            }
            return n;
        } catch (IOException e) {
            fail(e);
            return 0;
        }
    }

    private void fail(IOException e) {
        if (failure == null) {
            failure = reason(e);
            selector.wakeup();
        }
    }

    static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    // ---- the connection's thread

    private void loop() {
        for (;;) {
            try {
                if (stream == null) {
                    establish();
                } else {
                    serve();
                }
            } catch (IOException | RuntimeException e) {
                lose(e instanceof IOException io ? reason(io) : e.toString());
                pause();
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

    private void establish() throws IOException {
        SocketChannel channel;
        try {
            channel = connect();
        } catch (IOException e) {
            link = new LinkState(false, reason(e), link.connections());
            pause();
            return;
        }
        if (channel == null) {
            pause();
            return;
        }
        up(channel);
        if (lost) {
            lost = false;
            context.report("the link is up again: " + name());
        }
        tell();
    }

    private void up(SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        failure = null;
        wantRead = true;
        wantWrite = false;
        stream = new FrameStream(channel, new byte[0], new byte[0]);
        upSinceNanos = System.nanoTime();
        link = new LinkState(true, name(), link.connections() + 1);
    }

    private void serve() throws IOException {
        FrameStream s = stream;
        SelectionKey key = s.channel().register(selector, 0);
        try {
            long blockedSince = 0;
            while (!stop && failure == null) {
                boolean write = wantWrite;
                key.interestOps((wantRead ? SelectionKey.OP_READ : 0) | (write ? SelectionKey.OP_WRITE : 0));
                long limit = hungAfterNanos();
                blockedSince = !write ? 0 : blockedSince == 0 ? System.nanoTime() : blockedSince;
                int ready = select(selector, key, write && limit > 0 ? limit / MILLI : 0);
                boolean event = false;
                if ((ready & SelectionKey.OP_READ) != 0) {
                    wantRead = false;
                    event = true;
                }
                if ((ready & SelectionKey.OP_WRITE) != 0) {
                    blockedSince = 0;
                    // Before the flush: what is taken after it waits for the next.
                    wantWrite = false;
                    if (!s.flush()) {
                        wantWrite = true;
                    }
                    event |= s.hasRoomAgain();
                } else if (write && limit > 0 && System.nanoTime() - blockedSince >= limit) {
                    failure = "it has taken nothing for " + limit / 1_000_000_000L + " s";
                }
                if (event) {
                    tell();
                }
                String trouble = trouble();
                if (trouble != null && failure == null) {
                    failure = trouble;
                }
            }
        } finally {
            key.cancel();
            selector.selectNow();
        }
        if (failure != null) {
            lose(failure);
            pause();
        }
    }

    private void lose(String why) {
        FrameStream s = stream;
        stream = null;
        if (s == null) {
            return;
        }
        dropped.addAndGet(s.runts());
        closeQuietly(s.channel());
        ended();
        if (System.nanoTime() - upSinceNanos > STEADY_NANOS) {
            backoffMillis = BACKOFF_MIN_MILLIS;
        }
        link = new LinkState(false, why, link.connections());
        if (!lost) {
            lost = true;
            context.report("the link is down: " + name() + ": " + why);
        }
        tell();
    }

    private void pause() {
        long end = System.nanoTime() + backoffMillis * MILLI;
        backoffMillis = Math.min(2 * backoffMillis, backoffMaxMillis());
        try {
            for (long left = end - System.nanoTime(); left > 0 && !stop; left = end - System.nanoTime()) {
                selector.select(Math.max(1, left / MILLI));
                selector.selectedKeys().clear();
            }
        } catch (IOException e) {
            context.report(name() + ": " + reason(e));
        }
    }

    static void closeQuietly(Closeable channel) {
        try {
            channel.close();
        } catch (IOException e) {
            System.getLogger("hv.network").log(System.Logger.Level.DEBUG, "closing a connection", e);
        }
    }

    // ---- life

    @Override
    public final void wake() {
        synchronized (life) {
            asleep = false;
            stop = false;
            if (looping) {
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
    public final void sleep(Deadline by) throws NotAsleepException {
        synchronized (life) {
            if (asleep) {
                return;
            }
            stop = true;
            selector.wakeup();
            boolean interrupted = false;
            while (looping) {
                long left = by.remainingNanos();
                if (left <= 0) {
                    stop = false;
                    throw new NotAsleepException(name() + ": a connection is being made");
                }
                try {
                    life.wait(left / MILLI + 1);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            asleep = true;
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public final void save(StateWriter out) {
        new ConnectionState(link.connections()).write(out);
    }

    /** A connection that was opened here is another than the saved one. */
    @Override
    public final void restore(StateReader in) throws StateException {
        long before = ConnectionState.read(in).connections();
        link = new LinkState(link.up(), link.reason(), before + (stream != null && adoptedConnections < 0 ? 1 : 0));
    }

    /** Asleep. Connections when one was adopted, or -1. */
    private long adoptedConnections = -1;

    @Override
    public final Handles detach() {
        FrameStream s = stream;
        List<Channel> channels = new ArrayList<>();
        channels.add(s == null ? null : s.channel());
        channels.addAll(others());
        OpenConnection c = new OpenConnection(name(), java.util.Collections.unmodifiableList(channels), processes(), s == null ? new byte[0] : s.received(),
                s == null ? new byte[0] : s.taken());
        stream = null;
        link = new LinkState(false, "handed over", link.connections());
        disown();
        return c;
    }

    @Override
    public final void attach(Handles handles) throws StateException {
        if (!(handles instanceof OpenConnection c) || !c.claim().equals(name()) || c.channels().isEmpty() || c.received().length > FrameStream.BUFFER_BYTES
                || c.taken().length > FrameStream.BUFFER_BYTES || !(c.channels().getFirst() == null || c.channels().getFirst() instanceof SocketChannel)) {
            throw new StateException("network " + name() + ": takes its own connection, not " + handles.claim());
        }
        adopt(c);
        if (c.channels().getFirst() instanceof SocketChannel channel) {
            stream = new FrameStream(channel, c.received(), c.taken());
            failure = null;
            wantRead = true;
            wantWrite = c.taken().length > 0;
            adoptedConnections = link.connections();
            link = new LinkState(true, name(), link.connections());
        }
    }

    @Override
    public void close() {
        try {
            sleep(Deadline.afterMillis(5_000));
        } catch (NotAsleepException e) {
            context.report(e.getMessage());
        }
        FrameStream s = stream;
        stream = null;
        if (s != null) {
            closeQuietly(s.channel());
        }
        ended();
        closeQuietly(selector);
    }
}
