package hv.virtio.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.device.DeviceSpec;
import hv.api.pci.spi.PciFunction;
import hv.api.pci.spi.PciWindow;
import hv.api.state.Deadline;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.api.virtio.spi.TransportDevice;
import hv.pci.ConfigSpace;
import hv.testkit.fake.DriverQueue;
import hv.testkit.fake.EchoModel;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.MmioDriver;
import hv.testkit.fake.PciDriver;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PciTransportTest extends TransportLaws {
    private static final long BAR_GPA = 0x4000_0000L;

    @Override
    TransportDevice transport(FakeDeviceContext context) {
        return new PciTransportFactory().create(new DeviceSpec("virtio0", "virtio-pci", 0, 0, 33, Map.of(PciFunction.PLACE, "1")), context);
    }

    @Override
    MmioDriver driver(TransportDevice transport) {
        return new PciDriver((PciFunction) transport, BAR_GPA);
    }

    private PciFunction function() {
        return (PciFunction) transport;
    }

    private long bar(int offset, int widthBytes) {
        return function().read(PciWindow.offset(PciLayout.BAR, offset), widthBytes);
    }

    private void bar(int offset, int widthBytes, long value) {
        function().write(PciWindow.offset(PciLayout.BAR, offset), widthBytes, value);
    }

    @Test
    void itIsAModernFunctionOfItsModel() {
        assertEquals(0x1af4, function().readConfig(0, 2));
        assertEquals(0x1040 + 42, function().readConfig(2, 2));
        assertEquals(1, function().readConfig(8, 1));
        assertEquals(2, bar(PciLayout.NUM_QUEUES, 2));
        assertEquals(42, driver.read(MmioDriver.DEVICE_ID));
        assertEquals(ALL | MmioDriver.VERSION_1, driver.offered());
    }

    @Test
    void theBarIsSizedByWritingOnesAndDecodedWhereItLies() {
        assertEquals(List.of(new PciWindow(0, BAR_GPA, PciLayout.BAR_BYTES)), function().windows());
        function().writeConfig(0x10, 4, 0xffff_ffffL);
        assertEquals(0xffff_ffffL & -PciLayout.BAR_BYTES | 4, function().readConfig(0x10, 4));
        int before = context.pciBus().changes();
        function().writeConfig(0x10, 4, 0x5000_0000L);
        assertEquals(before + 1, context.pciBus().changes());
        assertEquals(0x5000_0000L, function().windows().getFirst().gpa());
        function().writeConfig(ConfigSpace.COMMAND, 2, 0);
        assertEquals(List.of(), function().windows());
    }

    @Test
    void theDevicesConfigurationIsReadInAnyWidthAndEndsWhereItEnds() {
        assertEquals(0x0807_0605_0403_0201L, bar(PciLayout.DEVICE, 8));
        assertEquals(0x0807, bar(PciLayout.DEVICE + 6, 4));
        assertEquals(0, bar(PciLayout.DEVICE + 8, 4));
        bar(PciLayout.DEVICE, 2, 0xbeef);
        assertEquals(0xbeef, bar(PciLayout.DEVICE, 2));
    }

    @Test
    void withMessagesEachQueueSendsItsVectorAndThePinStaysLow() {
        start(0);
        int msix = ((PciDriver) driver).msix();
        for (int v = 0; v < 3; v++) {
            bar(PciLayout.TABLE + 16 * v, 8, 0x2800_0000L + 0x1000 * v);
            bar(PciLayout.TABLE + 16 * v + 8, 4, 50 + v);
            bar(PciLayout.TABLE + 16 * v + 12, 4, v == 2 ? 1 : 0);
        }
        function().writeConfig(msix + 2, 2, 0x8000);
        bar(PciLayout.CONFIG_VECTOR, 2, 0);
        for (int q = 0; q < 2; q++) {
            bar(PciLayout.QUEUE_SELECT, 2, q);
            bar(PciLayout.QUEUE_VECTOR, 2, q + 1);
            assertEquals(q + 1, bar(PciLayout.QUEUE_VECTOR, 2));
        }
        bar(PciLayout.QUEUE_VECTOR, 2, 500);
        assertEquals(PciLayout.NO_VECTOR, bar(PciLayout.QUEUE_VECTOR, 2), "what there is not reads back as none");
        bar(PciLayout.QUEUE_VECTOR, 2, 2);
        queues[0].send(queues[0].in(4));
        kick(0);
        assertEquals(List.of(new FakeDeviceContext.Message(0x2800_1000L, 51)), context.takeMessages());
        queues[1].send(queues[1].in(4));
        kick(1);
        assertEquals(List.of(), context.takeMessages(), "it is masked");
        assertEquals(4, bar(PciLayout.PENDING, 4));
        bar(PciLayout.TABLE + 16 * 2 + 12, 4, 0);
        assertEquals(List.of(new FakeDeviceContext.Message(0x2800_2000L, 52)), context.takeMessages());
        assertEquals(0, bar(PciLayout.PENDING, 4));
        assertFalse(context.line().isHigh());
    }

    @Test
    void aMessageThatFallsDueAsleepIsSentByTheSuccessor() throws Exception {
        withMessagesEachQueueSendsItsVectorAndThePinStaysLow();
        bar(PciLayout.TABLE + 16 + 12, 4, 1);
        queues[0].send(queues[0].in(4));
        kick(0);
        transport.sleep(Deadline.afterMillis(0));
        StateImage image = StateImage.of(transport);
        TransportDevice next = transport(context);
        next.plug(new EchoModel());
        image.into(next);
        assertEquals(((PciFunction) transport).windows(), ((PciFunction) next).windows());
        next.wake();
        assertEquals(List.of(), context.takeMessages(), "masked still");
        ((PciFunction) next).write(PciWindow.offset(0, PciLayout.TABLE + 16 + 12), 4, 0);
        assertEquals(List.of(new FakeDeviceContext.Message(0x2800_1000L, 51)), context.takeMessages());
    }

    @Test
    void aQueueWhoseSizeIsNotWrittenHasTheLargest() {
        assertTrue(driver.negotiate(ALL));
        long ram = context.memory().baseGpa();
        driver.setUp(0, 0, ram, ram + 4096, ram + 8192);
        assertEquals(1, driver.read(MmioDriver.QUEUE_READY));
        assertEquals(16, driver.read(MmioDriver.QUEUE_NUM_MAX));
    }

    @Test
    void thePinIsSwitchedOffInTheCommandRegister() {
        start(0);
        function().writeConfig(ConfigSpace.COMMAND, 2, 6 | ConfigSpace.COMMAND_NO_INTX);
        queues[0].send(queues[0].in(4));
        kick(0);
        assertFalse(context.line().isHigh());
        assertEquals(ConfigSpace.STATUS_INTERRUPT, function().readConfig(ConfigSpace.STATUS, 2) & ConfigSpace.STATUS_INTERRUPT);
        function().writeConfig(ConfigSpace.COMMAND, 2, 6);
        assertTrue(context.line().isHigh());
        assertEquals(1, driver.read(MmioDriver.INTERRUPT_STATUS));
        assertFalse(context.line().isHigh());
    }

    @Test
    void withoutBusMasteringTheFunctionReachesNoRam() {
        start(0);
        model.keep = true;
        DriverQueue q = queues[0];
        DriverQueue.Buffer in = q.in(4);
        q.send(q.out(new byte[] {1, 2, 3, 4}), in);
        kick(0);
        function().writeConfig(ConfigSpace.COMMAND, 2, ConfigSpace.COMMAND_MEMORY);
        model.answer(model.lent(0), model.kept.removeFirst());
        model.lent(0).interrupt();
        q.send(q.in(4));
        kick(0);
        assertEquals(0, q.usedIndex());
        assertArrayEquals(new byte[4], q.content(in));
        assertEquals(List.of(), model.kept, "nothing is popped");
        assertFalse(isBroken());
        model.keep = false;
        function().writeConfig(ConfigSpace.COMMAND, 2, ConfigSpace.COMMAND_MEMORY | ConfigSpace.COMMAND_MASTER);
        context.runPosted();
        assertEquals(1, q.takeUsed().size(), "what was offered meanwhile is served");
        start(0);
        queues[0].send(queues[0].in(4));
        kick(0);
        assertEquals(1, queues[0].takeUsed().size());
    }

    @Test
    void withoutBusMasteringMessagesWait() throws Exception {
        withMessagesEachQueueSendsItsVectorAndThePinStaysLow();
        queues[0].send(queues[0].in(4));
        bar(PciLayout.TABLE + 16 + 12, 4, 1);
        kick(0);
        function().writeConfig(ConfigSpace.COMMAND, 2, ConfigSpace.COMMAND_MEMORY);
        bar(PciLayout.TABLE + 16 + 12, 4, 0);
        assertEquals(List.of(), context.takeMessages());
        assertEquals(2, bar(PciLayout.PENDING, 4));
        function().writeConfig(ConfigSpace.COMMAND, 2, ConfigSpace.COMMAND_MEMORY | ConfigSpace.COMMAND_MASTER);
        assertEquals(List.of(new FakeDeviceContext.Message(0x2800_1000L, 51)), context.takeMessages());
    }

    private int accessCapability() {
        int at = 0;
        for (int c = (int) function().readConfig(0x34, 1); c != 0; c = (int) function().readConfig(c + 1, 1)) {
            at = function().readConfig(c, 1) == 9 && function().readConfig(c + 3, 1) == 5 ? c : at;
        }
        return at;
    }

    /** Poked through the window of configuration space alone, near the truth: it reaches registers, table and doorbells, and nothing else. */
    @Test
    void aHostileGuestAtTheWindowBreaksNothingButItsDevice() {
        Random random = new Random(7);
        int at = accessCapability();
        int reached = 0;
        start(ALL);
        for (int i = 0; i < 100_000; i++) {
            int width = 1 << random.nextInt(3);
            int part = random.nextInt(8) * PciLayout.PART_BYTES;
            function().writeConfig(at + 4, 1, random.nextInt(16) == 0 ? random.nextInt(256) : PciLayout.BAR);
            function().writeConfig(at + 8, 4, random.nextInt(8) == 0 ? random.nextInt() & 0xffff_ffffL : part + random.nextInt(0x40) & -width);
            function().writeConfig(at + 12, 4, random.nextInt(8) == 0 ? random.nextInt() & 0xffff_ffffL : width);
            long value = random.nextInt(3) == 0 ? random.nextInt() & -1L >>> 64 - 8 * width : random.nextInt(8);
            if (random.nextBoolean()) {
                function().writeConfig(at + 16, width, value);
            } else {
                long read = function().readConfig(at + 16, width);
                assertEquals(0, read & ~(-1L >>> 64 - 8 * width), "wider than asked for");
                reached += read != 0 ? 1 : 0;
            }
            if ((i & 63) == 0) {
                context.runPosted();
                context.takeMessages();
            }
        }
        assertTrue(reached > 1_000, "the window was open in " + reached + " cases");
        assertServesAfterAReset();
    }

    @Test
    void configurationSpaceReachesTheBarToo() {
        int at = accessCapability();
        function().writeConfig(at + 8, 4, PciLayout.NUM_QUEUES);
        function().writeConfig(at + 12, 4, 2);
        assertEquals(2, function().readConfig(at + 16, 2));
        function().writeConfig(at + 8, 4, 0xffff_fff0L);
        assertEquals(0, function().readConfig(at + 16, 2) & 0xfffe, "outside the BAR is nothing");
    }

    @Test
    void aMachineWithoutTargetHasNoMessages() throws Exception {
        PciTransport t = new PciTransport(new DeviceSpec("virtio0", "virtio-pci", 0, 0, 33, Map.of(PciFunction.PLACE, "1")), new FakeDeviceContext().withoutMessages());
        t.plug(new EchoModel());
        assertEquals(-1, new PciDriver(t, BAR_GPA).msix());
        transport.sleep(Deadline.afterMillis(0));
        assertThrows(StateException.class, () -> StateImage.of(transport).into(t));
    }

    @Test
    void aHostileGuestBreaksNothingButItsDevice() {
        Random random = new Random(20261124);
        int[] widths = {1, 2, 4, 8};
        for (int i = 0; i < 200_000; i++) {
            int width = widths[random.nextInt(4)];
            int offset = random.nextInt(random.nextBoolean() ? 0x40 : PciLayout.BAR_BYTES);
            long value = random.nextInt(3) == 0 ? random.nextLong() : random.nextInt(8);
            switch (random.nextInt(4)) {
                case 0 -> function().writeConfig(random.nextInt(4096), Math.min(width, 4), value);
                case 1 -> function().readConfig(random.nextInt(4096), Math.min(width, 4));
                case 2 -> bar(Math.min(offset, PciLayout.BAR_BYTES - width), width, value & -1L >>> 64 - 8 * width);
                default -> bar(Math.min(offset, PciLayout.BAR_BYTES - width), width);
            }
            if ((i & 63) == 0) {
                context.runPosted();
                context.takeMessages();
            }
        }
        assertServesAfterAReset();
    }

    private void assertServesAfterAReset() {
        function().reset();
        context.runPosted();
        driver = driver(transport);
        start(ALL);
        queues[0].send(queues[0].in(4));
        kick(0);
        assertEquals(1, queues[0].takeUsed().size());
    }
}
