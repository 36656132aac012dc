package hv.devices.internal.rng;

import hv.api.device.DeviceContext;
import hv.api.device.Entropy;
import hv.api.memory.GuestMemoryFault;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import hv.api.virtio.spi.Chain;
import hv.api.virtio.spi.VirtQueue;
import hv.api.virtio.spi.VirtioModel;
import hv.api.virtio.spi.VirtioTransport;
import java.util.Arrays;

/** The virtio entropy device (virtio 1.2, 5.4): fills buffers with random bytes. It has no state; a request is answered where it is popped. */
final class RngModel implements VirtioModel {
    static final StateTag TAG = new StateTag("virtio-rng", 1);
    private static final int DEVICE_ID = 4;
    private static final int QUEUE_SIZE_MAX = 64;
    /** Most bytes for one request; the driver asks again for more (5.4.6: the device may give less). */
    private static final int ANSWER_BYTES_MAX = 4096;

    private final PartId id;
    private final Entropy entropy;
    private VirtQueue queue;
    private boolean asleep = true;

    RngModel(String path, DeviceContext context) {
        id = new PartId(path, TAG);
        entropy = context.entropy();
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
        return 0;
    }

    @Override
    public int queueCount() {
        return 1;
    }

    @Override
    public int queueSizeMax() {
        return QUEUE_SIZE_MAX;
    }

    @Override
    public int configBytes() {
        return 0;
    }

    @Override
    public int readConfig(int offset) {
        return 0;
    }

    @Override
    public void writeConfig(int offset, int value) {
        // There is no configuration space.
    }

    @Override
    public void activate(VirtioTransport transport, long features) {
        queue = transport.queue(0);
        notified(0);
    }

    @Override
    public void notified(int index) {
        if (queue == null || asleep) {
            return;
        }
        boolean any = false;
        for (Chain chain = queue.pop(); chain != null; chain = queue.pop()) {
            byte[] random = new byte[(int) Math.min(chain.writableBytes(), ANSWER_BYTES_MAX)];
            entropy.fill(random);
            int written = random.length;
            try {
                chain.write(0, random);
            } catch (GuestMemoryFault e) {
                written = 0; // the driver took the buffer away; it is told that nothing is in it
            }
            Arrays.fill(random, (byte) 0);
            queue.push(chain, written);
            any = true;
        }
        if (any) {
            queue.interrupt();
        }
    }

    @Override
    public void reset() {
        queue = null;
    }

    @Override
    public void sleep(Deadline by) throws NotAsleepException {
        asleep = true;
    }

    @Override
    public void save(StateWriter out) {
        out.section("none");
    }

    @Override
    public void restore(StateReader in) throws StateException {
        in.section("none");
        in.end();
    }

    /** The transport kicks every queue afterwards. */
    @Override
    public void wake() {
        asleep = false;
    }

    @Override
    public void close() {
        asleep = true;
        queue = null;
    }
}
