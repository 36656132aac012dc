package hv.virtio.internal;

import hv.api.device.DeviceSpec;
import hv.api.virtio.spi.TransportDevice;
import hv.testkit.RingLaws;
import hv.testkit.fake.DriverQueue;
import hv.testkit.fake.DriverRing;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.FakeGuestMemory;
import hv.testkit.fake.MmioDriver;
import java.util.Map;

class SplitQueueTest extends RingLaws {
    @Override
    protected TransportDevice transport(FakeDeviceContext context) {
        return new MmioTransportFactory().create(new DeviceSpec("virtio0", "virtio-mmio", 0x1000_1000, 0x1000, 1, Map.of()), context);
    }

    @Override
    protected MmioDriver driver(TransportDevice transport) {
        return new MmioDriver(transport);
    }

    @Override
    protected DriverRing ring(FakeGuestMemory memory, long gpa, long lenBytes, int size) {
        return new DriverQueue(memory, gpa, lenBytes, size);
    }

    @Override
    protected long layout() {
        return 0;
    }

    @Override
    protected int size() {
        return 8;
    }
}
