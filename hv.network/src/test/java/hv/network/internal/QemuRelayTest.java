package hv.network.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.device.BackendSpec;
import hv.api.net.spi.NetBackend;
import hv.api.part.PartKind;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Frames through QEMU's own network backends: two of ours on one of its hubs, without a guest. What QEMU and we understand differently shows here. */
class QemuRelayTest {
    private static final String QEMU = "qemu-system-riscv64";
    /** Bytes on their way at most: where a socket is full, QEMU 7's hub sends a new frame in the middle of one that was sent in part. */
    private static final int WINDOW_BYTES = 64 << 10;
    /** Datagrams are lost where the system's buffer is full, which counts more than their bytes. */
    private static final int DATAGRAM_WINDOW_BYTES = 32 << 10;

    @TempDir
    Path folder;
    private final Host host = new Host();
    private Process qemu;

    @AfterEach
    void end() throws Exception {
        if (qemu != null) {
            qemu.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
        }
    }

    /** Starts QEMU with a hub between two of its backends. */
    private void relay(String a, String b) throws IOException {
        boolean there = Arrays.stream(System.getenv("PATH").split(":")).anyMatch(f -> Files.isExecutable(Path.of(f, QEMU)));
        Assumptions.assumeTrue(there, "needs " + QEMU);
        List<String> command = new ArrayList<>(List.of(QEMU, "-machine", "none", "-nodefaults", "-display", "none", "-netdev", a, "-netdev", "hubport,hubid=0,id=h0,netdev=a",
                "-netdev", b, "-netdev", "hubport,hubid=0,id=h1,netdev=b"));
        qemu = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(folder.resolve("qemu.log").toFile()).start();
    }

    private NetBackend open(NetBackend b) throws Exception {
        host.watch(b);
        b.open();
        b.wake();
        return b;
    }

    private NetBackend stream(String name) throws Exception {
        return open(StreamBackendLawsTest.backend(Map.of("server", "on", "path", folder.resolve(name).toString()), host));
    }

    private String netdev(String id, String name) {
        return "stream,id=" + id + ",server=off,addr.type=unix,addr.path=" + folder.resolve(name);
    }

    private static byte[] frame(Random random) {
        byte[] f = new byte[random.nextInt(4) == 0 ? 60_000 + random.nextInt(5_000) : 14 + random.nextInt(1_500)];
        random.nextBytes(f);
        return f;
    }

    /** Sends so many bytes from one to the other and compares each frame. */
    private void carry(NetBackend from, NetBackend to, long bytes, int largest, int window) throws Exception {
        Random sending = new Random(9);
        Random receiving = new Random(9);
        long sent = 0;
        long received = 0;
        while (received < bytes) {
            while (sent < bytes && sent - received < window) {
                byte[] f = cut(frame(sending), largest);
                host.await(() -> from.transmit(f, 0, f.length));
                sent += f.length;
            }
            from.flush();
            byte[] expected = cut(frame(receiving), largest);
            assertArrayEquals(expected, host.receive(to), "after " + received + " bytes");
            received += expected.length;
        }
        assertEquals(sent, received);
        assertEquals(0, to.receive(new byte[NetBackend.FRAME_BYTES_MAX], 0), "more than was sent");
    }

    /** Sends until QEMU passes something on, and then a last one, which comes after the others: what it gets before it knows of its own connections it drops. */
    private void greet(NetBackend from, NetBackend to) throws Exception {
        byte[] hello = new byte[60];
        byte[] got = new byte[NetBackend.FRAME_BYTES_MAX];
        long end = System.nanoTime() + 60_000_000_000L;
        while (to.receive(got, 0) == 0) {
            assertTrue(from.transmit(hello, 0, hello.length) && System.nanoTime() < end, "nothing is passed on");
            from.flush();
            LockSupport.parkNanos(20_000_000);
        }
        byte[] last = new byte[61];
        assertTrue(from.transmit(last, 0, last.length));
        from.flush();
        byte[] next = hello;
        while (next.length != last.length) {
            next = host.receive(to);
        }
    }

    private static byte[] cut(byte[] f, int largest) {
        return f.length <= largest ? f : Arrays.copyOf(f, largest);
    }

    private void throughStreams(long bytes) throws Exception {
        try (NetBackend a = stream("a"); NetBackend b = stream("b")) {
            relay(netdev("a", "a"), netdev("b", "b"));
            host.await(() -> a.link().up() && b.link().up());
            greet(a, b);
            greet(b, a);
            long from = System.nanoTime();
            carry(a, b, bytes, NetBackend.FRAME_BYTES_MAX, WINDOW_BYTES);
            carry(b, a, bytes / 8, NetBackend.FRAME_BYTES_MAX, WINDOW_BYTES);
            System.out.printf("through QEMU's streams: %d MiB in %.1f s%n", bytes * 9 / 8 >> 20, (System.nanoTime() - from) / 1e9);
            assertEquals(0, a.dropped() + b.dropped());
            qemu.destroyForcibly();
            host.await(() -> {
                a.receive(new byte[NetBackend.FRAME_BYTES_MAX], 0);
                return !a.link().up();
            });
        }
    }

    @Test
    void qemusStreamsCarryOurFramesBothWays() throws Exception {
        throughStreams(64L << 20);
    }

    @Test
    @Tag("full")
    void aGigabytePassesQemusStreamsWithoutALostByte() throws Exception {
        throughStreams(1L << 30);
    }

    @Test
    void ourClientsReachQemusServers() throws Exception {
        relay("stream,id=a,server=on,addr.type=unix,addr.path=" + folder.resolve("a"), "stream,id=b,server=on,addr.type=unix,addr.path=" + folder.resolve("b"));
        // They may be first: then they try again.
        try (NetBackend a = open(StreamBackendLawsTest.backend(Map.of("path", folder.resolve("a").toString()), host));
                NetBackend b = open(StreamBackendLawsTest.backend(Map.of("path", folder.resolve("b").toString()), host))) {
            host.await(() -> a.link().up() && b.link().up());
            greet(a, b);
            carry(a, b, 4L << 20, NetBackend.FRAME_BYTES_MAX, WINDOW_BYTES);
        }
    }

    @Test
    void qemusDatagramsCarryOurFramesBothWays() throws Exception {
        int[] port = new int[4];
        for (int i = 0; i < port.length; i++) {
            try (DatagramSocket free = new DatagramSocket(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0))) {
                port[i] = free.getLocalPort();
            }
        }
        try (NetBackend a = open(dgram(port[0], port[1])); NetBackend b = open(dgram(port[2], port[3]))) {
            relay(qemuDgram("a", port[1], port[0]), qemuDgram("b", port[3], port[2]));
            greet(a, b);
            greet(b, a);
            carry(a, b, 4L << 20, 9_000, DATAGRAM_WINDOW_BYTES);
            carry(b, a, 4L << 20, 9_000, DATAGRAM_WINDOW_BYTES);
        }
    }

    private NetBackend dgram(int local, int remote) throws Exception {
        return new DgramFactory().create(new BackendSpec("virtio2/backend", PartKind.NET_BACKEND, "dgram",
                Map.of("local.port", Integer.toString(local), "remote.port", Integer.toString(remote))), host);
    }

    private static String qemuDgram(String id, int local, int remote) {
        return "dgram,id=" + id + ",local.type=inet,local.host=127.0.0.1,local.port=" + local + ",remote.type=inet,remote.host=127.0.0.1,remote.port=" + remote;
    }
}
