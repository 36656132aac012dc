package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.HvException;
import hv.api.machine.Machine;
import hv.api.machine.MachineSpec;
import hv.api.machine.MachineState;
import hv.gdb.GdbAddress;
import hv.gdb.GdbServer;
import hv.gdb.GdbServers;
import hv.guest.tiny.TinyGuest;
import hv.machine.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guests under a debugger: our own client of the protocol, one that lies, and the real gdb. */
class GdbTest {
    private static final String PROMPT = TinyGuest.PROMPT;
    private static final GdbAddress ANY = new GdbAddress(GdbAddress.LOOPBACK, 0, null);
    private static final int SP = 2;
    private static final int A0 = 10;
    private static final int PC = 32;
    private static final int SATP = 65 + 0x180;
    private static final int PRIV = 4161;
    @TempDir
    static Path folder;
    private static Platform platform;
    private static Path kernel;
    private static int count;
    private GdbServers servers;

    @BeforeAll
    static void start() throws Exception {
        platform = Platform.embedded();
        kernel = folder.resolve("tiny.img");
        Files.write(kernel, TinyGuest.image());
    }

    @AfterAll
    static void stop() {
        platform.close();
    }

    @BeforeEach
    void open() {
        servers = ServiceLoader.load(GdbServers.class).findFirst().orElseThrow();
    }

    private static Machine create(int vcpus) throws HvException {
        return platform.hypervisor().create(MachineSpec.named("debugged" + ++count, kernel).withMemory(32 * MachineSpec.MIB).withVcpus(vcpus));
    }

    private static void destroy(Machine m) throws HvException {
        platform.hypervisor().destroy(m.name());
    }

    /** What is done with a guest that waits for commands, and its console. */
    private interface Visit {
        void with(Machine m, GuestDriver g) throws Exception;
    }

    private static void atPrompt(int vcpus, Visit visit) throws Exception {
        Machine m = create(vcpus);
        m.start();
        try (GuestDriver g = new GuestDriver(m)) {
            g.expect(PROMPT, 20);
            visit.with(m, g);
        }
        destroy(m);
    }

    private RspClient connect(Machine m) throws Exception {
        return new RspClient(servers.open(m, null, false).address());
    }

    private void answers(GuestDriver g) throws InterruptedException {
        assertTrue(g.run("sum 1000000", PROMPT, 30).contains("0xaef9e4ff4edd6a7c"));
    }

    private static void awaitEnd(GdbServer server, String how) {
        long end = System.nanoTime() + 20_000_000_000L;
        while (server.isConnected() || !server.lastEnd().contains(how)) {
            assertTrue(System.nanoTime() < end, "not within 20 s: \"" + how + "\" but \"" + server.lastEnd() + "\"");
            Thread.onSpinWait();
        }
    }

    /** Of the guest's loop that waits for input: where it stands when nothing is to be done. */
    private static long idlePc(RspClient c) throws IOException {
        assertTrue(c.ask("?").startsWith("T02thread:1;"));
        return c.register(PC);
    }

    @Test
    void aBreakpointHoldsTheGuestAndOneWhoVanishesLeavesNothing() throws Exception {
        atPrompt(1, (m, g) -> {
            GdbServer server = servers.open(m, ANY, false);
            try (RspClient c = new RspClient(server.address())) {
                long pc = idlePc(c);
                String before = c.ask("m" + Long.toHexString(pc) + ",10");
                assertEquals("OK", c.ask("Z0," + Long.toHexString(pc) + ",2"));
                c.send("vCont;c");
                g.type("sum 10");
                assertTrue(c.reply().startsWith("T05thread:1;"));
                assertEquals(pc, c.register(PC));
                assertEquals(before, c.ask("m" + Long.toHexString(pc) + ",10"), "the guest's code is as it was");
                assertTrue(m.info().detail().contains("breakpoint"), m.info().detail());
            }
            awaitEnd(server, "the debugger left");
            g.expect("sum 10", 20);
            g.expect(PROMPT, 20);
            answers(g);
        });
    }

    @Test
    void aServerThatIsClosedLetsTheGuestGo() throws Exception {
        atPrompt(1, (m, g) -> {
            try (RspClient c = connect(m)) {
                assertNotNull(c.ask("?"));
                servers.of(m).close();
                assertNull(ended(c));
            }
            assertNull(servers.of(m));
            answers(g);
        });
    }

    @Test
    void registersMemoryStepsAndTheModeAreThoseOfTheGuest() throws Exception {
        atPrompt(1, (m, g) -> {
            try (RspClient c = connect(m)) {
                long pc = idlePc(c);
                String xml = c.ask("qXfer:features:read:target.xml:0,1fff");
                assertTrue(xml.startsWith("l") && xml.contains("org.gnu.gdb.riscv.cpu") && xml.contains("org.gnu.gdb.riscv.csr") && xml.contains("\"satp\"") && xml.contains("\"priv\""), xml);
                assertEquals(1, c.register(PRIV));
                assertTrue(c.register(SATP) < 0, "translation is on");
                assertEquals(33 * 16, c.ask("g").length());
                assertEquals("OK", c.ask("Pa=8877665544332211"));
                assertEquals(0x1122334455667788L, c.register(A0));
                String sp = Long.toHexString(c.register(SP) - 64);
                assertEquals("OK", c.ask("M" + sp + ",4:01020304"));
                assertEquals("01020304", c.ask("m" + sp + ",4"));
                assertEquals("OK", c.ask("X" + sp + ",2:\007\010"));
                assertEquals("07080304", c.ask("m" + sp + ",4"));
                assertEquals("E0e", c.ask("mffffffff00000000,4"));
                assertEquals("OK", c.ask("Qqemu.PhyMemMode:1"));
                assertEquals("07080304", c.ask("m" + sp + ",4"), "the tiny guest's addresses are physical ones");
                assertEquals("OK", c.ask("Qqemu.PhyMemMode:0"));
                assertTrue(c.ask("vCont;s:1").startsWith("T05thread:1;"));
                assertTrue(c.register(PC) != pc);
                assertTrue(new String(java.util.HexFormat.of().parseHex(c.ask("qRcmd,696e666f")), java.nio.charset.StandardCharsets.UTF_8).contains("hart 0"));
                assertEquals("OK", c.ask("D"));
                assertNull(ended(c));
            }
            g.readFor(50);
        });
    }

    @Test
    void watchedDataStopsItsReaderAndItsWriter() throws Exception {
        atPrompt(1, (m, g) -> {
            try (RspClient c = connect(m)) {
                idlePc(c);
                String where = Long.toHexString(c.register(SP) - 1024) + ",400";
                assertEquals("OK", c.ask("Z2," + where));
                c.send("vCont;c");
                g.type("sum 1000000");
                String stop = c.reply();
                assertTrue(stop.startsWith("T05thread:1;watch:"), stop);
                assertEquals("OK", c.ask("z2," + where));
                assertEquals("OK", c.ask("Z3," + where));
                stop = c.ask("vCont;c");
                assertTrue(stop.startsWith("T05thread:1;rwatch:"), stop);
                assertEquals("OK", c.ask("z3," + where));
                assertEquals("OK", c.ask("D"));
            }
            g.expect("0xaef9e4ff4edd6a7c", 30);
        });
    }

    @Test
    void anInterruptStopsTheGuestAndHartsAreThreads() throws Exception {
        atPrompt(3, (m, g) -> {
            assertTrue(g.run("harts", PROMPT, 30).contains("ok"));
            try (RspClient c = connect(m)) {
                assertEquals("m1,2,3", c.ask("qfThreadInfo"));
                assertEquals("l", c.ask("qsThreadInfo"));
                assertEquals("OK", c.ask("T3"));
                assertEquals("E16", c.ask("T4"));
                assertEquals("OK", c.ask("Hg3"));
                assertTrue(new String(java.util.HexFormat.of().parseHex(c.ask("qThreadExtraInfo,3"))).startsWith("hart 2, "));
                c.send("vCont;c");
                c.interrupt();
                assertTrue(c.reply().startsWith("T02thread:"));
                assertTrue(c.ask("vCont;s:1").startsWith("T05thread:1;"));
            }
            answers(g);
        });
    }

    @Test
    void aRangeIsSteppedOverWithOneReplyAndCanBeInterrupted() throws Exception {
        atPrompt(1, (m, g) -> {
            try (RspClient c = connect(m)) {
                long pc = idlePc(c);
                String range = Long.toHexString(pc) + "," + Long.toHexString(pc + 8);
                assertTrue(c.ask("vCont;r" + range + ":1").startsWith("T05thread:1;"));
                assertTrue(Long.compareUnsigned(c.register(PC) - pc, 8) >= 0, "it has left the range");
                c.send("vCont;r0,ffffffffffffffff:1;c");
                c.interrupt();
                assertTrue(c.reply().startsWith("T0"));
                assertEquals("E16", c.ask("vCont;r0,10"));
                assertEquals("OK", c.ask("D"));
            }
            answers(g);
        });
    }

    @Test
    void aMachineIsHeldFromItsFirstInstructionOn() throws Exception {
        Machine m = create(1);
        GdbServer server = servers.open(m, ANY, true);
        m.start();
        try (GuestDriver g = new GuestDriver(m); RspClient c = new RspClient(server.address())) {
            assertTrue(c.ask("?").startsWith("T02"));
            assertEquals(TinyGuest.LOAD_GPA, c.register(PC));
            assertEquals("", g.readFor(100));
            c.send("c");
            g.expect(PROMPT, 20);
        }
        destroy(m);
    }

    @Test
    void theEngineIsReplacedAtABreakpointThatStays() throws Exception {
        atPrompt(1, (m, g) -> {
            try (RspClient c = connect(m)) {
                long pc = idlePc(c);
                assertEquals("OK", c.ask("Z1," + Long.toHexString(pc) + ",2"));
                c.send("vCont;c");
                g.type("sum 10");
                assertTrue(c.reply().startsWith("T05"));
                m.replace("engine", "hv.engine.riscv");
                m.replace("uart0", "hv.devices.internal.uart");
                assertEquals(pc, c.register(PC));
                assertTrue(c.ask("vCont;s").startsWith("T05"));
                c.send("vCont;c");
                g.type("sum 10");
                assertTrue(c.reply().startsWith("T05"));
                assertEquals(pc, c.register(PC));
            }
            g.expect("sum 10", 20);
            g.expect(PROMPT, 20);
            g.expect(PROMPT, 20);
            answers(g);
        });
    }

    @Test
    void theSecondDebuggerIsSentAway() throws Exception {
        Machine m = create(1);
        m.start();
        try (RspClient first = connect(m)) {
            assertNotNull(first.ask("?"));
            try (RspClient second = connect(m)) {
                assertNull(ended(second));
            }
            assertNotNull(first.ask("?"));
            HvException e = assertThrows(HvException.class, () -> servers.open(m, new GdbAddress(GdbAddress.LOOPBACK, 1, null), false));
            assertTrue(e.getMessage().contains("close it first"), e.getMessage());
        }
        destroy(m);
    }

    /** Null once the server has closed the connection, whichever way the host tells it. */
    private static String ended(RspClient c) {
        try {
            return c.ask("?");
        } catch (java.net.SocketTimeoutException e) {
            return "nothing";
        } catch (IOException e) {
            return null;
        }
    }

    @Test
    void aKilledMachineStops() throws Exception {
        Machine m = create(1);
        m.start();
        try (RspClient c = connect(m)) {
            assertEquals("OK", c.ask("vKill;1"));
        }
        assertTrue(m.awaitEnd(Duration.ofSeconds(20)));
        assertEquals(MachineState.STOPPED, m.state());
        destroy(m);
    }

    @Test
    void theGuestsOwnEndIsTold() throws Exception {
        atPrompt(1, (m, g) -> {
            try (RspClient c = connect(m)) {
                assertNotNull(c.ask("?"));
                c.send("vCont;c");
                g.type("poweroff");
                assertEquals("W00", c.reply());
            }
        });
    }

    @Test
    void liarsAreSentAwayAndTheGuestLives() throws Exception {
        atPrompt(1, (m, g) -> {
            GdbServer server = servers.open(m, ANY, false);
            try (RspClient c = new RspClient(server.address())) {
                c.raw("$g#00");
                assertEquals("-", c.reply());
                assertEquals(33 * 16, c.ask("g").length(), "the next packet counts");
                // It hangs up in the midst of them.
                int left = 20;
                while (left > 0 && c.rawIfListening("$g#00")) {
                    left--;
                }
                awaitEnd(server, "spoils packets");
            }
            lie(server, "GET / HTTP/1.1\r\n\r\n$vKill;1#6e", "does not speak");
            lie(server, "$" + "m".repeat(20_000), "longer than");
            lie(server, "+$QStartNoAckMode#b0+$g#00", "wrong checksum");
            lie(server, "+$vCont;c#a8+$g#67", "while the machine was running");
            answers(g);
        });
    }

    private void lie(GdbServer server, String bytes, String end) throws IOException {
        awaitEnd(server, "");
        try (RspClient c = new RspClient(server.address())) {
            c.rawIfListening(bytes);
            awaitEnd(server, end);
        }
    }

    @Test
    void randomPacketsAreAnsweredAndHarmNobody() throws Exception {
        Machine good = create(1);
        Machine m = create(2);
        good.start();
        m.start();
        Random random = new Random(0x6db4);
        String[] heads = {"g", "G", "p", "P", "m", "M", "X", "Z0,", "Z1,", "Z2,", "z2,", "Z9,", "H", "Hg", "Hc", "T", "s", "S", "v", "vCont", "vCont;s:", "vCont;", "q", "Q", "qXfer:", "qXfer:features:read:target.xml:",
            "qRcmd,", "qThreadExtraInfo,", "Qqemu.PhyMemMode:", "qSupported:", "?", "!", "A", "\001"};
        String letters = "0123456789abcdef,;:=-80200000ffffffffsxp\177}";
        try (GuestDriver g = new GuestDriver(good)) {
            g.expect(PROMPT, 20);
            int answered = 0;
            RspClient c = connect(m);
            for (int k = 0; k < 4000; k++) {
                StringBuilder s = new StringBuilder(heads[random.nextInt(heads.length)]);
                for (int n = random.nextInt(24); n > 0; n--) {
                    s.append(letters.charAt(random.nextInt(letters.length())));
                }
                if (s.toString().startsWith("vCont;c") || s.indexOf("vKill") == 0) {
                    continue;
                }
                c.send(s.toString().replace("}", "}]"));
                String reply = c.reply();
                assertNotNull(reply, s + " was not answered: " + servers.of(m).lastEnd());
                answered++;
            }
            c.close();
            assertTrue(answered > 3900, answered + " were answered");
            awaitEnd(servers.of(m), "the debugger left");
            answers(g);
        }
        destroy(m);
        destroy(good);
    }

    @Test
    void aUnixSocketIsForItsOwnerAndGoesWithTheServer() throws Exception {
        Machine m = create(1);
        m.start();
        Path socket = folder.resolve("g.sock");
        Files.writeString(socket, "a file");
        assertThrows(HvException.class, () -> servers.open(m, new GdbAddress(null, 0, socket), false));
        Files.delete(socket);
        GdbServer server = servers.open(m, new GdbAddress(null, 0, socket), false);
        assertEquals("rw-------", java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
        server.close();
        assertFalse(Files.exists(socket));
        destroy(m);
    }

    @Test
    void theRealGdbDebugsTheTinyGuest() throws Exception {
        atPrompt(2, (m, g) -> {
            GdbServer server = servers.open(m, ANY, false);
            String said = gdb("target remote " + server.address(), "info threads", "x/2i $pc", "set $at = $pc", "hbreak *$at", "tbreak *$at", "set debug remote 1", "stepi", "set debug remote 0", "stepi", "info registers priv satp", "info breakpoints",
                    "delete", "watch *(long*)0x80208000", "delete", "monitor info", "p/x $ra", "printf \"there %lx\\n\", $at", "detach");
            assertTrue(said.contains("hart 0") && said.contains("hart 1, not started"), said);
            assertTrue(said.contains("prv:1 [Supervisor]"), said);
            assertTrue(said.contains("$vCont;s:1"), "gdb leaves stepping to the engine: " + said);
            assertTrue(said.contains("hw breakpoint") && said.contains("Hardware watchpoint"), said);
            assertTrue(said.contains(m.name() + ": RUNNING"), said);
            assertTrue(said.contains("there 80") && said.contains("detached"), said);
            awaitEnd(server, "the debugger detached");
            answers(g);
        });
    }

    @Test
    @Tag("full")
    void theRealGdbDebugsDebiansKernelByName() throws Exception {
        Machine m = platform.hypervisor().create(DebianGuest.spec("debugged").withVcpus(2));
        GdbServer server = servers.open(m, ANY, true);
        Path symbols = folder.resolve("kernel.syms");
        assertTrue(servers.symbols(m, symbols, null).count() > 50_000);
        m.start();
        String said = gdb("symbol-file " + symbols, "target remote " + server.address(), "break start_kernel", "continue", "bt 1", "delete", "break do_sys_openat2", "continue", "bt 3", "delete",
                "watch *(long*)&jiffies_64", "continue", "info symbol $pc", "delete", "detach");
        assertTrue(said.contains("in start_kernel ()"), said);
        assertTrue(said.contains("in do_sys_openat2 ()") && said.contains("do_trap_ecall_u"), said);
        assertTrue(said.contains("Hardware watchpoint") && said.contains("New value"), said);
        new DebianGuest(m).awaitShell();
        assertEquals("the kernel in guest RAM", servers.symbols(m, symbols, null).source());
        destroy(m);
    }

    /** Runs the commands in gdb; what it said. */
    private static String gdb(String... commands) throws Exception {
        Path script = folder.resolve("script.gdb");
        Files.writeString(script, "set pagination off\nset confirm off\n" + String.join("\n", commands) + "\n");
        Path output = folder.resolve("gdb.txt");
        Process p;
        try {
            p = new ProcessBuilder("gdb-multiarch", "-q", "-nx", "-batch", "-x", script.toString()).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        } catch (IOException e) {
            Assumptions.abort("needs gdb-multiarch: " + e.getMessage());
            return "";
        }
        if (!p.waitFor(180, TimeUnit.SECONDS)) {
            p.destroyForcibly();
        }
        return Files.readString(output);
    }
}
