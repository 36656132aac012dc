package hv.devices.internal.console;

import hv.api.device.CharChannel;
import hv.api.device.DeviceContext;
import hv.api.device.IoContext;
import hv.api.memory.GuestMemoryFault;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import hv.api.time.MachineClock;
import hv.api.time.Timer;
import hv.api.virtio.spi.Chain;
import hv.api.virtio.spi.VirtQueue;
import hv.api.virtio.spi.VirtioModel;
import hv.api.virtio.spi.VirtioTransport;
import java.lang.foreign.MemorySegment;

/**
 * The virtio console (virtio 1.2, 5.3) with one port, whose terminal can change its size.
 * <pre>
 *   queue 0  receiveq   the driver's empty buffers; input waits in the channel until there is one
 *   queue 1  transmitq  output; what the channel does not take stays in its buffer, which is given back to the queue
 *   struct virtio_console_config { le16 cols; le16 rows; le32 max_nr_ports; le32 emerg_wr; }
 * </pre>
 * No buffer is held between two calls, so the console can sleep at any moment, also while nobody takes its output.
 */
final class ConsoleModel implements VirtioModel {
    static final long F_SIZE = 1;
    static final int RX = 0;
    static final int TX = 1;
    private static final int DEVICE_ID = 3;
    private static final int QUEUE_SIZE_MAX = 128;
    private static final int CONFIG_BYTES = 12;
    private static final int PIECE_BYTES = 4096;
    private static final long SENT_INTERRUPT_DELAY_NANOS = 1_000_000;

    private final PartId id;
    private final CharChannel channel;
    private final IoContext io;
    private final byte[] piece = new byte[PIECE_BYTES];
    private final MemorySegment pieceSegment = MemorySegment.ofArray(piece);
    private final Runnable event = this::event;

    /** Columns in bits 0 .. 15, rows above: read as one by vCPU threads. */
    private volatile int size;

    // I/O context, or asleep.
    private VirtioTransport transport;
    private boolean sizeNegotiated;
    private long sentBytes;
    private final MachineClock clock;
    private final Timer sentInterrupt;
    private boolean sentInterruptDue;
    private boolean asleep = true;

    ConsoleModel(String path, DeviceContext context) {
        id = new PartId(path, ConsoleState.TAG);
        channel = context.channel("console");
        io = context.io();
        clock = context.clock();
        sentInterrupt = context.timer(this::interruptForSent);
    }

    @Override
    public PartId id() {
        return id;
    }

    @Override
    public int deviceId() {
        return DEVICE_ID;
    }

    @Override
    public long features() {
        return F_SIZE;
    }

    @Override
    public int queueCount() {
        return 2;
    }

    @Override
    public int queueSizeMax() {
        return QUEUE_SIZE_MAX;
    }

    @Override
    public int configBytes() {
        return CONFIG_BYTES;
    }

    @Override
    public int readConfig(int offset) {
        if (offset < 4) {
            return size >>> 8 * offset & 0xff;
        }
        return offset == 4 ? 1 : 0; // max_nr_ports = 1, emerg_wr reads as 0
    }

    @Override
    public void writeConfig(int offset, int value) {
        // cols, rows and max_nr_ports are read-only; emerg_wr is not offered.
    }

    @Override
    public void activate(VirtioTransport lent, long features) {
        transport = lent;
        sizeNegotiated = (features & F_SIZE) != 0;
        event();
    }

    @Override
    public void notified(int queue) {
        if (transport == null || asleep) {
            return;
        }
        if (queue == TX) {
            transmit();
        } else {
            receive();
        }
    }

    /** Input has arrived, output has room, or the size has changed. */
    private void event() {
        if (asleep) {
            return;
        }
        int now = Math.clamp(channel.columns(), 0, 0xffff) | Math.clamp(channel.rows(), 0, 0xffff) << 16;
        boolean resized = now != size;
        size = now;
        if (transport == null) {
            return;
        }
        if (resized && sizeNegotiated) {
            transport.configurationChanged();
        }
        transmit();
        receive();
    }

    private void transmit() {
        VirtQueue queue = transport.queue(TX);
        boolean any = false;
        for (Chain chain = queue.pop(); chain != null; chain = queue.pop()) {
            if (!send(chain)) {
                queue.unpop(chain);
                break;
            }
            sentBytes = 0;
            queue.push(chain, 0);
            any = true;
        }
        if (any && !sentInterruptDue) {
            sentInterruptDue = true;
            sentInterrupt.arm(clock.nowNanos() + SENT_INTERRUPT_DELAY_NANOS);
        }
    }

    /**
     * Interrupts for what was sent, a little later and for all of it: Linux (hvc) spins until its buffer is used, and by then has said, by its event
     * index, that it needs no interrupt. Told at once, it would find nothing to do each time, and give the line up after 100,000 of these
     * ("nobody cared"; seen, as under QEMU).
     */
    private void interruptForSent() {
        if (sentInterruptDue) {
            sentInterruptDue = false;
            if (transport != null) {
                transport.queue(TX).interrupt();
            }
        }
    }

    /** Gives the world what is left of a buffer; false if it did not take all. */
    private boolean send(Chain chain) {
        long total = chain.readableBytes();
        while (sentBytes < total) {
            int n = (int) Math.min(total - sentBytes, PIECE_BYTES);
            try {
                chain.read(sentBytes, pieceSegment, 0, n);
            } catch (GuestMemoryFault e) {
                return true; // the driver took the buffer away: there is nothing to print
            }
            int taken = channel.write(piece, 0, n);
            sentBytes += taken;
            if (taken < n) {
                return false;
            }
        }
        return true;
    }

    private void receive() {
        VirtQueue queue = transport.queue(RX);
        boolean any = false;
        for (Chain chain = queue.pop(); chain != null; chain = queue.pop()) {
            int room = (int) Math.min(chain.writableBytes(), PIECE_BYTES);
            int n = room == 0 ? 0 : channel.read(piece, 0, room);
            if (n == 0 && room > 0) {
                queue.unpop(chain);
                break;
            }
            try {
                chain.write(0, pieceSegment, 0, n);
            } catch (GuestMemoryFault e) {
                n = 0; // the driver took the buffer away while its device was being reset; the input is gone with it
            }
            queue.push(chain, n);
            any = true;
        }
        if (any) {
            queue.interrupt();
        }
    }

    @Override
    public void reset() {
        transport = null;
        sentInterruptDue = false;
        sentBytes = 0;
    }

    @Override
    public void sleep(Deadline by) throws NotAsleepException {
        if (!asleep) {
            interruptForSent();
            sentInterrupt.cancel();
            asleep = true;
            channel.onEvent(null);
        }
    }

    @Override
    public void save(StateWriter out) {
        new ConsoleState(sentBytes, size & 0xffff, size >>> 16).write(out);
    }

    @Override
    public void restore(StateReader in) throws StateException {
        ConsoleState s = ConsoleState.read(in);
        sentBytes = s.sentBytes();
        size = s.columns() | s.rows() << 16;
    }

    @Override
    public void wake() {
        asleep = false;
        channel.onEvent(event);
        io.post(event);
    }

    @Override
    public void close() {
        if (!asleep) {
            asleep = true;
            channel.onEvent(null);
        }
        transport = null;
    }
}
