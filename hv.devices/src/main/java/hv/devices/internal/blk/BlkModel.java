package hv.devices.internal.blk;

import hv.api.block.spi.BlockBackend;
import hv.api.block.spi.BlockGeometry;
import hv.api.device.DeviceContext;
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
import hv.devices.internal.disk.DiskSlot;
import hv.devices.internal.disk.DiskSlots;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The virtio block device (virtio 1.2, 5.2) with one queue.
 * <pre>
 *   notified: pop -> BlkRequest.parse -> slots, or status, push
 *   a slot has ended: status, push ... one interrupt for all that was pushed
 * </pre>
 * At most {@link #SLOTS} requests are under way; the others wait in the ring.
 */
final class BlkModel implements VirtioModel {
    private static final int SLOTS = 16;

    private final PartId id;
    private final byte[] serial = new byte[BlkLayout.ID_BYTES];
    private final BlockBackend.Front backend;
    private final DiskSlots<BlkRequest> slots;

    // I/O context, or asleep.
    private VirtioTransport transport;
    private VirtQueue queue;
    private long features;
    private boolean asleep = true;
    private long shownBytes;
    private boolean interruptDue;

    BlkModel(String path, String serial, DeviceContext context, BlockBackend.Front backend) {
        this.id = new PartId(path, BlkState.TAG);
        byte[] name = serial.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(name, 0, this.serial, 0, Math.min(name.length, BlkLayout.ID_BYTES));
        this.backend = backend;
        this.slots = new DiskSlots<>(context.io(), SLOTS, this::ended, this::goOn);
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
        goOn();
    }

    private void goOn() {
        popAll();
        interruptOnce();
    }

    private void popAll() {
        while (!asleep && queue != null && !slots.isFull()) {
            Chain chain = queue.pop();
            if (chain == null) {
                return;
            }
            switch (BlkRequest.parse(chain, backend.geometry(), features)) {
                case BlkRequest.Transfer t -> slots.start(queue, chain, t, backend, t.work());
                case BlkRequest.GetId g -> answer(queue, chain, g, BlkLayout.S_OK);
                case BlkRequest.Refused r -> answer(queue, chain, r, r.status());
                case BlkRequest.Unanswerable u -> {
                    transport.needsReset(id.path() + ": a request without a byte for its status");
                    queue.push(chain, 0);
                    return;
                }
            }
        }
    }

    private void ended(DiskSlot<BlkRequest> slot, DiskSlots.End how) {
        answer(slot.queue(), slot.chain(), slot.request(), how == DiskSlots.End.DONE ? BlkLayout.S_OK : BlkLayout.S_IOERR);
    }

    private void answer(VirtQueue from, Chain chain, BlkRequest request, byte status) {
        long written = chain.writableBytes();
        try {
            if (status == BlkLayout.S_OK && request instanceof BlkRequest.GetId g) {
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
        int underWay = slots.running().size();
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
