package hv.virtio.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.device.DeviceSpec;
import hv.api.part.ReplaceException;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.api.virtio.spi.TransportDevice;
import hv.testkit.StatefulLaws;
import hv.testkit.fake.DriverQueue;
import hv.testkit.fake.EchoModel;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.MmioDriver;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every transport holds, over the registers that the subclass reaches. */
abstract class TransportLaws extends StatefulLaws<TransportDevice> {
    private static final int SIZE = 8;
    private static final long QUEUE_BYTES = 1 << 20;
    static final long ALL = MmioDriver.INDIRECT_DESC | MmioDriver.EVENT_IDX | EchoModel.FEATURE;

    FakeDeviceContext context;
    EchoModel model;
    TransportDevice transport;
    MmioDriver driver;
    DriverQueue[] queues;

    @BeforeEach
    void create() throws Exception {
        context = new FakeDeviceContext();
        model = new EchoModel();
        transport = transport(context);
        transport.plug(model);
        transport.wake();
        context.runPosted();
        driver = driver(transport);
    }

    /** A new transport. */
    abstract TransportDevice transport(FakeDeviceContext context);

    /** A driver of it. */
    abstract MmioDriver driver(TransportDevice transport);

    void start(long features) {
        assertTrue(driver.negotiate(features));
        setUpQueues(driver, context);
        driver.driverOk();
        context.runPosted();
    }

    private void setUpQueues(MmioDriver d, FakeDeviceContext c) {
        queues = new DriverQueue[2];
        for (int i = 0; i < 2; i++) {
            queues[i] = new DriverQueue(c.memory(), c.memory().baseGpa() + i * QUEUE_BYTES, QUEUE_BYTES, SIZE);
            d.setUp(i, queues[i]);
        }
    }

    void kick(int q) {
        driver.kick(q);
        context.runPosted();
    }

    boolean isBroken() {
        return (driver.read(MmioDriver.STATUS) & MmioDriver.NEEDS_RESET) != 0;
    }

    // ---- laws of state

    private FakeDeviceContext lawContext;

    @Override
    protected TransportDevice createPart() throws Exception {
        lawContext = new FakeDeviceContext();
        TransportDevice t = transport(lawContext);
        t.plug(new EchoModel());
        return t;
    }

    @Override
    protected void exercise(TransportDevice part) {
        MmioDriver d = driver(part);
        assertTrue(d.negotiate(ALL));
        setUpQueues(d, lawContext);
        d.driverOk();
        queues[0].send(queues[0].out(new byte[4]), queues[0].in(4));
        d.kick(0);
        lawContext.runPosted();
        d.read(MmioDriver.INTERRUPT_STATUS);
    }

    // ---- registers

    @Test
    void featuresNotOfferedAreRefused() {
        driver.write(MmioDriver.STATUS, 3);
        driver.write(MmioDriver.DRIVER_FEATURES_SEL, 0);
        driver.write(MmioDriver.DRIVER_FEATURES, 1);
        driver.write(MmioDriver.DRIVER_FEATURES_SEL, 1);
        driver.write(MmioDriver.DRIVER_FEATURES, 1);
        driver.write(MmioDriver.STATUS, 11);
        assertEquals(3, driver.read(MmioDriver.STATUS));
        driver.write(MmioDriver.STATUS, 15);
        context.runPosted();
        assertEquals(0, driver.read(MmioDriver.STATUS) & MmioDriver.DRIVER_OK, "no driver without features");
        assertEquals(List.of(), model.calls);
    }

    @Test
    void aDriverThatKnowsNoVersionOneIsServed() {
        driver.write(MmioDriver.STATUS, 3);
        driver.write(MmioDriver.STATUS, 11);
        assertEquals(11, driver.read(MmioDriver.STATUS));
        driver.write(MmioDriver.STATUS, 15);
        context.runPosted();
        assertEquals(List.of("activate"), model.calls);
        assertEquals(0, model.accepted);
    }

    @Test
    void theModelHearsOfTheDriverInOrder() {
        start(ALL);
        kick(1);
        driver.write(MmioDriver.STATUS, 0);
        assertEquals(0, driver.read(MmioDriver.STATUS));
        context.runPosted();
        assertEquals(List.of("activate", "notified 1", "reset"), model.calls);
        assertEquals(ALL | MmioDriver.VERSION_1, model.accepted);
        start(0);
        driver.kick(0);
        driver.write(MmioDriver.STATUS, 0);
        start(0);
        assertEquals(List.of("activate", "notified 1", "reset", "activate", "reset", "activate"), model.calls);
    }

    @Test
    void aKickIsNotLostWhileTheModelStillHearsOfTheResetBefore() {
        start(ALL);
        int[] resets = {0};
        model.resetting = () -> {
            if (resets[0]++ == 0) {
                // The vCPU is faster than the I/O context: the next driver is ready, and has offered a buffer.
                assertTrue(driver.negotiate(ALL));
                setUpQueues(driver, context);
                driver.driverOk();
                queues[0].send(queues[0].in(4));
                driver.kick(0);
            }
        };
        driver.write(MmioDriver.STATUS, 0);
        context.runPosted();
        assertEquals(1, queues[0].takeUsed().size());
    }

    @Test
    void kicksOfQueuesThatDoNotExistAreNothing() {
        start(ALL);
        for (int q : new int[] {2, 63, 64, -1, Integer.MIN_VALUE}) {
            kick(q);
        }
        assertEquals(List.of("activate"), model.calls);
    }

    // ---- hostile rings: each breaks the device until its reset, and nothing else

    private void assertBreaks(Runnable hostile) {
        hostile.run();
        kick(0);
        assertTrue(isBroken());
        assertEquals(2, driver.read(MmioDriver.INTERRUPT_STATUS) & 2, "a running driver is told");
        assertEquals(0, context.memory().openLeases());
        queues[0].send(queues[0].in(4));
        kick(0);
        assertEquals(List.of(), queues[0].takeUsed());
        start(ALL);
        assertFalse(isBroken());
        queues[0].send(queues[0].in(4));
        kick(0);
        assertEquals(1, queues[0].takeUsed().size());
    }

    private void assertDescriptorBreaks(long gpa, int len, int flags, int next) {
        start(ALL);
        assertBreaks(() -> {
            queues[0].descriptor(0, gpa, len, flags, next);
            queues[0].publish(0);
        });
    }

    @Test
    void hostileDescriptorsBreakTheDevice() {
        long ram = context.memory().baseGpa();
        long end = ram + context.memory().sizeBytes();
        assertDescriptorBreaks(ram, 4, DriverQueue.NEXT, 0); // a loop
        assertDescriptorBreaks(ram, 4, DriverQueue.NEXT, SIZE);
        assertDescriptorBreaks(ram, 4, DriverQueue.NEXT, 0xffff);
        assertDescriptorBreaks(0, 4, 0, 0);
        assertDescriptorBreaks(-1, 4, 0, 0);
        assertDescriptorBreaks(end, 1, DriverQueue.WRITE, 0);
        assertDescriptorBreaks(end - 1, 2, DriverQueue.WRITE, 0);
        assertDescriptorBreaks(ram, -1, DriverQueue.WRITE, 0);
        assertDescriptorBreaks(ram, 16, DriverQueue.INDIRECT | DriverQueue.NEXT, 1);
        assertDescriptorBreaks(ram, 0, DriverQueue.INDIRECT, 0);
        assertDescriptorBreaks(ram, 17, DriverQueue.INDIRECT, 0);
        assertDescriptorBreaks(ram, -16, DriverQueue.INDIRECT, 0);
        assertDescriptorBreaks(end - 8, 16, DriverQueue.INDIRECT, 0);
        assertDescriptorBreaks(Long.MAX_VALUE - 8, 16, DriverQueue.INDIRECT, 0);
    }

    @Test
    void anIndirectTableInATableBreaksTheDevice() {
        start(ALL);
        long table = context.memory().baseGpa() + (4 << 20);
        assertBreaks(() -> {
            queues[0].descriptorAt(table, table, 16, DriverQueue.INDIRECT, 0);
            queues[0].descriptor(0, table, 16, DriverQueue.INDIRECT, 0);
            queues[0].publish(0);
        });
    }

    @Test
    void anIndirectTableThatWasNotNegotiatedBreaksTheDevice() {
        start(0);
        queues[0].sendIndirect(queues[0].in(4));
        kick(0);
        assertTrue(isBroken());
    }

    @Test
    void aReadableDescriptorBehindAWritableOneBreaksTheDevice() {
        start(ALL);
        assertBreaks(() -> queues[0].send(queues[0].in(4), queues[0].out(new byte[4])));
    }

    @Test
    void hostileIndicesBreakTheDevice() {
        start(ALL);
        assertBreaks(() -> queues[0].publish(SIZE));
        start(ALL);
        assertBreaks(() -> queues[0].publish(0xffff));
        start(ALL);
        assertBreaks(() -> queues[0].setAvailIndex(SIZE + 1));
        start(ALL);
        assertBreaks(() -> queues[0].setAvailIndex(0x8000));
    }

    @Test
    void aHeadOfferedTwiceBreaksTheDevice() {
        start(ALL);
        model.keep = true;
        DriverQueue q = queues[0];
        q.publish(q.send(q.in(4)));
        kick(0);
        assertTrue(isBroken());
        assertEquals(1, model.kept.size());
    }

    @Test
    void wrongQueueSizesAndPlacesBreakTheDevice() {
        long ram = context.memory().baseGpa();
        long end = ram + context.memory().sizeBytes();
        long[][] cases = {{3, ram, ram + 4096, ram + 8192}, {32, ram, ram + 4096, ram + 8192}, {0x8000, ram, ram + 4096, ram + 8192}, {8, ram + 8, ram + 4096, ram + 8192}, {8, ram, ram + 4097, ram + 8192},
            {8, ram, ram + 4096, ram + 8194}, {8, end, ram + 4096, ram + 8192}, {8, ram, end - 2, ram + 8192}, {8, ram, ram + 4096, end - 4},
            {8, -16, -2, -4}};
        for (long[] c : cases) {
            assertTrue(driver.negotiate(ALL));
            driver.setUp(0, (int) c[0], c[1], c[2], c[3]);
            assertEquals(0, driver.read(MmioDriver.QUEUE_READY));
            assertTrue(isBroken());
        }
        start(ALL);
        assertFalse(isBroken());
    }

    // ---- replacement

    @Test
    void nothingIsPoppedWhileIntakeIsClosed() {
        start(ALL);
        transport.closeIntake();
        queues[0].send(queues[0].in(4));
        kick(0);
        assertEquals(0, queues[0].usedIndex());
        transport.openIntake();
        context.runPosted();
        assertEquals(1, queues[0].usedIndex());
    }

    @Test
    void aNewModelGoesOnWhereTheOldOneWas() throws Exception {
        start(ALL);
        queues[0].send(queues[0].in(4));
        kick(0);
        transport.closeIntake();
        EchoModel next = new EchoModel();
        transport.plug(next);
        assertEquals(List.of("activate"), next.calls);
        assertEquals(ALL | MmioDriver.VERSION_1, next.accepted);
        queues[0].send(queues[0].in(4));
        driver.kick(0);
        transport.openIntake();
        context.runPosted();
        assertEquals(2, queues[0].usedIndex());
        assertFalse(model.calls.contains("reset"));
    }

    @Test
    void aModelThatDoesNotFitIsRefusedAndTheOldOneServes() {
        start(ALL);
        EchoModel otherId = new EchoModel();
        otherId.id = 2;
        EchoModel fewer = new EchoModel();
        fewer.queues = 1;
        EchoModel smaller = new EchoModel();
        smaller.sizeMax = 4;
        EchoModel without = new EchoModel();
        without.features = 0;
        EchoModel huge = new EchoModel();
        huge.sizeMax = 2048;
        for (EchoModel bad : List.of(otherId, fewer, smaller, without, huge)) {
            transport.closeIntake();
            assertThrows(ReplaceException.class, () -> transport.plug(bad));
            transport.openIntake();
            context.runPosted();
            assertEquals(List.of(), bad.calls);
        }
        queues[0].send(queues[0].in(4));
        kick(0);
        assertEquals(1, queues[0].usedIndex());
    }

    @Test
    void aNewTransportTouchesNothingBeforeItWakes() throws Exception {
        start(ALL);
        queues[0].send(queues[0].in(4));
        kick(0);
        queues[0].send(queues[0].in(4));
        transport.closeIntake();
        transport.sleep(Deadline.afterMillis(10));
        TransportDevice next = transport(context);
        StateImage.of(transport).into(next);
        next.plug(model);
        model.notified(0);
        assertEquals(1, queues[0].usedIndex());
        assertTrue(context.line().isHigh());
        // It is refused: the old one serves on.
        transport.plug(model);
        transport.wake();
        transport.openIntake();
        next.close();
        context.runPosted();
        assertEquals(2, queues[0].usedIndex());
        assertTrue(context.line().isHigh());
    }

    @Test
    void aTransportSleepsOnlyWhenItsModelHasNothing() throws Exception {
        start(ALL);
        model.keep = true;
        queues[0].send(queues[0].in(4));
        kick(0);
        assertThrows(NotAsleepException.class, () -> transport.sleep(Deadline.afterMillis(0)));
        model.answer(model.transport.queue(0), model.kept.getFirst());
        transport.sleep(Deadline.afterMillis(0));
    }

    @Test
    void aStateOfAnotherDeviceIsRefused() throws Exception {
        start(ALL);
        transport.sleep(Deadline.afterMillis(10));
        StateImage state = StateImage.of(transport);
        EchoModel other = new EchoModel();
        other.id = 2;
        TransportDevice next = transport(context);
        next.plug(other);
        assertThrows(StateException.class, () -> state.into(next));
    }
}
