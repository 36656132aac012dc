package hv.testkit.fake;

import hv.api.memory.GuestMemoryFault;
import hv.api.state.Deadline;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import hv.api.virtio.spi.Chain;
import hv.api.virtio.spi.VirtQueue;
import hv.api.virtio.spi.VirtioModel;
import hv.api.virtio.spi.VirtioTransport;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A virtio model that copies what a chain lets it read into what the chain lets it write; two queues. It can be told to keep chains. */
public final class EchoModel implements VirtioModel {
    public static final long FEATURE = 1 << 5;
    private static final int COPY_BYTES_MAX = 1 << 16;

    public final List<String> calls = new ArrayList<>();
    public final List<Chain> kept = new ArrayList<>();
    public final byte[] config = {1, 2, 3, 4, 5, 6, 7, 8};
    public int id = 42;
    public int queues = 2;
    public int sizeMax = 16;
    public long features = FEATURE;
    public boolean keep;
    /** Runs between reading a chain and writing it. */
    public Runnable meanwhile = () -> { };
    /** Runs when the model is told of a reset. */
    public Runnable resetting = () -> { };
    public VirtioTransport transport;
    public long accepted;
    /** What its queues go through: a test may break them. */
    public UnaryOperator<VirtQueue> through = UnaryOperator.identity();

    @Override
    public PartId id() {
        return new PartId("virtio0/model", new StateTag("echo", 1));
    }

    @Override
    public int deviceId() {
        return id;
    }

    @Override
    public long features() {
        return features;
    }

    @Override
    public int queueCount() {
        return queues;
    }

    @Override
    public int queueSizeMax() {
        return sizeMax;
    }

    @Override
    public int configBytes() {
        return config.length;
    }

    @Override
    public int readConfig(int offset) {
        return config[offset] & 0xff;
    }

    @Override
    public void writeConfig(int offset, int value) {
        config[offset] = (byte) value;
    }

    @Override
    public void activate(VirtioTransport lent, long features) {
        calls.add("activate");
        transport = lent;
        accepted = features;
    }

    /** A queue as it was lent. */
    public VirtQueue lent(int queue) {
        return through.apply(transport.queue(queue));
    }

    @Override
    public void notified(int queue) {
        calls.add("notified " + queue);
        VirtQueue q = lent(queue);
        for (Chain c = q.pop(); c != null; c = q.pop()) {
            if (keep) {
                kept.add(c);
            } else {
                answer(q, c);
            }
        }
        q.interrupt();
    }

    public void answer(VirtQueue q, Chain c) {
        int n = (int) Math.min(COPY_BYTES_MAX, Math.min(c.readableBytes(), c.writableBytes()));
        byte[] bytes = new byte[n];
        try {
            c.read(0, bytes);
            meanwhile.run();
            c.write(0, bytes);
        } catch (GuestMemoryFault e) {
            n = 0;
        }
        q.push(c, n);
    }

    @Override
    public void reset() {
        calls.add("reset");
        transport = null;
        resetting.run();
    }

    @Override
    public void sleep(Deadline by) {
        calls.add("sleep");
    }

    @Override
    public void save(StateWriter out) {
        out.section("echo");
    }

    @Override
    public void restore(StateReader in) throws StateException {
        in.section("echo");
        in.end();
    }

    @Override
    public void wake() {
        calls.add("wake");
    }

    @Override
    public void close() {
        calls.add("close");
    }
}
