package hv.virtio.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import hv.api.virtio.spi.VirtQueue;
import hv.testkit.StatefulLaws;
import hv.testkit.fake.DriverQueue;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.MmioDriver;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    void kicksOfQueuesThatDoNotExistAreNothing() {
        start(ALL);
        for (int q : new int[] {2, 63, 64, -1, Integer.MIN_VALUE}) {
            kick(q);
        }
        assertEquals(List.of("activate"), model.calls);
    }

    // ---- queues

    @ParameterizedTest
    @ValueSource(longs = {0, MmioDriver.INDIRECT_DESC, MmioDriver.EVENT_IDX, ALL})
    void chainsAreAnsweredWholeOverManyTurnsOfTheRing(long features) {
        start(features);
        Random random = new Random(features);
        for (int i = 0; i < 70_000; i++) {
            byte[] data = new byte[1 + random.nextInt(100)];
            random.nextBytes(data);
            int cut = random.nextInt(data.length + 1);
            DriverQueue q = queues[i & 1];
            DriverQueue.Buffer a = q.out(java.util.Arrays.copyOf(data, cut));
            DriverQueue.Buffer b = q.out(java.util.Arrays.copyOfRange(data, cut, data.length));
            DriverQueue.Buffer in = q.in(data.length);
            int head = (features & MmioDriver.INDIRECT_DESC) != 0 ? q.sendIndirect(a, b, in) : q.send(a, b, in);
            kick(i & 1);
            assertEquals(List.of(new DriverQueue.Used(head, data.length)), q.takeUsed());
            assertArrayEquals(data, q.content(in));
        }
        assertEquals(0, context.memory().openLeases());
        assertFalse(isBroken());
    }

    @Test
    void withEventIndexTheDriverIsInterruptedOnlyWhereItAsked() {
        start(ALL);
        DriverQueue q = queues[0];
        q.send(q.in(4));
        kick(0); // the first is always told
        driver.write(MmioDriver.INTERRUPT_ACK, 1);
        q.setUsedEvent(3);
        for (int i = 1; i <= 5; i++) {
            q.send(q.in(4));
            kick(0);
            assertEquals(i + 1 > 3, context.line().isHigh(), "after " + (i + 1) + " answers");
        }
        driver.write(MmioDriver.INTERRUPT_ACK, 1);
        assertEquals(6, q.availEvent(), "the device asks for a kick at the next entry");
    }

    @Test
    void withoutEventIndexTheFlagSuppressesInterrupts() {
        start(0);
        DriverQueue q = queues[0];
        q.setAvailFlags(1);
        q.send(q.in(4));
        kick(0);
        assertFalse(context.line().isHigh());
        assertEquals(1, q.takeUsed().size());
        q.setAvailFlags(0);
        q.send(q.in(4));
        kick(0);
        assertTrue(context.line().isHigh());
        assertEquals(1, driver.read(MmioDriver.INTERRUPT_STATUS));
        driver.write(MmioDriver.INTERRUPT_ACK, 1);
        assertFalse(context.line().isHigh());
    }

    @Test
    void aChainGivenBackIsPoppedAgainFirst() {
        start(ALL);
        model.keep = true;
        DriverQueue q = queues[0];
        int a = q.send(q.in(1));
        int b = q.send(q.in(1));
        VirtQueue lent = model.transport.queue(0);
        var first = lent.pop();
        assertEquals(a, first.head());
        lent.unpop(first);
        first = lent.pop();
        assertEquals(a, first.head());
        assertEquals(b, lent.pop().head());
        var answered = first;
        assertThrows(IllegalStateException.class, () -> lent.unpop(answered), "only the one popped last");
        lent.push(first, 0);
        assertThrows(IllegalStateException.class, () -> lent.push(answered, 0), "answered twice");
    }

    @Test
    void severalChainsGoBackInTheOrderInWhichTheyCame() {
        start(ALL);
        model.keep = true;
        int[] heads = new int[4];
        for (int i = 0; i < heads.length; i++) {
            heads[i] = queues[0].send(queues[0].in(4));
        }
        VirtQueue lent = model.transport.queue(0);
        for (int round = 0; round < 3; round++) {
            hv.api.virtio.spi.Chain[] popped = new hv.api.virtio.spi.Chain[heads.length];
            for (int i = 0; i < heads.length; i++) {
                popped[i] = lent.pop();
                assertEquals(heads[i], popped[i].head());
            }
            for (int i = heads.length - 1; i >= 0; i--) {
                lent.unpop(popped[i]);
            }
        }
        var first = lent.pop();
        var second = lent.pop();
        var third = lent.pop();
        lent.push(second, 0);
        lent.unpop(third);
        assertThrows(IllegalStateException.class, () -> lent.unpop(first), "popped before one that was answered");
        assertEquals(heads[2], lent.pop().head());
        lent.push(first, 0);
    }

    @Test
    void chainsAnsweredTogetherAreSeenTogether() {
        start(ALL);
        model.keep = true;
        int a = queues[0].send(queues[0].in(4));
        int b = queues[0].send(queues[0].in(4));
        VirtQueue lent = model.transport.queue(0);
        hv.api.virtio.spi.Chain[] popped = {lent.pop(), lent.pop(), null};
        lent.pushTogether(popped, new long[] {4, 3, 0}, 2);
        var used = queues[0].takeUsed();
        assertEquals(List.of(a, b), used.stream().map(u -> u.head()).toList());
        assertEquals(List.of(4L, 3L), used.stream().map(u -> u.lenBytes()).toList());
        assertThrows(IllegalStateException.class, () -> lent.pushTogether(popped, new long[] {4, 3, 0}, 2), "answered twice");
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

    @Test
    void afterTheDriversResetNothingReachesItsRings() {
        start(ALL);
        model.keep = true;
        DriverQueue q = queues[0];
        DriverQueue.Buffer in = q.in(4);
        q.send(q.out(new byte[] {1, 2, 3, 4}), in);
        kick(0);
        VirtQueue lent = model.transport.queue(0);
        driver.write(MmioDriver.STATUS, 0);
        model.answer(lent, model.kept.getFirst());
        lent.interrupt();
        assertEquals(0, q.usedIndex());
        assertArrayEquals(new byte[4], q.content(in));
        assertFalse(context.line().isHigh());
        assertEquals(null, lent.pop());
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
    void whatAGoneModelHadIsPoppedAgain() throws Exception {
        start(ALL);
        model.keep = true;
        DriverQueue q = queues[0];
        List<Integer> heads = List.of(q.send(q.in(4)), q.send(q.in(4)), q.send(q.in(4)));
        kick(0);
        assertEquals(3, model.kept.size());
        VirtQueue lent = model.transport.queue(0);
        transport.closeIntake();
        transport.plug(new EchoModel());
        assertThrows(IllegalStateException.class, () -> lent.push(model.kept.getFirst(), 0));
        transport.openIntake();
        context.runPosted();
        assertEquals(heads, q.takeUsed().stream().map(DriverQueue.Used::head).toList());
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
    void manyTransportsAndModelsUnderLoadLoseNothing() throws Exception {
        start(ALL);
        Random random = new Random(11);
        for (int i = 0; i < 500; i++) {
            DriverQueue q = queues[i & 1];
            byte[] data = {(byte) i, (byte) (i >> 8)};
            DriverQueue.Buffer in = q.in(2);
            if (random.nextBoolean()) {
                transport.closeIntake();
                q.send(q.out(data), in);
                driver.kick(i & 1);
                transport.sleep(Deadline.afterMillis(10));
                EchoModel nextModel = random.nextBoolean() ? new EchoModel() : model;
                TransportDevice next = transport(context);
                StateImage.of(transport).into(next);
                next.plug(nextModel);
                next.wake();
                transport.close();
                transport = next;
                model = nextModel;
                driver = driver(transport);
                context.runPosted();
            } else {
                q.send(q.out(data), in);
                kick(i & 1);
            }
            assertEquals(1, q.takeUsed().size(), "round " + i);
            assertArrayEquals(data, q.content(in));
        }
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
