package hv.devices.internal;

import hv.api.device.BackendFront;
import hv.api.device.DeviceSpec;
import hv.api.part.PartException;
import hv.api.part.ReplaceException;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.api.virtio.spi.TransportDevice;
import hv.api.virtio.spi.VirtioModel;
import hv.api.virtio.spi.VirtioModelFactory;
import hv.testkit.fake.DriverQueue;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.MmioDriver;
import hv.virtio.internal.MmioTransportFactory;
import java.util.List;
import java.util.Map;

/** A model in an MMIO transport with a well-behaved driver: what the machine does around it, on one thread. */
public final class VirtioRig {
    public static final int QUEUE_SIZE = 16;

    public final FakeDeviceContext context;
    private final long queueAreaBytes;
    public final DeviceSpec spec;
    private final VirtioModelFactory factory;
    private final List<BackendFront> backends;
    public TransportDevice transport;
    public VirtioModel model;
    public final MmioDriver driver;
    public DriverQueue[] queues;

    public VirtioRig(VirtioModelFactory factory, BackendFront backend) throws PartException, ReplaceException {
        this(factory, backend, new FakeDeviceContext());
    }

    /** Each queue takes an eighth of RAM, from its start on. */
    public VirtioRig(VirtioModelFactory factory, BackendFront backend, FakeDeviceContext context) throws PartException, ReplaceException {
        this(factory, backend == null ? List.of() : List.of(backend), context);
    }

    public VirtioRig(VirtioModelFactory factory, List<BackendFront> backends, FakeDeviceContext context) throws PartException, ReplaceException {
        this.context = context;
        this.queueAreaBytes = context.memory().sizeBytes() / 8;
        this.factory = factory;
        this.backends = List.copyOf(backends);
        this.spec = new DeviceSpec("virtio0", "virtio-mmio", 0x1000_1000, 0x1000, 1, Map.of("model", factory.type(), "mac", "52:54:00:00:00:01"));
        transport = new MmioTransportFactory().create(spec, context);
        model = newModel();
        transport.plug(model);
        driver = new MmioDriver(transport);
        model.wake();
        transport.wake();
        context.runPosted();
    }

    public VirtioModel newModel() throws PartException {
        return factory.create("virtio0/model", spec, context, backends);
    }

    /** Negotiates, sets all queues up, and lets the device start. */
    public VirtioRig start(long features) {
        if (!driver.negotiate(features)) {
            throw new AssertionError("features refused");
        }
        queues = new DriverQueue[model.queueCount()];
        for (int i = 0; i < queues.length; i++) {
            queues[i] = new DriverQueue(context.memory(), context.memory().baseGpa() + i * queueAreaBytes, queueAreaBytes, QUEUE_SIZE);
            driver.setUp(i, queues[i]);
        }
        driver.driverOk();
        context.runPosted();
        return this;
    }

    public void kick(int queue) {
        driver.kick(queue);
        context.runPosted();
    }

    public void acknowledge() {
        driver.write(MmioDriver.INTERRUPT_ACK, driver.read(MmioDriver.INTERRUPT_STATUS));
    }

    /** Replaces the model as the machine does. */
    public void replaceModel() throws PartException, NotAsleepException, StateException, ReplaceException {
        VirtioModel next = newModel();
        transport.closeIntake();
        model.sleep(Deadline.afterMillis(1000));
        StateImage.of(model).into(next);
        transport.plug(next);
        VirtioModel old = model;
        model = next;
        next.wake();
        transport.openIntake();
        old.close();
        context.runPosted();
    }
}
