package hv.devices.internal.net;

import hv.api.device.DeviceContext;
import hv.api.device.IoContext;
import hv.api.net.spi.LinkState;
import hv.api.net.spi.NetBackend;
import hv.api.state.Deadline;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import hv.api.time.MachineClock;
import hv.api.time.Timer;
import hv.api.virtio.spi.VirtQueue;
import hv.api.virtio.spi.VirtioModel;
import hv.api.virtio.spi.VirtioTransport;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The virtio network card (virtio 1.2, 5.1): one pair of queues and the control queue. Backends carry plain frames, so what the driver leaves to the
 * card is done here: checksums, segmentation of TCP and UDP ({@link Transmitter}), and the check of received checksums ({@link Receiver}).
 * <pre>
 *   kick of TX:   pop -> TxPlan -> segments -> backend.transmit ... flush        kick of CTRL: ControlQueue
 *   event, kick of RX, timer:   link; blocked TX again; backend.receive -> filter -> chains
 * </pre>
 * No chain is in flight between two calls, so it sleeps at once. A new connection of the backend is shown to the driver as a link that was down for
 * a moment, whatever the time it took: what it knew of its peers (address, routes, connections) may be over.
 */
final class NetModel implements VirtioModel {
    /** How long the link is down at least, so that a driver that was told of a change finds one. */
    static final long FLAP_NANOS = 200_000_000L;
    /** How long a driver may leave a frame without enough buffers before it is dropped. */
    static final long PATIENCE_NANOS = 500_000_000L;

    private final PartId id;
    private final IoContext io;
    private final MachineClock clock;
    private final NetBackend.Front wire;
    private final ReceiveFilter filter;
    private final Transmitter transmitter;
    private final Receiver receiver;
    private final ControlQueue control;
    private final Timer rise;
    private final Timer patience;
    private final Runnable turn = this::turn;
    private final AtomicBoolean turnPosted = new AtomicBoolean();

    // I/O context, or asleep; what the configuration space shows is volatile.
    private VirtioTransport transport;
    private VirtQueue rx;
    private VirtQueue tx;
    private VirtQueue ctrl;
    private long features;
    private boolean asleep = true;
    private volatile boolean shownUp;
    private volatile boolean announce;
    private long shownConnections;
    private boolean rising;
    private boolean waiting;

    NetModel(String path, byte[] mac, DeviceContext context, NetBackend.Front wire) {
        this.id = new PartId(path, NetState.TAG);
        this.io = context.io();
        this.clock = context.clock();
        this.wire = wire;
        this.filter = new ReceiveFilter(mac);
        this.transmitter = new Transmitter(wire);
        this.receiver = new Receiver(wire, filter);
        this.control = new ControlQueue(filter, () -> announce = false);
        this.rise = context.timer(this::rise);
        this.patience = context.timer(this::impatient);
    }

    @Override
    public PartId id() {
        return id;
    }

    @Override
    public int deviceId() {
        return NetLayout.DEVICE_ID;
    }

    @Override
    public long features() {
        return NetLayout.F_MAC | NetLayout.F_STATUS | (wire.mtu() > 0 ? NetLayout.F_MTU : 0) | NetLayout.F_MRG_RXBUF | NetLayout.F_CSUM | NetLayout.F_GUEST_CSUM
                | NetLayout.F_HOST_TSO4 | NetLayout.F_HOST_TSO6 | NetLayout.F_HOST_ECN | NetLayout.F_HOST_USO | NetLayout.F_CTRL_VQ | NetLayout.F_CTRL_RX
                | NetLayout.F_CTRL_VLAN | NetLayout.F_CTRL_RX_EXTRA | NetLayout.F_GUEST_ANNOUNCE | NetLayout.F_CTRL_MAC_ADDR;
    }

    @Override
    public int queueCount() {
        return NetLayout.QUEUES;
    }

    @Override
    public int queueSizeMax() {
        return NetLayout.QUEUE_SIZE_MAX;
    }

    @Override
    public int configBytes() {
        return NetLayout.CONFIG_BYTES;
    }

    @Override
    public int readConfig(int offset) {
        return switch (offset) {
            case NetLayout.CONFIG_STATUS -> (shownUp ? NetLayout.S_LINK_UP : 0) | (announce ? NetLayout.S_ANNOUNCE : 0);
            case NetLayout.CONFIG_PAIRS -> 1;
            case NetLayout.CONFIG_MTU -> wire.mtu() & 0xff;
            case NetLayout.CONFIG_MTU + 1 -> wire.mtu() >>> 8 & 0xff;
            default -> offset < NetLayout.MAC_BYTES ? filter.macByte(offset) : 0;
        };
    }

    @Override
    public void writeConfig(int offset, int value) {
        // Nothing is writable: the address is set through the control queue (5.1.4).
    }

    @Override
    public void activate(VirtioTransport lent, long accepted) {
        transport = lent;
        rx = lent.queue(NetLayout.RX);
        tx = lent.queue(NetLayout.TX);
        ctrl = lent.queue(NetLayout.CTRL);
        features = accepted;
        post();
    }

    @Override
    public void notified(int queue) {
        if (asleep || transport == null) {
            return;
        }
        switch (queue) {
            case NetLayout.TX -> sendSome();
            case NetLayout.RX -> receiveSome();
            default -> {
                if (control.serve(ctrl, features)) {
                    ctrl.interrupt();
                    receiveSome();
                }
            }
        }
    }

    /** The backend has something; any thread. */
    private void post() {
        if (turnPosted.compareAndSet(false, true)) {
            io.post(turn);
        }
    }

    private void turn() {
        turnPosted.set(false);
        if (asleep) {
            return;
        }
        followLink();
        transmitter.unblock();
        if (transport != null) {
            sendSome();
            receiveSome();
        }
    }

    private void sendSome() {
        if (transmitter.send(tx, features, !shownUp)) {
            post();
        }
    }

    /** While the driver sees no link, what has come waits with the backend. */
    private void receiveSome() {
        if (!shownUp) {
            return;
        }
        if (receiver.deliver(rx, features)) {
            post();
        }
        if (receiver.hasTooFew() != waiting) {
            waiting = !waiting;
            if (waiting) {
                patience.arm(clock.nowNanos() + PATIENCE_NANOS);
            } else {
                patience.cancel();
            }
        }
    }

    private void impatient() {
        if (!asleep && transport != null && waiting && receiver.hasTooFew()) {
            receiver.drop();
            waiting = false;
            receiveSome();
        }
    }

    // ---- the link

    private void followLink() {
        LinkState now = wire.link();
        if (shownUp && (!now.up() || now.connections() != shownConnections)) {
            show(false);
            rising = false;
        }
        if (!shownUp && now.up() && !rising) {
            if (shownConnections == 0) {
                // The driver has never seen a link: there is nothing to be told anew.
                shownConnections = now.connections();
                show(true);
            } else {
                rising = true;
                rise.arm(clock.nowNanos() + FLAP_NANOS);
            }
        }
    }

    private void rise() {
        if (asleep || !rising) {
            return;
        }
        rising = false;
        LinkState now = wire.link();
        if (now.up()) {
            shownConnections = now.connections();
            announce = (features & NetLayout.F_GUEST_ANNOUNCE) != 0;
            show(true);
            post();
        }
    }

    private void show(boolean up) {
        shownUp = up;
        if (transport != null && (features & NetLayout.F_STATUS) != 0) {
            transport.configurationChanged();
        }
    }

    // ---- life

    @Override
    public void reset() {
        transport = null;
        rx = null;
        tx = null;
        ctrl = null;
        features = 0;
        announce = false;
        filter.reset();
        transmitter.reset();
        receiver.drop();
        patience.cancel();
        waiting = false;
    }

    @Override
    public void sleep(Deadline by) {
        if (!asleep) {
            asleep = true;
            rise.cancel();
            patience.cancel();
        }
    }

    @Override
    public void save(StateWriter out) {
        NetState.write(out, filter, shownUp, shownConnections, announce, transmitter.sentSegments(), receiver.held());
    }

    @Override
    public void restore(StateReader in) throws StateException {
        NetState s = NetState.read(in);
        filter.take(s.filter());
        shownUp = s.shownUp();
        shownConnections = s.connections();
        announce = s.announce();
        transmitter.sentSegments(s.sentSegments());
        receiver.hold(s.held());
    }

    /** The transport kicks every queue afterwards. */
    @Override
    public void wake() {
        asleep = false;
        rising = false;
        waiting = false;
        wire.onEvent(this::post);
        transmitter.unblock();
        post();
    }

    @Override
    public void close() {
        asleep = true;
        transport = null;
        rx = null;
        tx = null;
        ctrl = null;
    }
}
