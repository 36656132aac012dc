package hv.virtio.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.device.DeviceSpec;
import hv.api.virtio.spi.TransportDevice;
import hv.testkit.fake.DriverQueue;
import hv.testkit.fake.EchoModel;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.MmioDriver;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A driver on one thread, the I/O context on another, as in a machine. */
@Timeout(240)
class ConcurrentDriverTest {
    private static final int SIZE = 8;
    private static final int QUEUE_BYTES = 1 << 17;
    private static final byte SCRIBBLE = 0x5a;

    private final EchoModel model = new EchoModel();
    private FakeDeviceContext context;
    private MmioDriver driver;
    private DriverQueue queue;
    private final AtomicReference<Throwable> ioFault = new AtomicReference<>();
    private volatile boolean done;

    @BeforeEach
    void create() throws Exception {
        context = new FakeDeviceContext();
        TransportDevice transport = new MmioTransportFactory().create(new DeviceSpec("virtio0", "virtio-mmio", 0, 0x1000, 1, Map.of()), context);
        transport.plug(model);
        transport.wake();
        driver = new MmioDriver(transport);
    }

    private Thread startIo() {
        Thread io = new Thread(() -> {
            try {
                while (!done) {
                    if (context.runPosted() == 0) {
                        Thread.onSpinWait();
                    }
                }
            } catch (Throwable e) {
                ioFault.set(e);
            }
        }, "io");
        io.setDaemon(true);
        io.start();
        return io;
    }

    private void start(long features) {
        assertTrue(driver.negotiate(features));
        queue = new DriverQueue(context.memory(), context.memory().baseGpa(), QUEUE_BYTES, SIZE);
        driver.setUp(0, queue);
        driver.driverOk();
    }

    private List<DriverQueue.Used> await(int count) {
        List<DriverQueue.Used> used = new ArrayList<>();
        long end = System.nanoTime() + 60_000_000_000L;
        while (used.size() < count) {
            used.addAll(queue.takeUsed());
            assertNull(ioFault.get());
            assertTrue(System.nanoTime() < end, "no answer within a minute");
        }
        return used;
    }

    @Test
    void everyAnswerIsSeenWhole() throws Exception {
        Thread io = startIo();
        Random random = new Random(1);
        start(MmioDriver.INDIRECT_DESC | MmioDriver.EVENT_IDX);
        for (int round = 0; round < 5_000; round++) {
            int n = 1 + random.nextInt(SIZE / 2);
            DriverQueue.Buffer[] in = new DriverQueue.Buffer[n];
            byte[][] data = new byte[n][];
            for (int i = 0; i < n; i++) {
                data[i] = new byte[1 + random.nextInt(64)];
                random.nextBytes(data[i]);
                in[i] = queue.in(data[i].length);
                queue.send(queue.out(data[i]), in[i]);
                // The doorbell as a driver would ring it: where the device asked for it, after the index was published.
                driver.kick(0);
            }
            await(n);
            for (int i = 0; i < n; i++) {
                assertArrayEquals(data[i], queue.content(in[i]));
            }
            driver.write(MmioDriver.INTERRUPT_ACK, driver.read(MmioDriver.INTERRUPT_STATUS));
        }
        done = true;
        io.join();
        assertNull(ioFault.get());
        assertEquals(0, context.memory().openLeases());
    }

    @Test
    void onceTheResetIsWrittenTheDeviceTouchesNoMemory() throws Exception {
        model.meanwhile = Thread::yield;
        Thread io = startIo();
        Random random = new Random(2);
        byte[] content = new byte[12_000];
        MemorySegment scribbled = MemorySegment.ofArray(new byte[QUEUE_BYTES]).fill(SCRIBBLE);
        MemorySegment area = context.memory().ram().asSlice(0, QUEUE_BYTES);
        for (int round = 0; round < 4_000; round++) {
            start(MmioDriver.INDIRECT_DESC);
            for (int i = 0; i < SIZE / 2; i++) {
                queue.send(queue.out(content), queue.in(content.length));
                driver.kick(0);
            }
            for (int spin = random.nextInt(400); spin > 0; spin--) {
                Thread.onSpinWait();
            }
            driver.write(MmioDriver.STATUS, 0);
            area.fill(SCRIBBLE);
            for (int spin = random.nextInt(400); spin > 0; spin--) {
                Thread.onSpinWait();
            }
            assertEquals(-1, area.mismatch(scribbled), "round " + round);
            assertNull(ioFault.get());
        }
        start(0);
        queue.send(queue.out(new byte[4]), queue.in(4));
        driver.kick(0);
        await(1);
        done = true;
        io.join();
        assertNull(ioFault.get());
        assertEquals(0, context.memory().openLeases());
    }
}
