package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.machine.Hypervisor;
import hv.api.machine.Machine;
import hv.api.machine.NicInfo;
import hv.api.machine.NicSpec;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's own driver and stack over the cards, to QEMU's, to another of ours, and to the world. */
class NetworkTest {
    private static final int PIECE_MIB = 4;
    private static final String LOOP = "i=0; while [ $i -lt %d ]; do cat /tmp/r; i=$((i+1)); done";
    /** A server whose input does not end, so that it waits for its peer's end. */
    static final String RECEIVE = "rm -f /tmp/q; mkfifo /tmp/q; nc -l -p 5000 <>/tmp/q | md5sum | sed 's/^/sum:/'";
    private static final Pattern SUM = Pattern.compile("sum:([0-9a-f]{32})");

    @TempDir
    Path folder;

    static String address(int n) {
        return "killall udhcpc; ip addr flush dev eth0; ip addr add 10.9.0." + n + "/24 dev eth0; ip link set eth0 up";
    }

    /** Sends so many MiB to the other guest, and computes their sum beside. */
    private static String send(int mib, int to) {
        return "rm -f /tmp/p; mkfifo /tmp/p; md5sum </tmp/p | sed 's/^/sum:/' & (" + LOOP.formatted(mib / PIECE_MIB) + ") | tee /tmp/p | nc 10.9.0." + to + " 5000; wait";
    }

    private static final String DATA = "dd if=/dev/urandom of=/tmp/r bs=1M count=" + PIECE_MIB + " 2>/dev/null";

    static String sum(String printed) {
        var m = SUM.matcher(printed);
        assertTrue(m.find(), printed);
        return m.group(1);
    }

    /** @param mtu of both cards; 1500 is what a card has that is told nothing */
    private void exchangeWithQemu(int mib, int mtu) throws Exception {
        Path wire = folder.resolve("wire");
        int seconds = 120 + 2 * mib;
        try (InFramework framework = new InFramework(folder.resolve("felix"))) {
            Machine m = framework.hypervisor().create(DebianGuest.spec("ours").withNic(NicSpec.parse("stream,server=on,mtu=" + mtu + ",path=" + wire)));
            try (QemuGuest q = new QemuGuest("stream,id=n,server=off,addr.type=unix,addr.path=" + wire, "52:54:00:00:00:99", mtu)) {
                m.start();
                DebianGuest d = new DebianGuest(m).awaitShell();
                q.awaitShell();
                d.run(address(1) + "; " + DATA, 60);
                q.run(address(2) + "; " + DATA, 120);
                assertEquals(Integer.toString(mtu), d.run("cat /sys/class/net/eth0/mtu", 10).strip());
                assertEquals(Integer.toString(mtu), q.run("cat /sys/class/net/eth0/mtu", 10).strip());
                // Towards ours.
                String receives = d.start(RECEIVE);
                q.run("while ! ping -c 1 -w 1 10.9.0.1 >/dev/null; do true; done", 60);
                long from = System.nanoTime();
                String sent = q.run(send(mib, 1), seconds);
                assertEquals(sum(sent), sum(d.end(receives, seconds)), "what QEMU's guest sent is what ours received");
                report("QEMU to hv", mib, from);
                // And back.
                receives = q.start(RECEIVE);
                d.run("usleep 500000", 10);
                from = System.nanoTime();
                sent = d.run(send(mib, 2), seconds);
                assertEquals(sum(sent), sum(q.end(receives, seconds)), "what ours sent is what QEMU's guest received");
                report("hv to QEMU", mib, from);
                NicInfo nic = m.nics().getFirst();
                assertTrue(nic.receivedBytes() > (long) mib << 20 && nic.sentBytes() > (long) mib << 20, nic.toString());
                assertEquals(0, nic.dropped(), nic.toString());
                assertEquals("0", d.run("cat /sys/class/net/eth0/statistics/rx_errors", 10).strip());
                assertEquals(List.of(), framework.hypervisor().health());
            }
        }
    }

    private static void report(String what, int mib, long fromNanos) {
        double seconds = (System.nanoTime() - fromNanos) / 1e9;
        System.out.printf("%s: %d MiB in %.1f s, %.1f MiB/s%n", what, mib, seconds, mib / seconds);
    }

    @Test
    @Tag("full")
    void oursAndQemusExchangeWithoutALostByte() throws Exception {
        exchangeWithQemu(Integer.getInteger("hv.itest.wire.mib", 512), Integer.getInteger("hv.itest.wire.mtu", 65_520));
    }

    @Test
    @Tag("full")
    void oursAndQemusExchangeFramesOfEthernetsSize() throws Exception {
        exchangeWithQemu(16, 1500);
    }

    @Test
    @Tag("full")
    void twoOfOursExchangeWhileCardsAndWiresAreReplaced() throws Exception {
        int mib = Integer.getInteger("hv.itest.wire.mib", 256);
        Path wire = folder.resolve("wire");
        int seconds = 240 + 4 * mib;
        try (InFramework framework = new InFramework(folder.resolve("felix"))) {
            Hypervisor hypervisor = framework.hypervisor();
            Machine a = hypervisor.create(DebianGuest.spec("a").withNic(NicSpec.parse("stream,server=on,path=" + wire)));
            Machine b = hypervisor.create(DebianGuest.spec("b").withNic(NicSpec.parse("stream,path=" + wire)));
            a.start();
            b.start();
            DebianGuest da = new DebianGuest(a).awaitShell();
            DebianGuest db = new DebianGuest(b).awaitShell();
            da.run(address(1), 60);
            db.run(address(2) + "; " + DATA, 60);
            framework.installCopy("hv.devices", "0.1.1");
            framework.installCopy("hv.network", "0.1.1");
            String receives = da.start(RECEIVE);
            db.run("while ! ping -c 1 -w 1 10.9.0.1 >/dev/null; do true; done", 60);
            long from = System.nanoTime();
            String sends = db.start(send(mib, 1));
            String slot = a.parts().stream().filter(p -> p.kind() == hv.api.part.PartKind.NET_BACKEND).findFirst().orElseThrow().path().replace("/backend", "");
            for (int i = 0; i < Integer.getInteger("hv.itest.replacements", 100); i++) {
                String version = i % 2 == 0 ? ":0.1.1" : ":0.1.0";
                for (Machine m : List.of(a, b)) {
                    m.replace(slot + "/model", "hv.devices" + version);
                    m.replace(slot + "/backend", "hv.network" + version);
                }
                da.console().readFor(20);
            }
            String sent = db.end(sends, seconds);
            assertEquals(sum(sent), sum(da.end(receives, seconds)));
            report("hv to hv under replacement", mib, from);
            assertEquals(List.of(), hypervisor.health());
            assertEquals(0, a.nics().getFirst().dropped() + b.nics().getFirst().dropped());
        }
    }

    @Test
    @Tag("full")
    void aGuestReachesTheHostThroughNatAndOutlivesItsEnd() throws Exception {
        Assumptions.assumeTrue(HostProgram.find("passt").isPresent(), "needs the program passt");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = free.getLocalPort();
        }
        Path trace = folder.resolve("trace.pcap");
        try (InFramework framework = new InFramework(folder.resolve("felix")); ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Hypervisor hypervisor = framework.hypervisor();
            Machine m = hypervisor.create(DebianGuest.spec("d").withNic(NicSpec.parse("user,hostfwd=" + port + ":80,pcap=" + trace)));
            m.start();
            DebianGuest d = new DebianGuest(m).awaitShell();
            d.run("while ! ip route | grep -q default; do usleep 100000; done; cat /etc/resolv.conf", 60);
            String gateway = d.run("ip route | sed -n 's/^default via \\([0-9.]*\\) .*/\\1/p'", 10).strip();
            assertTrue(gateway.matches("[0-9.]+"), gateway);
            // An input that does not end: passt of 2023 keeps a guest that has closed first waiting for the other end.
            d.run("mkfifo /tmp/q; mkdir -p /tmp/www; echo hello from the guest >/tmp/www/index.html; httpd -h /tmp/www", 10);
            for (int round = 0; round < 3; round++) {
                // Out: the host's loopback under the gateway's address.
                String talks = d.start("(echo question >/tmp/q &); nc " + gateway + " " + server.getLocalPort() + " <>/tmp/q");
                server.setSoTimeout(60_000);
                try (Socket s = server.accept()) {
                    assertEquals("question\n", new String(s.getInputStream().readNBytes(9), StandardCharsets.UTF_8));
                    s.getOutputStream().write("answer\n".getBytes(StandardCharsets.UTF_8));
                }
                assertTrue(d.end(talks, 60).contains("answer"));
                // In: the forwarded port.
                try (Socket s = new Socket()) {
                    s.connect(new InetSocketAddress("127.0.0.1", port), 10_000);
                    s.setSoTimeout(60_000);
                    s.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
                    try (InputStream in = s.getInputStream()) {
                        assertTrue(new String(in.readAllBytes(), StandardCharsets.UTF_8).contains("hello from the guest"));
                    }
                }
                if (round < 2) {
                    int lines = hypervisor.health().size();
                    ProcessHandle.current().children().filter(p -> p.info().command().orElse("").endsWith("/passt") || p.info().commandLine().orElse("").contains("passt"))
                            .findFirst().orElseThrow().destroyForcibly();
                    long end = System.nanoTime() + 60_000_000_000L;
                    while (hypervisor.health().size() < lines + 2) {
                        assertTrue(System.nanoTime() < end, hypervisor.health().toString());
                        d.console().readFor(50);
                    }
                    assertEquals(lines + 2, hypervisor.health().size(), hypervisor.health().toString());
                    assertTrue(hypervisor.health().get(lines).contains("d nic0: the link is down: user (passt)"), hypervisor.health().toString());
                    assertTrue(hypervisor.health().get(lines + 1).contains("the link is up again"), hypervisor.health().toString());
                    d.run("while [ $(cat /sys/class/net/eth0/carrier_down_count) -lt " + (round + 1) + " ] || [ $(cat /sys/class/net/eth0/carrier) != 1 ]; do usleep 100000; done", 60);
                }
            }
            m.capture("nic0", null);
            assertCapture(trace);
            m.setLink("nic0", false);
            d.run("while [ $(cat /sys/class/net/eth0/carrier) != 0 ]; do usleep 100000; done", 30);
            m.setLink("nic0", true);
            d.run("while [ $(cat /sys/class/net/eth0/carrier) != 1 ]; do usleep 100000; done", 30);
            List<ProcessHandle> passt = ProcessHandle.current().children().filter(p -> p.info().commandLine().orElse(p.info().command().orElse("")).contains("passt")).toList();
            hypervisor.destroy("d");
            for (ProcessHandle p : passt) {
                p.onExit().get(20, TimeUnit.SECONDS);
            }
        }
    }

    /** The file is what tcpdump takes, and has the guest's DHCP. */
    private static void assertCapture(Path trace) throws Exception {
        byte[] b = Files.readAllBytes(trace);
        java.nio.ByteBuffer all = java.nio.ByteBuffer.wrap(b).order(java.nio.ByteOrder.nativeOrder());
        assertEquals(0xa1b23c4d, all.getInt());
        all.position(24);
        int frames = 0;
        boolean dhcp = false;
        while (all.hasRemaining()) {
            all.position(all.position() + 8);
            int kept = all.getInt();
            assertEquals(kept, all.getInt());
            dhcp |= kept > 280 && b[all.position() + 12] == 8 && b[all.position() + 23] == 17 && b[all.position() + 37] == 67;
            all.position(all.position() + kept);
            frames++;
        }
        assertTrue(frames > 20 && dhcp, frames + " frames");
    }
}
