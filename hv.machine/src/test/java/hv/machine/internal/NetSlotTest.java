package hv.machine.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.device.BackendSpec;
import hv.api.net.spi.LinkState;
import hv.api.net.spi.NetBackend;
import hv.api.net.spi.NetBackendFactory;
import hv.api.net.spi.NetContext;
import hv.api.part.Origin;
import hv.api.part.PartKind;
import hv.api.state.Deadline;
import hv.api.state.Handles;
import hv.api.state.PartId;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the host does for every network backend. */
class NetSlotTest {
    @TempDir
    Path folder;
    private final Bench bench = new Bench();
    private final List<Loop> made = new ArrayList<>();
    private NetSlot slot;
    private NetBackend.Front front;
    private int events;

    /** What is sent comes back. */
    private final class Loop implements NetBackend {
        final ArrayDeque<byte[]> frames = new ArrayDeque<>();
        private Runnable listener;
        boolean throwing;

        @Override
        public PartId id() {
            return new PartId("virtio2/backend", new StateTag("loop", 1));
        }

        @Override
        public void open() {
            // Nothing to open.
        }

        @Override
        public void onEvent(Runnable told) {
            listener = told;
        }

        void tell() {
            listener.run();
        }

        @Override
        public boolean transmit(byte[] frame, int offset, int lenBytes) {
            if (throwing) {
                throw new IllegalArgumentException("made to fail");
            }
            return frames.add(java.util.Arrays.copyOfRange(frame, offset, offset + lenBytes));
        }

        @Override
        public void flush() {
            // Nothing waits.
        }

        @Override
        public int receive(byte[] into, int offset) {
            byte[] f = frames.poll();
            if (f == null) {
                return 0;
            }
            System.arraycopy(f, 0, into, offset, f.length);
            return f.length;
        }

        @Override
        public LinkState link() {
            return new LinkState(true, "a loop", 1);
        }

        @Override
        public int mtu() {
            return 1500;
        }

        @Override
        public long dropped() {
            return 5;
        }

        @Override
        public void sleep(Deadline by) {
            // Nothing goes on by itself.
        }

        @Override
        public void save(StateWriter out) {
            // No state.
        }

        @Override
        public void restore(StateReader in) {
            // No state.
        }

        @Override
        public void wake() {
            // See sleep.
        }

        @Override
        public Handles detach() {
            throw new IllegalStateException("no handles");
        }

        @Override
        public void attach(Handles handles) {
            throw new IllegalStateException("no handles");
        }

        @Override
        public void close() {
            frames.clear();
        }
    }

    @BeforeEach
    void slot() throws Exception {
        bench.start(1);
        HostedMachine machine = (HostedMachine) bench.running("a", 1);
        NetBackendFactory maker = new NetBackendFactory() {
            @Override
            public String type() {
                return "loop";
            }

            @Override
            public NetBackend create(BackendSpec spec, NetContext context) {
                made.add(new Loop());
                return made.getLast();
            }
        };
        FactoryRegistry.Entry entry = new FactoryRegistry.Entry(maker, new Origin("loop", "1.0.0", 99));
        slot = new NetSlot(machine, new BackendSpec("virtio2/backend", PartKind.NET_BACKEND, "loop", Map.of()), entry, Executors.newCachedThreadPool(), "nic0", "52:54:00:00:00:01");
        slot.install(slot.make(entry));
        front = slot.front();
        front.onEvent(() -> events++);
    }

    @AfterEach
    void close() {
        slot.release();
        bench.close();
    }

    private int receive() {
        return front.receive(new byte[NetBackend.FRAME_BYTES_MAX], 0);
    }

    @Test
    void whileBackendsChangeHandsNoFrameIsTakenOrGiven() throws Exception {
        assertTrue(front.transmit(new byte[60], 0, 60));
        slot.closeIntake();
        assertFalse(front.transmit(new byte[60], 0, 60));
        assertEquals(0, receive());
        Loop fresh = (Loop) slot.make(slot.maker());
        slot.commit(fresh, slot.maker());
        int before = events;
        slot.openIntake();
        assertTrue(events > before, "the model is told to look again");
        assertTrue(front.transmit(new byte[61], 0, 61));
        assertEquals(61, receive(), "of the new one");
        assertEquals(10, slot.nicInfo().dropped(), "what the old one dropped counts on");
    }

    @Test
    void framesAndBytesAreCountedOverReplacements() throws Exception {
        for (int i = 0; i < 4; i++) {
            assertTrue(front.transmit(new byte[60], 0, 60));
            assertEquals(60, receive());
            slot.commit(slot.make(slot.maker()), slot.maker());
        }
        var info = slot.nicInfo();
        assertEquals(List.of(4L, 240L, 4L, 240L), List.of(info.sentFrames(), info.sentBytes(), info.receivedFrames(), info.receivedBytes()));
    }

    @Test
    void aPulledWireIsDownAndComesBackAsAnotherConnection() {
        long before = front.link().connections();
        slot.setLink(false);
        assertFalse(front.link().up());
        assertEquals(1, events);
        assertTrue(front.transmit(new byte[60], 0, 60), "a wire that leads nowhere takes everything");
        assertEquals(0, made.getFirst().frames.size());
        assertEquals("pulled by command", slot.nicInfo().detail());
        slot.setLink(true);
        assertTrue(front.link().up() && front.link().connections() == before + 1);
        slot.setLink(true);
        assertEquals(before + 1, front.link().connections(), "it was up");
    }

    @Test
    void aBackendThatThrowsIsAWirePulledAndSaidOnce() throws Exception {
        made.getFirst().throwing = true;
        for (int i = 0; i < 100; i++) {
            assertTrue(front.transmit(new byte[60], 0, 60));
        }
        assertFalse(front.link().up());
        assertEquals(1, bench.hosting.health().size(), bench.hosting.health().toString());
        assertFalse(slot.isHealthy());
        slot.commit(slot.make(slot.maker()), slot.maker());
        assertTrue(front.link().up());
        assertTrue(front.transmit(new byte[60], 0, 60));
        assertEquals(60, receive());
    }

    @Test
    void aCaptureHasBothDirectionsAndOutlivesTheBackend() throws Exception {
        Path file = folder.resolve("c.pcap");
        slot.capture(file);
        assertTrue(front.transmit(new byte[60], 0, 60));
        slot.commit(slot.make(slot.maker()), slot.maker());
        assertTrue(front.transmit(new byte[61], 0, 61));
        assertEquals(61, receive());
        assertEquals(file.toString(), slot.nicInfo().capture());
        slot.capture(null);
        assertTrue(front.transmit(new byte[62], 0, 62));
        assertEquals("", slot.nicInfo().capture());
        assertEquals(24 + 3 * 16 + 60 + 61 + 61, java.nio.file.Files.size(file));
    }

    @Test
    void eventsReachTheModel() {
        made.getFirst().tell();
        assertEquals(1, events);
    }
}
