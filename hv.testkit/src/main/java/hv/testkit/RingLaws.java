package hv.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.state.Deadline;
import hv.api.state.StateImage;
import hv.api.virtio.spi.Chain;
import hv.api.virtio.spi.TransportDevice;
import hv.api.virtio.spi.VirtQueue;
import hv.testkit.fake.DriverRing;
import hv.testkit.fake.EchoModel;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.FakeGuestMemory;
import hv.testkit.fake.MmioDriver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What holds for the device's side of every virtqueue, whatever its layout: models see the same queue, drivers get every chain back once, whole, with its
 * length, and are interrupted where they asked. The driver is well-behaved; a hostile one differs from layout to layout.
 */
public abstract class RingLaws {
    private static final long AREA_BYTES = 1 << 20;
    private static final long ALL = MmioDriver.INDIRECT_DESC | MmioDriver.EVENT_IDX;

    protected FakeDeviceContext context;
    protected EchoModel model;
    protected TransportDevice transport;
    protected MmioDriver driver;
    protected DriverRing[] queues;

    /** A new transport that offers rings of this layout. */
    protected abstract TransportDevice transport(FakeDeviceContext context);

    /** A driver of it. */
    protected abstract MmioDriver driver(TransportDevice transport);

    /** The driver's side of a queue. @param size one of {@link #size} */
    protected abstract DriverRing ring(FakeGuestMemory memory, long gpa, long lenBytes, int size);

    /** Feature bits that choose the layout; 0 for the one without. */
    protected abstract long layout();

    /** Size of the queues, 5 .. 16. */
    protected abstract int size();

    /** What the model's queues go through: a sample may break them. */
    protected VirtQueue lent(VirtQueue queue) {
        return queue;
    }

    @BeforeEach
    void create() throws Exception {
        context = new FakeDeviceContext();
        model = newModel();
        transport = transport(context);
        transport.plug(model);
        transport.wake();
        context.runPosted();
        driver = driver(transport);
    }

    private EchoModel newModel() {
        EchoModel m = new EchoModel();
        m.through = this::lent;
        return m;
    }

    /** Negotiates these features and the layout's, and sets the queues up. */
    protected final void start(long features) {
        assertTrue(driver.negotiate(features | layout()));
        queues = new DriverRing[2];
        for (int i = 0; i < 2; i++) {
            queues[i] = ring(context.memory(), context.memory().baseGpa() + i * AREA_BYTES, AREA_BYTES, size());
            driver.setUp(i, queues[i]);
        }
        driver.driverOk();
        context.runPosted();
        assertEquals(layout(), model.accepted & layout(), "the layout was not offered");
    }

    protected final void kick(int q) {
        driver.kick(q);
        context.runPosted();
    }

    protected final boolean isBroken() {
        return (driver.read(MmioDriver.STATUS) & MmioDriver.NEEDS_RESET) != 0;
    }

    private static List<Integer> ids(DriverRing ring) {
        return ring.takeUsed().stream().map(DriverRing.Used::id).toList();
    }

    /** In another transport and another model, as a restored machine does. */
    private void moveToANewTransport() throws Exception {
        transport.closeIntake();
        transport.sleep(Deadline.afterMillis(10));
        TransportDevice next = transport(context);
        StateImage.of(transport).into(next);
        assertArrayEquals(StateImage.of(transport).toBytes(), StateImage.of(next).toBytes(), "it saves something else than it was given");
        EchoModel nextModel = newModel();
        next.plug(nextModel);
        next.wake();
        transport.close();
        transport = next;
        model = nextModel;
        driver = driver(transport);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, MmioDriver.INDIRECT_DESC, MmioDriver.EVENT_IDX, ALL})
    void chainsAreAnsweredWholeOverManyTurnsOfTheRing(long features) {
        start(features);
        Random random = new Random(features);
        for (int i = 0; i < 70_000; i++) {
            byte[] data = new byte[1 + random.nextInt(100)];
            random.nextBytes(data);
            int cut = random.nextInt(data.length + 1);
            DriverRing q = queues[i & 1];
            DriverRing.Buffer a = q.out(Arrays.copyOf(data, cut));
            DriverRing.Buffer b = q.out(Arrays.copyOfRange(data, cut, data.length));
            DriverRing.Buffer in = q.in(data.length);
            int id = (features & MmioDriver.INDIRECT_DESC) != 0 && random.nextBoolean() ? q.sendIndirect(a, b, in) : q.send(a, b, in);
            kick(i & 1);
            assertEquals(List.of(new DriverRing.Used(id, data.length)), q.takeUsed());
            assertArrayEquals(data, q.content(in));
        }
        assertEquals(0, context.memory().openLeases());
        assertFalse(isBroken());
    }

    @Test
    void chainsOfAllLengthsAreAnsweredInAnyOrderWhileOthersAreInFlight() {
        start(ALL);
        model.keep = true;
        Random random = new Random(5);
        VirtQueue lent = model.lent(0);
        List<Integer> sent = new ArrayList<>();
        List<Integer> seen = new ArrayList<>();
        int room = size();
        List<int[]> lengths = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            int n = 1 + random.nextInt(3);
            if (n <= room && random.nextBoolean()) {
                DriverRing.Buffer[] buffers = new DriverRing.Buffer[n];
                for (int k = 0; k < n; k++) {
                    buffers[k] = k == 0 ? queues[0].out(new byte[] {1, 2}) : queues[0].in(1);
                }
                int id = queues[0].send(buffers);
                lengths.add(new int[] {id, n});
                sent.add(id);
                room -= n;
                kick(0);
            } else if (!model.kept.isEmpty()) {
                model.answer(lent, model.kept.remove(random.nextInt(model.kept.size())));
            }
            if (random.nextInt(4) == 0) {
                for (DriverRing.Used u : queues[0].takeUsed()) {
                    seen.add(u.id());
                    int[] was = lengths.stream().filter(l -> l[0] == u.id()).findFirst().orElseThrow();
                    assertEquals(Math.min(2, was[1] - 1), u.lenBytes());
                    room += was[1];
                    lengths.remove(was);
                }
            }
        }
        model.kept.forEach(c -> model.answer(lent, c));
        seen.addAll(ids(queues[0]));
        Collections.sort(sent);
        Collections.sort(seen);
        assertEquals(sent, seen);
        assertFalse(isBroken());
    }

    @Test
    void withEventIndexTheDriverIsInterruptedOnlyWhereItAsked() {
        start(ALL);
        DriverRing q = queues[0];
        q.send(q.in(4));
        kick(0); // the first is always told
        q.takeUsed();
        for (int turn = 0; turn < 5 * size(); turn++) {
            driver.write(MmioDriver.INTERRUPT_ACK, 1);
            int after = 1 + turn % 4;
            q.wantInterruptAfter(after);
            for (int i = 1; i <= after; i++) {
                q.send(q.in(4));
                assertTrue(q.isKickWanted(), "the device asks for a kick at the next chain");
                kick(0);
                assertEquals(i == after, context.line().isHigh(), "after " + i + " answers, asked after " + after);
            }
            q.takeUsed();
        }
    }

    @Test
    void anInterruptThatFellDueAmongSeveralAnswersIsGiven() {
        start(ALL);
        DriverRing q = queues[0];
        for (int turn = 0; turn < 3 * size(); turn++) {
            q.wantInterruptAfter(2);
            for (int i = 0; i < 4; i++) {
                q.send(q.in(4));
            }
            kick(0);
            assertTrue(context.line().isHigh(), "turn " + turn);
            assertEquals(4, q.takeUsed().size());
            driver.write(MmioDriver.INTERRUPT_ACK, 1);
        }
    }

    @Test
    void withoutEventIndexTheFlagSuppressesInterrupts() {
        start(0);
        DriverRing q = queues[0];
        q.wantInterrupts(false);
        q.send(q.in(4));
        kick(0);
        assertFalse(context.line().isHigh());
        assertEquals(1, q.takeUsed().size());
        q.wantInterrupts(true);
        q.send(q.in(4));
        kick(0);
        assertTrue(context.line().isHigh());
        assertEquals(1, driver.read(MmioDriver.INTERRUPT_STATUS));
        driver.write(MmioDriver.INTERRUPT_ACK, 1);
        assertFalse(context.line().isHigh());
    }

    /** Otherwise a driver that waits for room would wait for ever. */
    @Test
    void aModelThatHeldTheWholeRingIsKickedForWhatComesNext() {
        start(ALL);
        model.keep = true;
        DriverRing q = queues[0];
        for (int turn = 0; turn < 3; turn++) {
            for (int i = 0; i < size(); i++) {
                q.send(q.in(1));
            }
            kick(0);
            assertEquals(size(), model.kept.size());
            model.kept.forEach(c -> model.lent(0).push(c, 1));
            model.kept.clear();
            assertEquals(size(), q.takeUsed().size());
            q.send(q.in(1));
            assertTrue(q.isKickWanted());
            kick(0);
            model.lent(0).push(model.kept.removeFirst(), 1);
            q.takeUsed();
        }
    }

    @Test
    void aChainGivenBackIsPoppedAgainFirst() {
        start(ALL);
        model.keep = true;
        DriverRing q = queues[0];
        int a = q.send(q.in(1));
        int b = q.send(q.in(1));
        VirtQueue lent = model.lent(0);
        Chain first = lent.pop();
        assertEquals(a, first.id());
        lent.unpop(first);
        first = lent.pop();
        assertEquals(a, first.id());
        assertEquals(b, lent.pop().id());
        Chain answered = first;
        assertThrows(IllegalStateException.class, () -> lent.unpop(answered), "only the one popped last");
        lent.push(first, 0);
        assertThrows(IllegalStateException.class, () -> lent.push(answered, 0), "answered twice");
    }

    @Test
    void severalChainsGoBackInTheOrderInWhichTheyCame() {
        start(ALL);
        model.keep = true;
        int[] sent = new int[4];
        for (int i = 0; i < sent.length; i++) {
            sent[i] = queues[0].send(queues[0].in(4));
        }
        VirtQueue lent = model.lent(0);
        for (int round = 0; round < 3; round++) {
            Chain[] popped = new Chain[sent.length];
            for (int i = 0; i < sent.length; i++) {
                popped[i] = lent.pop();
                assertEquals(sent[i], popped[i].id());
            }
            for (int i = sent.length - 1; i >= 0; i--) {
                lent.unpop(popped[i]);
            }
        }
        Chain first = lent.pop();
        Chain second = lent.pop();
        Chain third = lent.pop();
        lent.push(second, 0);
        lent.unpop(third);
        assertThrows(IllegalStateException.class, () -> lent.unpop(first), "popped before one that was answered");
        assertEquals(sent[2], lent.pop().id());
        lent.push(first, 0);
    }

    @Test
    void chainsAnsweredTogetherAreSeenTogether() {
        start(ALL);
        model.keep = true;
        for (int turn = 0; turn < 3 * size(); turn++) {
            int a = queues[0].send(queues[0].in(4));
            int b = queues[0].send(queues[0].in(4), queues[0].in(4));
            VirtQueue lent = model.lent(0);
            Chain[] popped = {lent.pop(), lent.pop(), null};
            lent.pushTogether(popped, new long[] {4, 3, 0}, 2);
            assertEquals(List.of(new DriverRing.Used(a, 4), new DriverRing.Used(b, 3)), queues[0].takeUsed());
            assertThrows(IllegalStateException.class, () -> lent.pushTogether(popped, new long[] {4, 3, 0}, 2), "answered twice");
        }
    }

    @Test
    void whatAGoneModelHadIsPoppedAgainThoughOthersWereAnsweredBefore() throws Exception {
        start(ALL);
        for (int turn = 0; turn < 2 * size(); turn++) {
            model.keep = true;
            DriverRing q = queues[0];
            List<DriverRing.Buffer> in = List.of(q.in(4), q.in(4), q.in(4));
            int a = q.send(q.out(new byte[] {1, 2, 3, 4}), in.get(0));
            int b = q.sendIndirect(q.out(new byte[] {5, 6, 7, 8}), in.get(1));
            int c = q.send(q.out(new byte[] {9}), in.get(2));
            kick(0);
            assertEquals(3, model.kept.size());
            VirtQueue lent = model.lent(0);
            // Out of order: in a packed ring the answer now lies where the first chain's descriptors were.
            model.answer(lent, model.kept.get(2));
            List<Chain> gone = model.kept.subList(0, 2);
            transport.closeIntake();
            model = newModel();
            transport.plug(model);
            gone.forEach(chain -> assertThrows(IllegalStateException.class, () -> lent.push(chain, 0)));
            moveToANewTransport();
            context.runPosted();
            assertEquals(List.of(new DriverRing.Used(c, 1), new DriverRing.Used(a, 4), new DriverRing.Used(b, 4)), q.takeUsed());
            assertArrayEquals(new byte[] {1, 2, 3, 4}, q.content(in.get(0)));
            assertArrayEquals(new byte[] {5, 6, 7, 8}, q.content(in.get(1)));
        }
        assertFalse(isBroken());
    }

    @Test
    void manyTransportsUnderLoadLoseNothing() throws Exception {
        start(ALL);
        Random random = new Random(11);
        for (int i = 0; i < 500; i++) {
            DriverRing q = queues[i & 1];
            byte[] data = {(byte) i, (byte) (i >> 8)};
            DriverRing.Buffer in = q.in(2);
            if (random.nextBoolean()) {
                transport.closeIntake();
                q.send(q.out(data), in);
                driver.kick(i & 1);
                moveToANewTransport();
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
    void afterTheDriversResetNothingReachesItsRings() {
        start(ALL);
        model.keep = true;
        DriverRing q = queues[0];
        DriverRing.Buffer in = q.in(4);
        q.send(q.out(new byte[] {1, 2, 3, 4}), in);
        kick(0);
        VirtQueue lent = model.lent(0);
        driver.write(MmioDriver.STATUS, 0);
        model.answer(lent, model.kept.getFirst());
        lent.interrupt();
        assertEquals(List.of(), q.takeUsed());
        assertArrayEquals(new byte[4], q.content(in));
        assertFalse(context.line().isHigh());
        assertNull(lent.pop());
    }

    @Test
    void onARunningRingNothingIsAllocatedForEach() {
        start(ALL);
        model.keep = true;
        VirtQueue lent = model.lent(0);
        DriverRing q = queues[0];
        q.send(q.in(1));
        Chain first = lent.pop();
        lent.push(first, 1);
        q.takeUsed();
        q.send(q.in(1));
        assertTrue(lent.pop() == first, "chain objects are used again");
    }
}
