package hv.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import hv.api.net.spi.LinkState;
import hv.api.net.spi.NetBackend;
import hv.api.net.spi.NetContext;
import hv.api.state.Deadline;
import hv.api.state.Handles;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What holds for every network backend, with the suite as the model on one side and as the world on the other. */
public abstract class NetBackendLaws {
    private static final long SEED = 0x0E7L;
    private static final long PATIENCE_MILLIS = 60_000;
    private static final long IDLE_MILLIS = 200;

    /** The world's end of the connection. */
    public interface Peer extends AutoCloseable {
        /** Sends a frame; may block while the backend pushes back. */
        void send(byte[] frame) throws Exception;

        /** The next frame, waiting for it at most so long; null if none came. */
        byte[] receive(long millis) throws Exception;

        @Override
        void close() throws java.io.IOException;
    }

    /** A new backend of one and the same connection, asleep and without handles. */
    protected abstract NetBackend create(NetContext context) throws Exception;

    /** The world, connected to the backend, which is open and awake. Called once in a test. */
    protected abstract Peer connect() throws Exception;

    /** Largest frame that gets through. */
    protected int largest() {
        return NetBackend.FRAME_BYTES_MAX;
    }

    /** Whether it makes the sender wait, either way, instead of losing frames. */
    protected boolean pushesBack() {
        return true;
    }

    /** Whether the link goes down when the peer leaves. */
    protected boolean noticesItsPeer() {
        return true;
    }

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> reports = new ArrayList<>();
    private final Object events = new Object();
    private final byte[] buffer = new byte[NetBackend.FRAME_BYTES_MAX + 7];
    private long told;

    private final NetContext context = new NetContext() {
        @Override
        public Executor offload() {
            return threads;
        }

        @Override
        public void report(String line) {
            synchronized (reports) {
                reports.add(line);
            }
        }
    };

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    private void event() {
        synchronized (events) {
            told++;
            events.notifyAll();
        }
    }

    /** Waits for what only the listener can bring about. */
    private void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
        for (;;) {
            long before;
            synchronized (events) {
                before = told;
            }
            if (condition.getAsBoolean()) {
                return;
            }
            synchronized (events) {
                while (told == before) {
                    long left = (end - System.nanoTime()) / 1_000_000L;
                    if (left <= 0) {
                        fail(what + " did not come within " + PATIENCE_MILLIS + " ms, or the listener was not told of it");
                    }
                    events.wait(left);
                }
            }
        }
    }

    private NetBackend open() throws Exception {
        NetBackend b = create(context);
        b.onEvent(this::event);
        b.open();
        b.wake();
        return b;
    }

    private Peer connected(NetBackend b) throws Exception {
        Peer p = connect();
        await("the link", () -> b.link().up());
        return p;
    }

    private byte[] frame(Random random) {
        byte[] f = new byte[random.nextInt(20) == 0 ? largest() : NetBackend.FRAME_BYTES_MIN + random.nextInt(Math.min(largest(), 3_000) - NetBackend.FRAME_BYTES_MIN)];
        random.nextBytes(f);
        return f;
    }

    private void transmit(NetBackend b, byte[] frame) throws InterruptedException {
        System.arraycopy(frame, 0, buffer, 7, frame.length);
        await("room for a frame", () -> b.transmit(buffer, 7, frame.length));
        Arrays.fill(buffer, (byte) 0);
    }

    private byte[] receive(NetBackend b) throws InterruptedException {
        int[] len = new int[1];
        await("a frame", () -> {
            len[0] = b.receive(buffer, 5);
            return len[0] != 0;
        });
        return Arrays.copyOfRange(buffer, 5, 5 + len[0]);
    }

    private static void sleep(NetBackend b) throws Exception {
        b.sleep(Deadline.afterMillis(30_000));
    }

    @Test
    void framesLeaveWholeAndInOrder() throws Exception {
        try (NetBackend b = open(); Peer p = connected(b)) {
            Random random = new Random(SEED);
            for (int i = 0; i < 300; i++) {
                byte[] f = frame(random);
                transmit(b, f);
                b.flush();
                assertArrayEquals(f, p.receive(PATIENCE_MILLIS), "frame " + i);
            }
            sleep(b);
        }
    }

    @Test
    void framesArriveWholeAndInOrder() throws Exception {
        try (NetBackend b = open(); Peer p = connected(b)) {
            Random random = new Random(SEED + 1);
            for (int i = 0; i < 300; i++) {
                byte[] f = frame(random);
                p.send(f);
                assertArrayEquals(f, receive(b), "frame " + i);
            }
            assertEquals(0, b.receive(buffer, 0), "a frame out of nothing");
            sleep(b);
        }
    }

    /** A turn that finds nothing is not the reason for the next one. */
    @Test
    void aWireOnWhichNothingComesTellsNothing() throws Exception {
        try (NetBackend b = open(); Peer p = connected(b)) {
            byte[] f = frame(new Random(SEED + 9));
            p.send(f);
            assertArrayEquals(f, receive(b));
            long turns = 0;
            long end = System.nanoTime() + IDLE_MILLIS * 1_000_000L;
            for (long left = IDLE_MILLIS; left > 0; left = (end - System.nanoTime()) / 1_000_000L) {
                long before;
                synchronized (events) {
                    before = told;
                }
                assertEquals(0, b.receive(buffer, 0), "a frame out of nothing");
                synchronized (events) {
                    if (told == before) {
                        events.wait(left);
                    }
                    turns += told - before;
                }
                assertTrue(turns <= 20, "told " + turns + " times of nothing");
            }
            sleep(b);
        }
    }

    @Test
    void aPeerThatDoesNotReadLosesNothing() throws Exception {
        if (!pushesBack()) {
            return;
        }
        try (NetBackend b = open(); Peer p = connected(b)) {
            Random random = new Random(SEED + 2);
            int taken = 0;
            while (taken < 100_000) {
                byte[] f = frame(random);
                if (!b.transmit(f, 0, f.length)) {
                    break;
                }
                taken++;
            }
            b.flush();
            assertTrue(taken < 100_000, "it takes without bounds what nobody reads");
            byte[] last = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
            assertFalse(b.transmit(new byte[largest()], 0, largest()) && b.transmit(new byte[largest()], 0, largest()) && b.transmit(new byte[largest()], 0, largest())
                    && b.transmit(new byte[largest()], 0, largest()) && b.transmit(new byte[largest()], 0, largest()), "there is room again, though nobody reads");
            Random again = new Random(SEED + 2);
            for (int i = 0; i < taken; i++) {
                assertArrayEquals(frame(again), p.receive(PATIENCE_MILLIS), "frame " + i + " of " + taken);
            }
            transmit(b, last);
            b.flush();
            byte[] got = p.receive(PATIENCE_MILLIS);
            while (got != null && got.length == largest()) {
                got = p.receive(PATIENCE_MILLIS);
            }
            assertArrayEquals(last, got);
            sleep(b);
        }
    }

    @Test
    void aModelThatDoesNotReadLosesNothing() throws Exception {
        if (!pushesBack()) {
            return;
        }
        try (NetBackend b = open(); Peer p = connected(b)) {
            int n = 3_000;
            var sender = threads.submit(() -> {
                Random random = new Random(SEED + 3);
                for (int i = 0; i < n; i++) {
                    p.send(frame(random));
                }
                return null;
            });
            Random random = new Random(SEED + 3);
            for (int i = 0; i < n; i++) {
                assertArrayEquals(frame(random), receive(b), "frame " + i);
            }
            sender.get();
            sleep(b);
        }
    }

    @Test
    void itSleepsWhateverItsPeerDoesAndLosesNothingByIt() throws Exception {
        try (NetBackend b = open(); Peer p = connected(b)) {
            Random random = new Random(SEED + 4);
            for (int i = 0; i < 50; i++) {
                byte[] out = frame(random);
                byte[] in = frame(random);
                p.send(in);
                transmit(b, out);
                sleep(b);
                if (i % 2 == 0) {
                    b.attach(b.detach());
                }
                long before;
                synchronized (events) {
                    before = told;
                }
                p.send(in);
                synchronized (events) {
                    assertEquals(before, told, "the listener is told by a backend that sleeps");
                }
                b.wake();
                b.flush();
                assertArrayEquals(out, p.receive(PATIENCE_MILLIS), "frame out, round " + i);
                assertArrayEquals(in, receive(b), "frame in before the sleep, round " + i);
                assertArrayEquals(in, receive(b), "frame in during the sleep, round " + i);
            }
            sleep(b);
        }
    }

    @Test
    void theConnectionMovesToASuccessorWithAllThatIsOnItsWay() throws Exception {
        NetBackend b = open();
        try (Peer p = connected(b)) {
            Random random = new Random(SEED + 5);
            LinkState first = b.link();
            for (int i = 0; i < 20; i++) {
                byte[] one = frame(random);
                byte[] two = frame(random);
                byte[] out = frame(random);
                p.send(one);
                p.send(two);
                assertArrayEquals(one, receive(b), "round " + i);
                transmit(b, out);
                sleep(b);
                NetBackend successor = create(context);
                successor.onEvent(this::event);
                StateImage.of(b).into(successor);
                Handles handles = b.detach();
                assertTrue(!handles.claim().isBlank() && handles.claim().length() <= 4096, "claim \"" + handles.claim() + "\"");
                successor.attach(handles);
                b.close();
                b = successor;
                b.wake();
                b.flush();
                assertArrayEquals(two, receive(b), "a frame that had arrived, round " + i);
                assertArrayEquals(out, p.receive(PATIENCE_MILLIS), "a frame that was taken, round " + i);
                assertTrue(b.link().up(), b.link().reason());
                assertEquals(first.connections(), b.link().connections(), "it is the same connection");
            }
            sleep(b);
        } finally {
            b.close();
        }
    }

    @Test
    void strangeHandlesAreRefused() throws Exception {
        try (NetBackend b = create(context)) {
            int[] closed = new int[1];
            Handles strange = new Handles() {
                @Override
                public String claim() {
                    return "strange:thing";
                }

                @Override
                public void close() {
                    closed[0]++;
                }
            };
            assertThrows(StateException.class, () -> b.attach(strange));
            assertEquals(0, closed[0], "refused handles are left as they were");
        }
    }

    @Test
    void theLinkGoesWithThePeerAndSaysWhy() throws Exception {
        if (!noticesItsPeer()) {
            return;
        }
        try (NetBackend b = open()) {
            Peer p = connected(b);
            LinkState up = b.link();
            assertTrue(up.connections() > 0, "a link without a connection");
            p.close();
            await("the end of the link", () -> {
                b.receive(buffer, 0);
                return !b.link().up();
            });
            LinkState down = b.link();
            assertNotNull(down.reason());
            assertTrue(!down.reason().isBlank() && down.reason().indexOf('\n') < 0, "reason \"" + down.reason() + "\"");
            synchronized (reports) {
                assertEquals(1, reports.size(), "one line says so: " + reports);
                assertTrue(reports.getFirst().indexOf('\n') < 0, reports.getFirst());
            }
            long dropped = b.dropped();
            assertTrue(b.transmit(new byte[60], 0, 60), "an unplugged wire takes everything");
            b.flush();
            assertEquals(0, b.receive(buffer, 0));
            assertTrue(b.dropped() > dropped, "a frame on an unplugged wire is not counted");
            sleep(b);
        }
    }

    @Test
    void itEndsWithItsConnection() throws Exception {
        NetBackend b = open();
        try (Peer p = connected(b)) {
            b.close();
            if (noticesItsPeer()) {
                byte[] nothing;
                try {
                    nothing = p.receive(PATIENCE_MILLIS);
                } catch (java.io.IOException e) {
                    nothing = null;
                }
                assertEquals(null, nothing);
            }
        }
    }
}
