package hv.network.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.HvException;
import hv.api.SpecException;
import hv.api.device.BackendSpec;
import hv.api.net.spi.NetBackend;
import hv.api.part.PartException;
import hv.api.part.PartKind;
import hv.api.part.SettingException;
import hv.api.state.Deadline;
import hv.api.state.StateImage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** NAT through the real passt, with the test as the guest. */
class UserBackendTest {
    private final Host host = new Host();

    private static NetBackend backend(Map<String, String> options, Host host) throws PartException {
        return new UserFactory().create(new BackendSpec("virtio2/backend", PartKind.NET_BACKEND, "user", options), host);
    }

    private NetBackend open(Map<String, String> options) throws Exception {
        Assumptions.assumeTrue(Passt.find(System.getenv("PATH")) != null, "needs the program passt");
        NetBackend b = backend(options, host);
        host.watch(b);
        try {
            b.open();
        } catch (HvException e) {
            b.close();
            Assumptions.assumeFalse(e.getMessage().contains("default route") || e.getMessage().contains("external interface"), "needs a host with a network: " + e.getMessage());
            throw e;
        }
        b.wake();
        return b;
    }

    /** DHCPDISCOVER (RFC 2131), as a guest sends it first. */
    private static byte[] discover() {
        ByteBuffer b = ByteBuffer.allocate(14 + 20 + 8 + 300);
        b.put(new byte[] {-1, -1, -1, -1, -1, -1, 0x52, 0x54, 0, 1, 2, 3}).putShort((short) 0x800);
        b.put((byte) 0x45).put((byte) 0).putShort((short) 328).putInt(0).put((byte) 64).put((byte) 17).putShort((short) 0).putInt(0).putInt(-1);
        int sum = 0;
        for (int i = 14; i < 34; i += 2) {
            sum += b.getShort(i) & 0xffff;
        }
        b.putShort(24, (short) ~((sum >>> 16) + (sum & 0xffff)));
        b.putShort((short) 68).putShort((short) 67).putShort((short) 308).putShort((short) 0);
        b.put((byte) 1).put((byte) 1).put((byte) 6).put((byte) 0).putInt(0x1234_5678).position(42 + 28);
        b.put(new byte[] {0x52, 0x54, 0, 1, 2, 3}).position(42 + 236);
        b.putInt(0x6382_5363).put(new byte[] {53, 1, 1, 55, 3, 1, 3, 6, -1});
        return b.array();
    }

    /** Asks for an address until one is offered: a fresh passt may be a moment behind. */
    private void assertOffersAnAddress(NetBackend b) throws Exception {
        byte[] ask = discover();
        assertTrue(b.transmit(ask, 0, ask.length));
        b.flush();
        for (;;) {
            byte[] f = host.receive(b);
            if (f.length > 280 && f[12] == 8 && f[23] == 17 && f[35] == 67) {
                assertEquals(2, f[42], "a reply");
                return;
            }
        }
    }


    private static ProcessHandle only(NetBackend b) throws Exception {
        b.sleep(Deadline.afterMillis(30_000));
        var handles = (hv.api.net.spi.OpenConnection) b.detach();
        ProcessHandle p = handles.processes().getFirst();
        b.attach(handles);
        b.wake();
        return p;
    }

    @Test
    void aGuestGetsAnAddressAndNothingIsLeftBehind() throws Exception {
        ProcessHandle passt;
        long folders = folders();
        try (NetBackend b = open(Map.of())) {
            assertTrue(b.link().up());
            assertEquals(65_520, b.mtu());
            assertOffersAnAddress(b);
            passt = only(b);
            assertTrue(passt.isAlive());
            assertEquals(folders, folders(), "its folder is gone while it runs");
        }
        assertFalse(passt.isAlive(), "who closes it may open its ports again at once");
        assertEquals(List.of(), host.reports());
    }

    private static long folders() throws IOException {
        try (var all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.filter(p -> p.getFileName().toString().startsWith("hv-net-")).count();
        }
    }

    @Test
    void aKilledPasstIsStartedAgainWithALineForEach() throws Exception {
        try (NetBackend b = open(Map.of())) {
            assertOffersAnAddress(b);
            for (int i = 1; i <= 2; i++) {
                long before = b.link().connections();
                only(b).destroyForcibly();
                host.await(() -> b.link().up() && b.link().connections() == before + 1);
                assertOffersAnAddress(b);
                List<String> said = host.reports();
                assertEquals(2 * i, said.size(), said.toString());
                assertTrue(said.get(2 * i - 2).startsWith("the link is down: user (passt): "), said.toString());
                assertTrue(said.get(2 * i - 1).startsWith("the link is up again"), said.toString());
            }
        }
    }

    @Test
    void itMovesToASuccessorWithItsProcess() throws Exception {
        NetBackend b = open(Map.of());
        try {
            ProcessHandle passt = only(b);
            for (int i = 0; i < 5; i++) {
                NetBackend next = backend(Map.of(), host);
                host.watch(next);
                b.sleep(Deadline.afterMillis(30_000));
                StateImage.of(b).into(next);
                next.attach(b.detach());
                b.close();
                b = next;
                b.wake();
                assertOffersAnAddress(b);
                assertEquals(1, b.link().connections());
            }
            assertTrue(passt.isAlive());
            long before = b.link().connections();
            passt.destroyForcibly();
            NetBackend last = b;
            host.await(() -> last.link().up() && last.link().connections() == before + 1);
        } finally {
            b.close();
        }
    }

    @Test
    void aRestoredOneIsAnotherConnection() throws Exception {
        try (NetBackend b = open(Map.of()); NetBackend other = backend(Map.of(), host)) {
            b.sleep(Deadline.afterMillis(30_000));
            other.open();
            StateImage.of(b).into(other);
            assertEquals(b.link().connections() + 1, other.link().connections());
        }
    }

    @Test
    void aForwardedPortIsOpenAtLoopbackAlone() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = free.getLocalPort();
        }
        try (NetBackend b = open(Map.of("hostfwd", port + ":22")); Socket s = new Socket()) {
            s.connect(new InetSocketAddress("127.0.0.1", port), 30_000);
            assertTrue(s.isConnected());
            assertEquals(1, b.link().connections());
        }
        try (NetBackend b = open(Map.of("hostfwd", port + ":22"));
                ServerSocket elsewhere = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.2"))) {
            assertTrue(elsewhere.isBound() && b.link().up(), "the port is still free at other addresses");
        }
    }

    @Test
    void withoutTheProgramTheLineNamesThePackage() throws Exception {
        try (NetBackend b = new UserBackend("virtio2/backend", List.of(), 1500, "/nonexistent", host)) {
            SpecException e = assertThrows(SpecException.class, b::open);
            assertTrue(e.getMessage().contains("apt install passt") && e.getMessage().indexOf('\n') < 0, e.getMessage());
        }
        assertFalse(host.reports().stream().anyMatch(l -> l.contains("passt")));
    }

    @Test
    void aPortThatIsTakenIsSaidWhenTheMachineIsMade() throws Exception {
        Assumptions.assumeTrue(Passt.find(System.getenv("PATH")) != null, "needs the program passt");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                NetBackend b = backend(Map.of("hostfwd", taken.getLocalPort() + ":22"), host)) {
            SpecException e = assertThrows(SpecException.class, b::open);
            assertTrue(e.getMessage().startsWith("network user: passt does not start: ") && e.getMessage().indexOf('\n') < 0, e.getMessage());
            assertTrue(e.getMessage().contains("port"), "its own words: " + e.getMessage());
        }
    }

    @Test
    void forwardsAreWhatPeopleWrite() throws Exception {
        Map<String, String> good = Map.of("2222:22", "t 127.0.0.1/2222:22", "80", "t 127.0.0.1/80:80", "udp:53:5353", "u 127.0.0.1/53:5353",
                "tcp:0.0.0.0:8080:80", "t 0.0.0.0/8080:80", "[::1]:2222:22", "t ::1/2222:22", "10.0.0.1:7:8", "t 10.0.0.1/7:8");
        Options o = new Options(new BackendSpec("p", PartKind.NET_BACKEND, "user", Map.of()));
        for (Map.Entry<String, String> e : good.entrySet()) {
            HostForward f = HostForward.parse(e.getKey(), o);
            assertEquals(e.getValue(), (f.udp() ? "u " : "t ") + f.argument());
        }
        for (String bad : List.of("", "x", "0:22", "70000", "1:2:3:4", "[::1:22", "tcp:", "1.2.3.4", "$(x):1:2", "-t:1", "2222:22:")) {
            SettingException e = assertThrows(SettingException.class, () -> HostForward.parse(bad, o), bad);
            assertTrue(e.getMessage().contains("hostfwd=") && e.getMessage().indexOf('\n') < 0, e.getMessage());
        }
        for (Map<String, String> bad : List.of(Map.of("ipv4", "off", "ipv6", "off"), Map.of("dns", "x;y"), Map.of("mtu", "70000"), Map.of("mtu", "65521"), Map.of("port", "1"))) {
            assertThrows(SettingException.class, () -> backend(bad, host), bad.toString());
        }
    }
}
