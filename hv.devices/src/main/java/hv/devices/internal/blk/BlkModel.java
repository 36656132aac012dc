package hv.devices.internal.blk;

import hv.api.block.spi.BlockBackend;
import hv.api.block.spi.BlockGeometry;
import hv.api.block.spi.BlockOperation;
import hv.api.device.DeviceContext;
import hv.api.device.IoContext;
import hv.api.memory.GuestMemoryFault;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import hv.api.virtio.spi.Chain;
import hv.api.virtio.spi.VirtQueue;
import hv.api.virtio.spi.VirtioModel;
import hv.api.virtio.spi.VirtioTransport;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The virtio block device (virtio 1.2, 5.2) with one queue.
 * <pre>
 *   notified: pop -> BlkRequest.parse -> slot -> backend.submit
 *   any thread: completion -> completed, reap posted
 *   reap: next piece of the slot, or status, push ... one interrupt for all that was pushed
 * </pre>
 * At most {@link #SLOTS} requests are under way; the others wait in the ring. A driver that did not accept FLUSH gets write-through (5.2.6.2).
 */
final class BlkModel implements VirtioModel {
    private static final int SLOTS = 16;

    private final PartId id;
    private final byte[] serial = new byte[BlkLayout.ID_BYTES];
    private final IoContext io;
    private final BlockBackend.Front backend;
    private final Runnable reap = this::reap;
    private final ConcurrentLinkedQueue<Ended> completed = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean reapPosted = new AtomicBoolean();

    // I/O context, or asleep.
    private final ArrayDeque<BlkSlot> free = new ArrayDeque<>();
    private int underWay;
    private VirtioTransport transport;
    private VirtQueue queue;
    private long features;
    private boolean asleep = true;
    private long shownBytes;
    private boolean interruptDue;

    /** A backend operation that has ended. */
    private record Ended(BlkSlot slot, int operation, String error) {
    }

    BlkModel(String path, String serial, DeviceContext context, BlockBackend.Front backend) {
        this.id = new PartId(path, BlkState.TAG);
        byte[] name = serial.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(name, 0, this.serial, 0, Math.min(name.length, BlkLayout.ID_BYTES));
        this.io = context.io();
        this.backend = backend;
    }

    @Override
    public PartId id() {
        return id;
    }

    @Override
    public int deviceId() {
        return BlkLayout.DEVICE_ID;
    }

    @Override
    public long features() {
        BlockGeometry disk = backend.geometry();
        return BlkLayout.F_SEG_MAX | BlkLayout.F_BLK_SIZE | BlkLayout.F_TOPOLOGY | BlkLayout.F_FLUSH
                | (disk.readOnly() ? BlkLayout.F_RO : BlkLayout.F_WRITE_ZEROES | (disk.discards() ? BlkLayout.F_DISCARD : 0));
    }

    @Override
    public int queueCount() {
        return 1;
    }

    @Override
    public int queueSizeMax() {
        return BlkLayout.QUEUE_SIZE_MAX;
    }

    @Override
    public int configBytes() {
        return BlkLayout.CONFIG_BYTES;
    }

    @Override
    public int readConfig(int offset) {
        BlockGeometry disk = backend.geometry();
        int field = offset & ~3;
        long value = switch (field) {
            case BlkLayout.CONFIG_CAPACITY -> disk.sizeBytes() / BlkLayout.SECTOR_BYTES;
            case BlkLayout.CONFIG_CAPACITY + 4 -> disk.sizeBytes() / BlkLayout.SECTOR_BYTES >>> 32;
            case BlkLayout.CONFIG_SEG_MAX -> BlkLayout.SEG_MAX;
            case BlkLayout.CONFIG_BLK_SIZE -> BlkLayout.SECTOR_BYTES;
            // How many logical blocks make a physical one, as a power of two; alignment, minimal and optimal sizes are left at 0.
            case BlkLayout.CONFIG_PHYSICAL_BLOCK_EXP -> Integer.numberOfTrailingZeros(disk.blockBytes() / BlkLayout.SECTOR_BYTES);
            case BlkLayout.CONFIG_NUM_QUEUES & ~3 -> 1 << 8 * (BlkLayout.CONFIG_NUM_QUEUES & 3);
            case BlkLayout.CONFIG_MAX_DISCARD_SECTORS, BlkLayout.CONFIG_MAX_WRITE_ZEROES_SECTORS -> BlkLayout.RANGE_SECTORS_MAX;
            case BlkLayout.CONFIG_MAX_DISCARD_SEG, BlkLayout.CONFIG_MAX_WRITE_ZEROES_SEG -> BlkLayout.RANGES_MAX;
            case BlkLayout.CONFIG_DISCARD_ALIGNMENT -> disk.blockBytes() / BlkLayout.SECTOR_BYTES;
            default -> 0;
        };
        return (int) (value >>> 8 * (offset & 3)) & 0xff;
    }

    @Override
    public void writeConfig(int offset, int value) {
        // Only writeback could be written, and CONFIG_WCE is not offered.
    }

    @Override
    public void activate(VirtioTransport lent, long accepted) {
        transport = lent;
        queue = lent.queue(0);
        features = accepted;
        long now = backend.geometry().sizeBytes();
        if (shownBytes != 0 && shownBytes != now) {
            lent.configurationChanged();
        }
        shownBytes = now;
        notified(0);
    }

    @Override
    public void notified(int index) {
        popAll();
        interruptOnce();
    }

    private void popAll() {
        while (!asleep && queue != null && underWay < SLOTS) {
            Chain chain = queue.pop();
            if (chain == null) {
                return;
            }
            BlkRequest request = BlkRequest.parse(chain, backend.geometry(), features);
            if (request instanceof BlkRequest.Unanswerable) {
                transport.needsReset(id.path() + ": a request without a byte for its status");
                queue.push(chain, 0);
                return;
            }
            BlkSlot slot = free.poll();
            if (slot == null) {
                slot = new BlkSlot();
            }
            underWay++;
            slot.begin(queue, chain, request, (features & BlkLayout.F_FLUSH) == 0);
            step(slot);
        }
    }

    /** Submits the slot's next operation, or answers its request. */
    private void step(BlkSlot slot) {
        BlockOperation operation;
        try {
            operation = slot.next(this::completed);
        } catch (GuestMemoryFault e) {
            answer(slot, BlkLayout.S_IOERR);
            return;
        }
        if (operation == null) {
            answer(slot, slot.request() instanceof BlkRequest.Refused r ? r.status() : BlkLayout.S_OK);
        } else {
            backend.submit(operation);
        }
    }

    /** Any thread. */
    private void completed(BlkSlot slot, int operation, String error) {
        completed.add(new Ended(slot, operation, error));
        if (reapPosted.compareAndSet(false, true)) {
            io.post(reap);
        }
    }

    private void reap() {
        reapPosted.set(false);
        for (Ended e = completed.poll(); e != null; e = completed.poll()) {
            BlkSlot slot = e.slot();
            if (slot.chain() == null || slot.operation() != e.operation()) {
                continue; // told twice
            }
            if (e.error() != null) {
                answer(slot, BlkLayout.S_IOERR);
                continue;
            }
            try {
                slot.advance();
            } catch (GuestMemoryFault fault) {
                answer(slot, BlkLayout.S_IOERR);
                continue;
            }
            step(slot);
        }
        popAll();
        interruptOnce();
    }

    private void answer(BlkSlot slot, byte status) {
        Chain chain = slot.chain();
        VirtQueue from = slot.queue();
        long written = chain.writableBytes();
        try {
            if (status == BlkLayout.S_OK && slot.request() instanceof BlkRequest.GetId g) {
                chain.write(0, Arrays.copyOf(serial, g.lenBytes()));
            }
            if (status != BlkLayout.S_OK && written > 1) {
                written = 0; // the data in front of the status was not written
            }
            chain.write(chain.writableBytes() - 1, new byte[] {status});
        } catch (GuestMemoryFault e) {
            written = 0; // the driver has reset the device meanwhile
        }
        from.push(chain, written);
        slot.end();
        free.add(slot);
        underWay--;
        interruptDue = true;
    }

    private void interruptOnce() {
        if (interruptDue) {
            interruptDue = false;
            if (queue != null) {
                queue.interrupt();
            }
        }
    }

    /** Requests under way end by themselves; their answers reach nobody. */
    @Override
    public void reset() {
        transport = null;
        queue = null;
        shownBytes = 0;
    }

    @Override
    public void sleep(Deadline by) throws NotAsleepException {
        if (asleep) {
            return;
        }
        if (underWay > 0) {
            throw new NotAsleepException(id.path() + ": " + underWay + " requests under way");
        }
        asleep = true;
    }

    @Override
    public void save(StateWriter out) {
        new BlkState(shownBytes).write(out);
    }

    @Override
    public void restore(StateReader in) throws StateException {
        shownBytes = BlkState.read(in).capacityBytes();
    }

    /** The transport kicks every queue afterwards. */
    @Override
    public void wake() {
        asleep = false;
    }

    @Override
    public void close() {
        asleep = true;
        transport = null;
        queue = null;
    }
}
