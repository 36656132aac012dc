package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.machine.DiskSpec;
import hv.api.machine.Machine;
import hv.api.machine.MachineSpec;
import hv.api.machine.MachineState;
import hv.guest.tiny.TinyGuest;
import hv.machine.Platform;
import java.io.RandomAccessFile;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tiny guest on the whole platform, embedded: what it prints is checked, whatever it does is survived. */
class TinyGuestTest {
    private static final String PROMPT = TinyGuest.PROMPT;
    @TempDir
    static Path folder;
    private static Platform platform;
    private static Path kernel;
    private static int count;

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

    static MachineSpec spec() {
        return MachineSpec.named("tiny" + ++count, kernel).withMemory(32 * MachineSpec.MIB);
    }

    private static Machine boot(MachineSpec spec) throws Exception {
        Machine m = platform.hypervisor().create(spec);
        m.start();
        return m;
    }

    @Test
    void itBootsComputesAndPowersOff() throws Exception {
        Machine m = boot(spec());
        try (GuestDriver g = new GuestDriver(m)) {
            g.expect(TinyGuest.BANNER, 20);
            g.expect(PROMPT, 20);
            assertTrue(g.run("sum 1000000", PROMPT, 20).contains("0xaef9e4ff4edd6a7c"));
            g.type("poweroff");
            assertTrue(m.awaitEnd(Duration.ofSeconds(10)));
        }
        assertEquals(MachineState.STOPPED, m.state());
        platform.hypervisor().destroy(m.name());
    }

    @Test
    void strictModePrintsTheSame() throws Exception {
        Machine m = boot(spec().withSetting("strict", "true"));
        try (GuestDriver g = new GuestDriver(m)) {
            g.expect(PROMPT, 20);
            assertTrue(g.run("sum 100000", PROMPT, 20).contains("sum 100000: "));
            assertTrue(m.exits().stream().anyMatch(e -> e.kind().equals("privileged") && e.count() > 10));
        }
        platform.hypervisor().destroy(m.name());
    }

    @Test
    void aRebootStartsAgain() throws Exception {
        Machine m = boot(spec());
        try (GuestDriver g = new GuestDriver(m)) {
            g.expect(PROMPT, 20);
            g.type("reboot");
            g.expect(TinyGuest.BANNER, 20);
            g.expect(PROMPT, 20);
            m.reset();
            g.expect(TinyGuest.BANNER, 20);
        }
        platform.hypervisor().destroy(m.name());
    }

    @Test
    void theDiskHoldsWhatWasWritten() throws Exception {
        Path disk = folder.resolve("disk.img");
        try (RandomAccessFile f = new RandomAccessFile(disk.toFile(), "rw")) {
            f.setLength(1 << 20);
        }
        Machine m = boot(spec().withDisk(DiskSpec.raw(disk)));
        try (GuestDriver g = new GuestDriver(m)) {
            g.expect(PROMPT, 20);
            String said = g.run("disk 3", PROMPT, 30);
            assertTrue(said.contains("0 errors, ok"), said);
        }
        platform.hypervisor().destroy(m.name());
        byte[] all = Files.readAllBytes(disk);
        assertTrue(Arrays.hashCode(all) != Arrays.hashCode(new byte[all.length]), "the guest's writes are in the file");
    }

    @Test
    void aHostileGuestHarmsNobodyElse() throws Exception {
        Machine good = boot(spec());
        Machine bad = boot(spec());
        try (GuestDriver g = new GuestDriver(good); GuestDriver b = new GuestDriver(bad)) {
            g.expect(PROMPT, 20);
            b.expect(PROMPT, 20);
            b.run("illegal 10000", PROMPT, 30);
            b.run("poke 20000", PROMPT, 60);
            b.type("wild");
            b.readFor(300);
            assertTrue(g.run("sum 1000000", PROMPT, 30).contains("0xaef9e4ff4edd6a7c"));
            b.type("spin");
            b.readFor(200);
            assertTrue(g.run("sum 1000000", PROMPT, 30).contains("0xaef9e4ff4edd6a7c"));
        }
        platform.hypervisor().destroy(bad.name());
        assertEquals(MachineState.RUNNING, good.state());
        platform.hypervisor().destroy(good.name());
    }

    @Test
    void otherHartsStartAndCount() throws Exception {
        Machine m = boot(spec().withVcpus(4));
        try (GuestDriver g = new GuestDriver(m)) {
            g.expect(PROMPT, 20);
            String said = g.run("harts", PROMPT, 30);
            assertTrue(Pattern.compile("ok").matcher(said).find(), said);
        }
        platform.hypervisor().destroy(m.name());
    }

    @Test
    void anIdleGuestParks() throws Exception {
        Machine m = boot(spec());
        try (GuestDriver g = new GuestDriver(m)) {
            g.expect(PROMPT, 20);
            g.readFor(200);
            Duration before = m.info().cpuTime();
            g.readFor(1000);
            long used = m.info().cpuTime().minus(before).toMillis();
            assertTrue(used < 500, "an idle guest ran for " + used + " ms of a second");
        }
        platform.hypervisor().destroy(m.name());
    }

    @Test
    void theExampleOfTheReadmeIsWhatIsRunHere() throws Exception {
        Method main = EmbeddingExample.class.getDeclaredMethod("main", String[].class);
        Object printed = EmbeddingExample.run(kernel, "sum 1000000");
        assertTrue(printed.toString().contains("0xaef9e4ff4edd6a7c"), printed.toString());
        assertEquals(void.class, main.getReturnType());
        String source = Files.readString(Path.of("src/test/java/hv/itest/EmbeddingExample.java"));
        String body = source.substring(source.indexOf("    static String run("), source.indexOf("    // end of the example")).strip().indent(-4).strip();
        assertTrue(Files.readString(Path.of("../README.md")).contains(body), "README.md shows the example as it is compiled here");
    }
}
