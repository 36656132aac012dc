package hv.virtio.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.device.DeviceSpec;
import hv.api.virtio.spi.TransportDevice;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.MmioDriver;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MmioTransportTest extends TransportLaws {
    @Override
    TransportDevice transport(FakeDeviceContext context) {
        return new MmioTransportFactory().create(new DeviceSpec("virtio0", "virtio-mmio", 0x1000_1000, 0x1000, 1, Map.of()), context);
    }

    @Override
    MmioDriver driver(TransportDevice transport) {
        return new MmioDriver(transport);
    }

    @Test
    void itIsAVersionTwoDevice() {
        assertEquals(0x7472_6976, driver.read(MmioDriver.MAGIC));
        assertEquals(2, driver.read(MmioDriver.VERSION));
        assertEquals(42, driver.read(MmioDriver.DEVICE_ID));
        assertEquals(ALL | MmioDriver.VERSION_1, driver.offered());
        driver.write(MmioDriver.QUEUE_SEL, 1);
        assertEquals(16, driver.read(MmioDriver.QUEUE_NUM_MAX));
        driver.write(MmioDriver.QUEUE_SEL, 2);
        assertEquals(0, driver.read(MmioDriver.QUEUE_NUM_MAX));
        driver.write(MmioDriver.QUEUE_SEL, -1);
        assertEquals(0, driver.read(MmioDriver.QUEUE_NUM_MAX));
        assertEquals(0xffff_ffffL, driver.read(0xb0), "there is no shared memory");
    }

    @Test
    void theConfigurationIsReadInAnyWidthAndEndsWhereItEnds() {
        assertEquals(0x0807_0605_0403_0201L, transport.read(0x100, 8));
        assertEquals(0x0807, transport.read(0x106, 4));
        assertEquals(0, transport.read(0x108, 4));
        transport.write(0x100, 2, 0xbeef);
        assertEquals(0xbeef, transport.read(0x100, 2));
        transport.write(0x107, 4, -1);
        assertEquals(0xff, transport.read(0x107, 1));
    }

    @Test
    void aQueueWithdrawnIsDeadUntilTheReset() {
        start(ALL);
        driver.write(MmioDriver.QUEUE_SEL, 0);
        driver.write(MmioDriver.QUEUE_READY, 0);
        queues[0].send(queues[0].in(4));
        kick(0);
        assertEquals(0, queues[0].usedIndex());
        driver.write(MmioDriver.QUEUE_READY, 1);
        assertEquals(0, driver.read(MmioDriver.QUEUE_READY));
        assertFalse(isBroken());
    }

    @Test
    void sizesThatOnlyHalfARegisterCouldHoldBreakTheDeviceToo() {
        long ram = context.memory().baseGpa();
        for (int size : new int[] {0, 0x1_0008, 0x8000_0000}) {
            driver.negotiate(ALL);
            driver.setUp(0, size, ram, ram + 4096, ram + 8192);
            assertEquals(0, driver.read(MmioDriver.QUEUE_READY));
            assertTrue(isBroken());
        }
    }
}
