package hv.network.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.HvException;
import hv.api.net.spi.NetBackend;
import hv.api.part.SettingException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is a stream's own: hostile peers, sockets of dead servers, coming back. */
class StreamBackendTest {
    @TempDir
    Path folder;
    private final Host host = new Host();

    private NetBackend server() throws Exception {
        NetBackend b = StreamBackendLawsTest.backend(Map.of("server", "on", "path", folder.resolve("s").toString()), host);
        host.watch(b);
        b.open();
        b.wake();
        return b;
    }

    private SocketPeer peer() throws IOException {
        return new SocketPeer(SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("s"))));
    }

    @Test
    void aLengthThatNoFrameHasEndsTheConnectionAndTheNextPeerIsServed() throws Exception {
        try (NetBackend b = server()) {
            int round = 0;
            for (int length : new int[] {NetBackend.FRAME_BYTES_MAX + 1, Integer.MAX_VALUE, -1, Integer.MIN_VALUE}) {
                try (SocketPeer p = peer()) {
                    host.await(() -> b.link().up());
                    byte[] good = new byte[60];
                    p.send(good);
                    p.channel.write(ByteBuffer.allocate(8).putInt(length).putInt(7).flip());
                    assertArrayEquals(good, host.receive(b), "what came before is received");
                    host.await(() -> b.receive(new byte[70_000], 0) == 0 && !b.link().up());
                    assertTrue(b.link().reason().contains("another protocol"), b.link().reason());
                }
                assertEquals(2 * round++ + 1, host.reports().size(), "a line for each loss and each return: " + host.reports());
            }
        }
    }

    @Test
    void aPeerThatSendsNothingButEmptyFramesDoesNotHoldTheCard() throws Exception {
        try (NetBackend b = server(); SocketPeer p = peer()) {
            host.await(() -> b.link().up());
            Thread flood = Thread.ofPlatform().daemon().start(() -> {
                ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 16);
                try {
                    while (true) {
                        p.channel.write(zeros.clear());
                    }
                } catch (IOException e) {
                    // It was shown out.
                }
            });
            host.await(() -> b.receive(new byte[70_000], 0) == 0 && !b.link().up());
            assertTrue(b.link().reason().contains("nothing but frames"), b.link().reason());
            assertTrue(b.dropped() >= FrameStream.RUNTS_MAX);
            flood.join();
            try (SocketPeer next = peer()) {
                host.await(() -> b.link().up());
                byte[] good = new byte[60];
                next.send(good);
                assertArrayEquals(good, host.receive(b));
            }
        }
    }

    @Test
    void peersThatLeaveAtOnceOrInTheMiddleOfAFrameAreEachOneLineAndTheNextIsServed() throws Exception {
        try (NetBackend b = server()) {
            for (int round = 0; round < 10; round++) {
                long before = b.link().connections();
                try (SocketPeer p = peer()) {
                    if (round % 2 == 0) {
                        p.channel.write(ByteBuffer.allocate(10).putInt(1000).putInt(7).putShort((short) 1).flip());
                    }
                }
                host.await(() -> b.receive(new byte[70_000], 0) == 0 && b.link().connections() > before && !b.link().up());
                assertTrue(b.link().reason().contains("closed the connection") || b.link().reason().contains("reset"), b.link().reason());
            }
            assertTrue(host.reports().size() <= 20, "no more than a line for each loss and each return: " + host.reports());
        }
    }

    @Test
    void aSecondPeerWaitsUntilTheFirstLeaves() throws Exception {
        try (NetBackend b = server(); SocketPeer second = secondPeer(b)) {
            byte[] good = new byte[60];
            good[20] = 2;
            second.send(good);
            assertArrayEquals(good, host.receive(b));
            assertEquals(2, b.link().connections());
        }
    }

    /** One that connected while another was served, which has left since. */
    private SocketPeer secondPeer(NetBackend b) throws Exception {
        SocketPeer first = peer();
        host.await(() -> b.link().up());
        SocketPeer second = peer();
        byte[] good = new byte[60];
        first.send(good);
        assertArrayEquals(good, host.receive(b), "the first goes on");
        assertEquals(1, b.link().connections());
        first.close();
        host.await(() -> b.receive(new byte[70_000], 0) == 0 && b.link().up() && b.link().connections() == 2);
        return second;
    }

    @Test
    void framesInPiecesAndRuntsAreUnderstood() throws Exception {
        try (NetBackend b = server(); SocketPeer p = peer()) {
            host.await(() -> b.link().up());
            Random random = new Random(1);
            for (int i = 0; i < 50; i++) {
                byte[] f = new byte[14 + random.nextInt(3000)];
                random.nextBytes(f);
                ByteBuffer wire = ByteBuffer.allocate(4 + 5 + 4 + 4 + f.length).putInt(5).put(new byte[5]).putInt(0).putInt(f.length).put(f).flip();
                while (wire.hasRemaining()) {
                    ByteBuffer piece = wire.slice(wire.position(), Math.min(wire.remaining(), 1 + random.nextInt(700)));
                    wire.position(wire.position() + piece.remaining());
                    p.channel.write(piece);
                    if (wire.hasRemaining()) {
                        assertEquals(0, b.receive(new byte[70_000], 0), "a part of a frame is none");
                    }
                }
                assertArrayEquals(f, host.receive(b));
            }
            assertEquals(100, b.dropped(), "runts are counted");
        }
    }

    @Test
    void randomBytesBreakNothing() throws Exception {
        try (NetBackend b = server()) {
            Random random = new Random(2);
            for (int i = 0; i < 20; i++) {
                long before = b.link().connections();
                try (SocketPeer p = peer()) {
                    host.await(() -> b.link().up() && b.link().connections() > before);
                    byte[] noise = new byte[random.nextInt(3000)];
                    random.nextBytes(noise);
                    for (int at = 0; at + 4 < noise.length; at += 1 + random.nextInt(600)) {
                        noise[at] = 0;
                        noise[at + 1] = 0;
                    }
                    p.channel.write(ByteBuffer.wrap(noise));
                    p.channel.shutdownOutput();
                    host.await(() -> {
                        b.receive(new byte[70_000], 0);
                        return !b.link().up() || b.link().connections() != before + 1;
                    });
                }
            }
        }
    }

    @Test
    void aServersSocketIsItsOwnersAndGoesWithIt() throws Exception {
        try (NetBackend b = server()) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("s"))));
            NetBackend second = StreamBackendLawsTest.backend(Map.of("server", "on", "path", folder.resolve("s").toString()), host);
            HvException e = assertThrows(HvException.class, second::open);
            assertTrue(e.getMessage().contains("served by another process") && e.getMessage().indexOf('\n') < 0, e.getMessage());
            second.close();
            // The second has looked whether anybody serves there: a connection that is over at once.
            host.await(() -> {
                b.receive(new byte[NetBackend.FRAME_BYTES_MAX], 0);
                return !b.link().up();
            });
        }
        assertFalse(Files.exists(folder.resolve("s")));
    }

    @Test
    void theSocketOfADeadServerIsTakenOver() throws Exception {
        java.nio.channels.ServerSocketChannel dead = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX);
        dead.bind(UnixDomainSocketAddress.of(folder.resolve("s"))).close();
        assertTrue(Files.exists(folder.resolve("s")));
        try (NetBackend b = server(); SocketPeer p = peer()) {
            host.await(() -> b.link().up());
            p.send(new byte[20]);
            assertEquals(20, host.receive(b).length);
        }
    }

    @Test
    void aFileThatIsNoSocketIsLeftAlone() throws Exception {
        Files.writeString(folder.resolve("s"), "precious");
        NetBackend b = StreamBackendLawsTest.backend(Map.of("server", "on", "path", folder.resolve("s").toString()), host);
        assertThrows(HvException.class, b::open);
        b.close();
        assertEquals("precious", Files.readString(folder.resolve("s")));
    }

    @Test
    void optionsThatMakeNoSenseGetOneLine() {
        for (Map<String, String> bad : Arrays.<Map<String, String>>asList(Map.of(), Map.of("port", "0"), Map.of("port", "x"), Map.of("path", "x".repeat(200)),
                Map.of("path", "/s", "server", "maybe"), Map.of("path", "/s", "color", "red"), Map.of("port", "1", "mtu", "10"), Map.of("port", "1", "host", "no such host"))) {
            SettingException e = assertThrows(SettingException.class, () -> StreamBackendLawsTest.backend(bad, host), bad.toString());
            assertTrue(e.getMessage().startsWith("network stream: ") && e.getMessage().indexOf('\n') < 0, e.getMessage());
        }
    }
}
