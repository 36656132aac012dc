package hv.api.virtio.spi;

import hv.api.device.spi.Device;
import org.osgi.annotation.versioning.ConsumerType;

/** A device whose registers are a virtio transport. The host plugs models in and out; doorbells and interrupt stay. */
@ConsumerType
public interface TransportDevice extends Device {
    /**
     * I/O context, transport asleep or intake closed. The transport forgets the old model; if the driver is ready the new one is activated.
     * Feature bits that the driver has accepted must be offered by the new model.
     *
     * @throws hv.api.part.ReplaceException the models do not fit (id, queues, accepted features); the old one stays plugged
     */
    void plug(VirtioModel model) throws hv.api.part.ReplaceException;

    /** From now on {@code pop} gives nothing; what is popped can still be answered. Any thread. */
    void closeIntake();

    /** Pops again, and every queue counts as kicked once. Any thread. */
    void openIntake();
}
