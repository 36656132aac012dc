package hv.virtio.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.device.DeviceSpec;
import hv.api.pci.spi.PciFunction;
import hv.api.pci.spi.PciWindow;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.StateImage;
import hv.api.virtio.spi.Chain;
import hv.api.virtio.spi.TransportDevice;
import hv.api.virtio.spi.VirtQueue;
import hv.testkit.fake.DriverQueue;
import hv.testkit.fake.DriverRing;
import hv.testkit.fake.EchoModel;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.FakeGuestMemory;
import hv.testkit.fake.MmioDriver;
import hv.testkit.fake.PackedDriverQueue;
import hv.testkit.fake.PciDriver;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A driver that looks at nothing without being told: it kicks where it is asked to, and looks at its ring when it is interrupted. Traffic stops for ever where
 * one notification is lost, whatever happens at any step: sleep, save, restore and wake, another transport, another model, masks, the driver's reset. A
 * round is one order of all that, drawn from its seed; it fails if a request has no answer once everybody is idle.
 */
class LostNotificationTest {
    private static final int ROUNDS = 60;
    private static final int STEPS = 120;
    private static final int SIZE = 8;
    private static final int QUEUE_BYTES = 1 << 16;
    private static final long BAR_GPA = 0x4000_0000L;
    private static final long MESSAGE_GPA = 0x2800_0000L;

    private enum Way { MMIO, PIN, MESSAGES }

    /** Answers at once, or each chain by a task of its own later, as one with a disk does. */
    private static final class Later {
        final EchoModel echo = new EchoModel();
        private final FakeDeviceContext context;

        Later(FakeDeviceContext context, boolean later) {
            this.context = context;
            if (later) {
                echo.through = this::deferring;
            }
        }

        private VirtQueue deferring(VirtQueue lent) {
            return (VirtQueue) java.lang.reflect.Proxy.newProxyInstance(VirtQueue.class.getClassLoader(), new Class<?>[] {VirtQueue.class}, (p, method, arguments) -> {
                if (method.getName().equals("push")) {
                    Chain c = (Chain) arguments[0];
                    long n = (Long) arguments[1];
                    context.io().post(() -> {
                        lent.push(c, n);
                        lent.interrupt();
                    });
                    return null;
                }
                return method.invoke(lent, arguments);
            });
        }
    }

    private final class Round {
        private final Way way;
        private final boolean packed;
        private final boolean events;
        private final Random random;
        private final boolean later;
        private final FakeDeviceContext context = new FakeDeviceContext(new FakeGuestMemory(0x8000_0000L, QUEUE_BYTES), 1);
        private TransportDevice transport;
        private Later model;
        private MmioDriver driver;
        private DriverRing ring;
        private int inFlight;

        Round(Way way, boolean packed, boolean events, long seed) throws Exception {
            this.way = way;
            this.packed = packed;
            this.events = events;
            this.random = new Random(seed);
            this.later = random.nextBoolean();
            model = new Later(context, later);
            transport = transport();
            transport.plug(model.echo);
            transport.wake();
            driver = driver();
            begin();
        }

        private TransportDevice transport() {
            Map<String, String> packs = Map.of(PciFunction.PLACE, "1", Transport.PACKED, "on");
            return way == Way.MMIO ? new MmioTransportFactory().create(new DeviceSpec("virtio0", "virtio-mmio", 0, 0x1000, 1, packs), context)
                    : new PciTransportFactory().create(new DeviceSpec("virtio0", "virtio-pci", 0, 0, 33, packs), context);
        }

        private MmioDriver driver() {
            return way == Way.MMIO ? new MmioDriver(transport) : new PciDriver((PciFunction) transport, BAR_GPA);
        }

        private PciFunction function() {
            return (PciFunction) transport;
        }

        private void bar(int offset, int widthBytes, long value) {
            function().write(PciWindow.offset(PciLayout.BAR, offset), widthBytes, value);
        }

        private void begin() {
            long features = (packed ? MmioDriver.RING_PACKED : 0) | (events ? MmioDriver.EVENT_IDX : 0) | MmioDriver.INDIRECT_DESC;
            assertTrue(driver.negotiate(features));
            long at = context.memory().baseGpa();
            ring = packed ? new PackedDriverQueue(context.memory(), at, QUEUE_BYTES, SIZE) : new DriverQueue(context.memory(), at, QUEUE_BYTES, SIZE);
            driver.setUp(0, ring);
            if (way == Way.MESSAGES) {
                bar(PciLayout.TABLE, 8, MESSAGE_GPA);
                bar(PciLayout.TABLE + 8, 4, 50);
                bar(PciLayout.TABLE + 12, 4, 0);
                function().writeConfig(((PciDriver) driver).msix() + 2, 2, 0x8000);
                bar(PciLayout.QUEUE_SELECT, 2, 0);
                bar(PciLayout.QUEUE_VECTOR, 2, 0);
            }
            driver.driverOk();
            inFlight = 0;
            enable();
        }

        /** Asks for an interrupt at the next answer. */
        private void enable() {
            if (events) {
                ring.wantInterruptAfter(1);
            } else {
                ring.wantInterrupts(true);
            }
        }

        private void send() {
            for (int n = 1 + random.nextInt(3); n > 0 && inFlight < SIZE / 2; n--) {
                DriverRing.Buffer out = ring.out(new byte[16]);
                if (random.nextBoolean()) {
                    ring.send(out, ring.in(16));
                } else {
                    ring.sendIndirect(out, ring.in(16));
                }
                inFlight++;
                if (!events || ring.isKickWanted()) {
                    driver.kick(0);
                }
            }
        }

        private boolean isInterrupted() {
            return way == Way.MESSAGES ? !context.takeMessages().isEmpty() : context.line().isHigh();
        }

        /** The interrupt handler, as Linux has it: acknowledges, takes all, asks for the next, and looks again. */
        private void handle() {
            if (way != Way.MESSAGES) {
                driver.write(MmioDriver.INTERRUPT_ACK, way == Way.MMIO ? driver.read(MmioDriver.INTERRUPT_STATUS) : 0);
            }
            for (int n = ring.takeUsed().size(); n > 0; n = ring.takeUsed().size()) {
                inFlight -= n;
                enable();
            }
        }

        /** As a machine is saved and opened elsewhere: what is in flight is answered first, and what was posted before is forgotten. */
        private void move() throws Exception {
            transport.closeIntake();
            if (!sleeps()) {
                transport.openIntake();
                return;
            }
            StateImage image = StateImage.of(transport);
            if (random.nextBoolean()) {
                // The driver's last kicks come while the device sleeps.
                driver.kick(0);
            }
            if (random.nextBoolean()) {
                transport.openIntake();
                transport.wake();
                return;
            }
            TransportDevice fresh = transport();
            model = new Later(context, later);
            fresh.plug(model.echo);
            image.into(fresh);
            transport.close();
            transport = fresh;
            driver = driver();
            transport.wake();
        }

        private boolean sleeps() {
            for (int tries = 0; tries < 100; tries++) {
                try {
                    transport.sleep(Deadline.afterMillis(0));
                    return true;
                } catch (NotAsleepException e) {
                    context.runNext();
                }
            }
            return false;
        }

        private void anotherModel() throws Exception {
            transport.closeIntake();
            context.runPosted();
            model = new Later(context, later);
            transport.plug(model.echo);
            transport.openIntake();
        }

        private void mask() {
            if (way != Way.MESSAGES) {
                return;
            }
            boolean all = random.nextBoolean();
            int control = ((PciDriver) driver).msix() + 2;
            if (all) {
                function().writeConfig(control, 2, 0xc000);
            } else {
                bar(PciLayout.TABLE + 12, 4, 1);
            }
            for (int n = random.nextInt(4); n > 0; n--) {
                context.runNext();
            }
            if (all) {
                function().writeConfig(control, 2, 0x8000);
            } else {
                bar(PciLayout.TABLE + 12, 4, 0);
            }
        }

        private void master() {
            if (way != Way.MMIO) {
                // Between the two nothing runs: answers would be lost, as the driver did not want them.
                function().writeConfig(4, 2, 2);
                function().writeConfig(4, 2, 6);
            }
        }

        void run() throws Exception {
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(16)) {
                    case 0, 1, 2, 3, 4 -> send();
                    case 5, 6, 7, 8 -> context.runNext();
                    case 9, 10 -> {
                        if (isInterrupted()) {
                            handle();
                        }
                    }
                    case 11 -> move();
                    case 12 -> anotherModel();
                    case 13 -> mask();
                    case 14 -> master();
                    default -> {
                        if (random.nextInt(8) == 0) {
                            driver.write(MmioDriver.STATUS, 0);
                            context.takeMessages();
                            begin();
                        }
                    }
                }
            }
            boolean busy = true;
            while (busy) {
                busy = context.runPosted() > 0;
                if (isInterrupted()) {
                    handle();
                    busy = true;
                }
            }
        }
    }

    private void storm(Way way) throws Exception {
        for (boolean packed : new boolean[] {false, true}) {
            for (boolean events : new boolean[] {false, true}) {
                for (int seed = 0; seed < ROUNDS; seed++) {
                    Round r = new Round(way, packed, events, seed);
                    r.run();
                    assertEquals(0, r.inFlight, way + (packed ? " packed" : " split") + (events ? " with" : " without") + " event index, round " + seed + ": requests without an answer");
                }
            }
        }
    }

    @Test
    void nothingIsLostOverMmio() throws Exception {
        storm(Way.MMIO);
    }

    @Test
    void nothingIsLostOverPciWithAPin() throws Exception {
        storm(Way.PIN);
    }

    @Test
    void nothingIsLostOverPciWithMessages() throws Exception {
        storm(Way.MESSAGES);
    }
}
