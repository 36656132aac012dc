package hv.api.virtio.spi;

import hv.api.state.Stateful;
import org.osgi.annotation.versioning.ConsumerType;

/** The semantics of a virtio device. Requests in flight are drained before it sleeps: {@code sleep} throws while one is not answered. */
@ConsumerType
public interface VirtioModel extends Stateful, AutoCloseable {
    /** virtio device id: 2 block, 3 console, 4 entropy. */
    int deviceId();

    /** Device-specific feature bits that are offered (0 .. 23, 50 ..); the transport adds its own. */
    long features();

    /** Number of queues, 1 .. 64. */
    int queueCount();

    /** Largest queue, a power of two, at most 1024. */
    int queueSizeMax();

    /** Size of the configuration space. */
    int configBytes();

    /** A byte of the configuration space; vCPU thread. The transport reads a multi-byte field at once, under the device's lock. */
    int readConfig(int offset);

    /** vCPU thread; read-only fields ignore it. */
    void writeConfig(int offset, int value);

    /** The driver is ready with these features; also after a restore, if it was. Queues stay lent until {@link #reset} or {@link #close}. */
    void activate(VirtioTransport transport, long features);

    /** The driver has kicked a queue; spurious calls happen. After {@code wake} every queue counts as kicked once. */
    void notified(int queue);

    /** The driver has reset the device: forget the queues. */
    void reset();

    @Override
    void close();
}
