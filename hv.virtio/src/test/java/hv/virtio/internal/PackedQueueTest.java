package hv.virtio.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.device.DeviceSpec;
import hv.api.pci.spi.PciFunction;
import hv.api.state.Deadline;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.api.virtio.spi.TransportDevice;
import hv.testkit.RingLaws;
import hv.testkit.fake.DriverRing;
import hv.testkit.fake.EchoModel;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.FakeGuestMemory;
import hv.testkit.fake.MmioDriver;
import hv.testkit.fake.PackedDriverQueue;
import hv.testkit.fake.PciDriver;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Packed rings, of a size that is no power of two, on PCI; what a hostile driver writes into them; and that the other transport has them, too. */
class PackedQueueTest extends RingLaws {
    private static final long ALL = MmioDriver.INDIRECT_DESC | MmioDriver.EVENT_IDX;
    private static final DeviceSpec MMIO = new DeviceSpec("virtio0", "virtio-mmio", 0x1000_1000, 0x1000, 1, Map.of("packed", "on"));

    @Override
    protected TransportDevice transport(FakeDeviceContext context) {
        return new PciTransportFactory().create(new DeviceSpec("virtio0", "virtio-pci", 0, 0, 33, Map.of(PciFunction.PLACE, "1", "packed", "on")), context);
    }

    @Override
    protected MmioDriver driver(TransportDevice transport) {
        return new PciDriver((PciFunction) transport, 0x4000_0000L);
    }

    @Override
    protected DriverRing ring(FakeGuestMemory memory, long gpa, long lenBytes, int size) {
        return new PackedDriverQueue(memory, gpa, lenBytes, size);
    }

    @Override
    protected long layout() {
        return MmioDriver.RING_PACKED;
    }

    @Override
    protected int size() {
        return 11;
    }

    private PackedDriverQueue queue() {
        return (PackedDriverQueue) queues[0];
    }

    @Test
    void anySizeUpToTheModelsServes() {
        for (int size = 1; size <= 16; size++) {
            for (MmioDriver d : List.of(driver, mmio(context))) {
                assertTrue(d.negotiate(ALL | MmioDriver.RING_PACKED));
                PackedDriverQueue q = new PackedDriverQueue(context.memory(), context.memory().baseGpa(), 1 << 20, size);
                d.setUp(0, q);
                assertEquals(1, d.read(MmioDriver.QUEUE_READY));
                d.driverOk();
                context.runPosted();
                for (int i = 0; i < 3 * size + 1; i++) {
                    q.send(q.in(1));
                    d.kick(0);
                    context.runPosted();
                    assertEquals(1, q.takeUsed().size(), "chain " + i + " in a ring of " + size);
                }
            }
        }
        assertTrue(driver.negotiate(ALL | MmioDriver.RING_PACKED));
        driver.setUp(0, 17, context.memory().baseGpa(), context.memory().baseGpa() + 4096, context.memory().baseGpa() + 8192);
        assertTrue(isBroken());
    }

    private static MmioDriver mmio(FakeDeviceContext context) {
        TransportDevice t = new MmioTransportFactory().create(MMIO, context);
        try {
            t.plug(new EchoModel());
        } catch (hv.api.part.ReplaceException e) {
            throw new AssertionError(e);
        }
        t.wake();
        context.runPosted();
        return new MmioDriver(t);
    }

    @Test
    void itIsOfferedOnlyWhereTheDeviceSaysSo() throws Exception {
        assertEquals(MmioDriver.RING_PACKED, driver.offered() & MmioDriver.RING_PACKED);
        TransportDevice without = new PciTransportFactory().create(new DeviceSpec("virtio0", "virtio-pci", 0, 0, 33, Map.of(PciFunction.PLACE, "1")), context);
        without.plug(new EchoModel());
        without.wake();
        assertEquals(0, driver(without).offered() & MmioDriver.RING_PACKED);
        start(ALL);
        transport.sleep(Deadline.afterMillis(10));
        TransportDevice next = new PciTransportFactory().create(new DeviceSpec("virtio0", "virtio-pci", 0, 0, 33, Map.of(PciFunction.PLACE, "1")), context);
        assertThrows(StateException.class, () -> StateImage.of(transport).into(next), "its driver could not go on");
    }

    @Test
    void aLayoutChosenAfterTheQueuesWereSetUpIsCheckedAgain() {
        driver.write(MmioDriver.STATUS, 0);
        driver.write(MmioDriver.STATUS, 3);
        driver.write(MmioDriver.DRIVER_FEATURES_SEL, 1);
        driver.write(MmioDriver.DRIVER_FEATURES, 5);
        long ram = context.memory().baseGpa();
        driver.setUp(0, 3, ram, ram + 4096, ram + 8192);
        assertEquals(1, driver.read(MmioDriver.QUEUE_READY));
        driver.write(MmioDriver.DRIVER_FEATURES, 1);
        driver.write(MmioDriver.STATUS, 11);
        driver.write(MmioDriver.STATUS, 15);
        context.runPosted();
        assertTrue(isBroken());
        assertEquals(List.of(), model.calls);
        start(ALL);
        assertFalse(isBroken());
    }

    // ---- hostile rings

    private void assertBreaks(Runnable hostile) {
        start(ALL);
        hostile.run();
        kick(0);
        assertTrue(isBroken());
        assertEquals(0, context.memory().openLeases());
        start(ALL);
        queue().send(queue().in(4));
        kick(0);
        assertEquals(1, queue().takeUsed().size());
    }

    private void assertDescriptorBreaks(long gpa, int len, int flags) {
        assertBreaks(() -> queue().makeAvailable(gpa, len, 0, flags));
    }

    @Test
    void hostileDescriptorsBreakTheDevice() {
        long ram = context.memory().baseGpa();
        long end = ram + context.memory().sizeBytes();
        assertDescriptorBreaks(0, 4, 0);
        assertDescriptorBreaks(-1, 4, 0);
        assertDescriptorBreaks(end, 1, DriverRing.WRITE);
        assertDescriptorBreaks(end - 1, 2, DriverRing.WRITE);
        assertDescriptorBreaks(ram, -1, DriverRing.WRITE);
        assertDescriptorBreaks(ram, 16, DriverRing.INDIRECT | DriverRing.NEXT);
        assertDescriptorBreaks(ram, 0, DriverRing.INDIRECT);
        assertDescriptorBreaks(ram, 17, DriverRing.INDIRECT);
        assertDescriptorBreaks(ram, -16, DriverRing.INDIRECT);
        assertDescriptorBreaks(end - 8, 16, DriverRing.INDIRECT);
        assertDescriptorBreaks(Long.MAX_VALUE - 8, 16, DriverRing.INDIRECT);
    }

    @Test
    void aChainWithoutEndBreaksTheDevice() {
        assertBreaks(() -> {
            for (int i = 0; i < size(); i++) {
                queue().makeAvailable(context.memory().baseGpa(), 4, i, DriverRing.NEXT);
            }
        });
    }

    @Test
    void aChainOverDescriptorsInFlightBreaksTheDevice() {
        assertBreaks(() -> {
            model.keep = true;
            queue().send(queue().in(1), queue().in(1));
            kick(0);
            for (int i = 0; i < size() - 1; i++) {
                queue().makeAvailable(context.memory().baseGpa(), 4, 0, DriverRing.NEXT);
            }
            kick(0);
            model.keep = false;
        });
    }

    @Test
    void aFullRingGivesNoMoreWhateverItsFlagsSay() {
        start(ALL);
        model.keep = true;
        for (int i = 0; i < size(); i++) {
            queue().send(queue().in(1));
        }
        kick(0);
        queue().makeAvailable(context.memory().baseGpa(), 4, 0, 0);
        kick(0);
        assertEquals(size(), model.kept.size());
    }

    @Test
    void anIndirectTableBehindOrInAnotherBreaksTheDevice() {
        long table = context.memory().baseGpa() + (4 << 20);
        assertBreaks(() -> {
            queue().descriptorAt(table, table, 16, 0, DriverRing.INDIRECT);
            queue().makeAvailable(table, 16, 0, DriverRing.INDIRECT);
        });
        assertBreaks(() -> {
            queue().descriptor(1, table, 16, 0, DriverRing.INDIRECT);
            queue().makeAvailable(table, 16, 0, DriverRing.NEXT);
        });
        start(0);
        queue().sendIndirect(queue().in(4));
        kick(0);
        assertTrue(isBroken(), "not negotiated");
    }

    /** A ring at random, mostly near the truth; no call throws, no lease stays, and a reset heals. */
    @Test
    void randomRingsBreakNothingButTheirDevice() throws Exception {
        Random random = new Random(20261124);
        int[] flags = {0, 1, 2, 3, 4, 6, 7};
        for (int run = 0; run < 500; run++) {
            start(random.nextInt(4) * MmioDriver.INDIRECT_DESC);
            model.keep = random.nextInt(4) == 0;
            long base = context.memory().baseGpa();
            for (int i = 0; i < 60; i++) {
                long gpa = switch (random.nextInt(6)) {
                    case 0 -> random.nextLong();
                    case 1 -> base + context.memory().sizeBytes() - random.nextInt(16);
                    default -> base + random.nextInt(1 << 20);
                };
                int len = random.nextInt(8) == 0 ? random.nextInt() : 16 * random.nextInt(5);
                int flag = flags[random.nextInt(flags.length)];
                switch (random.nextInt(8)) {
                    case 0 -> queue().descriptor(random.nextInt(size()), gpa, len, random.nextInt(1 << 16), random.nextInt(1 << 16));
                    case 1, 2 -> queue().makeAvailable(gpa, len, random.nextInt(random.nextBoolean() ? 16 : 1 << 16), flag);
                    case 3 -> queue().makeAvailable(base + random.nextInt(1 << 20), random.nextInt(64), random.nextInt(16), flag & 3);
                    case 4 -> queue().driverEvent(random.nextInt(1 << 16), random.nextInt(1 << 16));
                    case 5, 6 -> kick(random.nextInt(2));
                    default -> {
                        transport.closeIntake();
                        model = new EchoModel();
                        transport.plug(model);
                        transport.sleep(Deadline.afterMillis(10));
                        TransportDevice next = transport(context);
                        StateImage.of(transport).into(next);
                        next.plug(model);
                        next.wake();
                        transport.close();
                        transport = next;
                        driver = driver(transport);
                        context.runPosted();
                    }
                }
                assertEquals(0, context.memory().openLeases());
            }
            start(ALL);
            model.keep = false;
            queue().send(queue().out(new byte[4]), queue().in(4));
            kick(0);
            assertEquals(1, queue().takeUsed().size(), "run " + run);
        }
    }
}
