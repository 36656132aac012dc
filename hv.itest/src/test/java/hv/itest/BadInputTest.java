package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.guest.tiny.TinyGuest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The distribution, in processes of its own, is given what is wrong: one line, a status, nothing left behind, and nobody else notices. */
@Timeout(180)
class BadInputTest {
    @TempDir
    Path temporary;
    private Path home;
    private Process platform;
    private int number;

    private record Outcome(int status, String out, String err) {
    }

    @BeforeEach
    void chooseAHome() {
        Distribution.assumeBuilt();
        home = temporary.resolve("home");
    }

    @AfterEach
    void endWhatRuns() throws InterruptedException {
        if (platform != null && platform.isAlive()) {
            platform.destroyForcibly();
            platform.waitFor(20, TimeUnit.SECONDS);
        }
    }

    private ProcessBuilder java(Path at, String options, String main, String... arguments) {
        return Distribution.java(at, options, main, arguments).directory(temporary.toFile()).redirectInput(Path.of("/dev/null").toFile());
    }

    private Outcome end(ProcessBuilder builder) throws Exception {
        Path out = temporary.resolve("out" + ++number);
        Path err = temporary.resolve("err" + number);
        Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(builder.command().getLast() + " did not end within 60 s: " + Files.readString(out) + Files.readString(err));
        }
        return new Outcome(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
    }

    private Outcome run(Path at, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("run"));
        all.addAll(List.of(arguments));
        return end(java(at, "jvm.options", "hv.app.launch.Main", all.toArray(String[]::new)));
    }

    private Outcome shell(String command) throws Exception {
        return end(java(home, "client.options", "hv.shell.client.ShellClient", "shell", command));
    }

    private String said(String command) throws Exception {
        Outcome outcome = shell(command);
        assertEquals(0, outcome.status(), command + ": " + outcome.err());
        return outcome.out();
    }

    private void refused(String command, String... parts) throws Exception {
        Outcome outcome = shell(command);
        assertEquals(1, outcome.status(), command + ": " + outcome.out());
        assertOneLine(outcome, parts);
    }

    private static void assertOneLine(Outcome outcome, String... parts) {
        assertTrue(outcome.err().startsWith("hv: "), outcome.err());
        assertEquals(1, outcome.err().lines().count(), outcome.err());
        for (String part : parts) {
            assertTrue(outcome.err().contains(part), outcome.err());
        }
    }

    private void start() throws Exception {
        Path log = temporary.resolve("platform.log");
        platform = java(home, "jvm.options", "hv.app.launch.Main", "platform").redirectErrorStream(true).redirectOutput(log.toFile()).start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Files.exists(home.resolve("run/ready"))) {
            assertTrue(platform.isAlive() && System.nanoTime() < deadline, "the platform did not start, see " + log);
            LockSupport.parkNanos(20_000_000);
        }
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(temporary.resolve(name), bytes);
    }

    /** An ELF kernel with one segment that holds some code, at any address. */
    private static byte[] elf(long physical, long lenBytes, int... code) {
        ByteBuffer b = ByteBuffer.allocate(120 + 4 * code.length).order(ByteOrder.LITTLE_ENDIAN);
        b.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
        b.putShort((short) 2).putShort((short) 243).putInt(1).putLong(0x8020_0000L).putLong(64).putLong(0).putInt(0);
        b.putShort((short) 64).putShort((short) 56).putShort((short) 1).putShort((short) 0).putShort((short) 0).putShort((short) 0);
        b.putInt(1).putInt(7).putLong(120).putLong(physical).putLong(physical).putLong(4L * code.length).putLong(lenBytes).putLong(4096);
        for (int word : code) {
            b.putInt(word);
        }
        return b.array();
    }

    @Test
    void whatCannotBootGetsOneLineAndItsStatus() throws Exception {
        String tiny = file("tiny", TinyGuest.image()).toString();
        String[][] wrong = {
            {"65", "lies outside RAM", "--kernel", file("wild", elf(-4096, 4, 0x13)).toString()},
            {"65", "it ends after 40 bytes", "--kernel", file("cut", Arrays.copyOf(elf(0x8020_0000L, 4, 0x13), 40)).toString()},
            {"65", "is a folder", "--kernel", tiny, "--initrd", temporary.toString()},
            {"65", "multiple of 512", "--guest", "tiny", "--disk", file("odd.img", new byte[1000]).toString()},
            {"65", "neither a file nor a block device", "--guest", "tiny", "--disk", "/dev/null"},
            {"65", "longer than 16 MiB", "--guest", "tiny", "--script", "/dev/zero"},
            {"65", "strict=maybe", "--guest", "tiny", "--set", "strict=maybe"},
            {"65", "no setting \"stric\"", "--guest", "tiny", "--set", "stric=true"},
            {"65", "no setting \"riscv.teir\"; did you mean riscv.tier?", "--guest", "tiny", "--set", "riscv.teir=interpret"},
            {"65", "use translate, translate-at-once or interpret", "--guest", "tiny", "--set", "riscv.tier=fast"},
            {"65", "use mmio or pci", "--guest", "tiny", "--set", "virtio=usb"},
            {"65", "no setting \"frobnicate\"", "--guest", "tiny", "--set", "frobnicate=1"},
            {"65", "knows no option \"frobnicate\"", "--guest", "tiny", "--net", "stream,path=/tmp/none,frobnicate=1"},
            {"65", "heavy", "--guest", "tiny", "--set", "weight=heavy"},
            {"69", "short; give it less memory", "--guest", "tiny", "--memory", "9000G"},
        };
        start();
        for (String[] arguments : wrong) {
            List<String> words = new ArrayList<>(List.of(arguments));
            words.set(1, "run");
            Outcome outcome = end(java(home, "client.options", "hv.shell.client.ShellClient", words.subList(1, words.size()).toArray(String[]::new)));
            assertEquals(Integer.parseInt(arguments[0]), outcome.status(), String.join(" ", arguments) + ": " + outcome.out() + outcome.err());
            assertOneLine(new Outcome(outcome.status(), "", outcome.out() + outcome.err()), arguments[1]);
        }
        assertEquals("nothing is granted\n", said("hv:accounts"));
        Path other = temporary.resolve("other");
        Outcome direct = run(other, Arrays.copyOfRange(wrong[0], 2, wrong[0].length));
        assertEquals(65, direct.status());
        assertOneLine(direct, wrong[0][1]);
        assertFalse(Files.exists(other.resolve("run/ready")) || Files.exists(other.resolve("run/shell.sock")), "something is left behind");
        Outcome outcome = run(Path.of(tiny), "--guest", "tiny");
        assertEquals(69, outcome.status());
        assertOneLine(outcome, "is a file: set HV_HOME");
    }

    @Test
    void aDiskInUseIsKeptFromOtherMachinesAndOtherProcesses() throws Exception {
        Path disk = file("disk.img", new byte[1 << 20]);
        start();
        said("hv:create --guest tiny --disk " + disk + " one");
        refused("hv:create --guest tiny --disk " + disk + " two", "in use");
        Outcome other = run(temporary.resolve("other"), "--guest", "tiny", "--disk", disk.toString());
        assertEquals(69, other.status(), "the refused machine took the first one's lock with it");
        assertOneLine(other, "in use");
        said("hv:destroy one");
        said("hv:create --guest tiny --disk " + disk + " two");
    }

    @Test
    void aKilledPlatformStartsAgainWithItsDefinitions() throws Exception {
        start();
        said("hv:create --guest tiny one");
        said("hv:start one");
        Outcome second = end(java(home, "jvm.options", "hv.app.launch.Main", "platform"));
        assertEquals(75, second.status(), "never two on one home");
        assertTrue(Files.exists(home.resolve("run/ready")), "the second took the first one's file");
        platform.destroyForcibly().waitFor();
        Files.delete(home.resolve("run/ready"));
        start();
        assertTrue(said("hv:info one").contains("one CREATED"));
    }

    @Test
    void aGuestThatResetsForEverEndsWhenToldAndNobodyElseNotices() throws Exception {
        // li a7, SRST; li a6, 0; li a0, 1 (cold reboot); li a1, 0; ecall
        Path storm = file("storm", elf(0x8020_0000L, 24, 0x53525 << 12 | 17 << 7 | 0x37, 0x354 << 20 | 17 << 15 | 17 << 7 | 0x13, 16 << 7 | 0x13,
                1 << 20 | 10 << 7 | 0x13, 11 << 7 | 0x13, 0x73));
        start();
        said("hv:create --guest tiny quiet");
        said("hv:start quiet");
        said("hv:create --kernel " + storm + " --memory 16M storm");
        said("hv:start storm");
        assertTrue(said("hv:info quiet").contains("RUNNING"));
        said("hv:pause quiet");
        said("hv:resume quiet");
        said("hv:stop --grace 0 storm");
        assertTrue(said("hv:info storm").contains("STOPPED"), "a reset that was under way revived it");
        assertTrue(said("hv:info quiet").contains("RUNNING"));
        said("hv:start storm");
        said("hv:destroy storm");
        assertTrue(said("hv:accounts").lines().noneMatch(line -> line.startsWith("storm")));
        assertEquals("no faults\n", said("hv:health"));
    }

    @Test
    void aDamagedSavedMachineIsRefusedAndNothingOfItIsLeft() throws Exception {
        start();
        said("hv:create --guest tiny one");
        said("hv:start one");
        refused("hv:save one " + temporary, "is no snapshot");
        refused("hv:save one /proc/saved.hv", "cannot write");
        said("hv:save one saved.hv");
        said("hv:destroy one");
        byte[] saved = Files.readAllBytes(temporary.resolve("saved.hv"));
        file("cut.hv", Arrays.copyOf(saved, saved.length / 2));
        refused("hv:restore cut.hv", "cut off");
        saved[saved.length / 2] ^= 1;
        file("flipped.hv", saved);
        refused("hv:restore flipped.hv", "damaged");
        refused("hv:restore out1", "is no snapshot");
        assertEquals("nothing is granted\n", said("hv:accounts"));
        assertTrue(said("hv:restore saved.hv").contains("one RUNNING"));
        try (Stream<Path> left = Files.list(temporary)) {
            assertEquals(List.of(), left.map(f -> f.getFileName().toString()).filter(name -> name.startsWith(".")).toList());
        }
    }
}
