package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.machine.Machine;
import hv.api.machine.MachineSpec;
import hv.api.machine.MachineState;
import hv.guest.tiny.TinyGuest;
import hv.machine.Platform;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Unmodified Debian on the embedded platform: what its programs print is checked. */
class DebianTest {
    @TempDir
    static Path folder;
    private static Platform platform;

    @BeforeAll
    static void start() throws Exception {
        platform = Platform.embedded();
    }

    @AfterAll
    static void stop() {
        platform.close();
    }

    private static Machine boot(MachineSpec spec) throws Exception {
        Machine m = platform.hypervisor().create(spec);
        m.start();
        return m;
    }

    @Test
    void aShellRunsCommandsAndPowersOff() throws Exception {
        Machine m = boot(DebianGuest.spec("shell"));
        DebianGuest d = new DebianGuest(m).awaitShell();
        assertTrue(d.run("uname -a", 30).contains("riscv64 GNU/Linux"));
        assertTrue(d.run("cat /proc/cpuinfo", 30).contains("rv64imafdc"));

        assertTrue(d.run("adjtimex > /dev/null && date +%s > /dev/null && echo the clock is read", 30).contains("the clock is read"));

        d.console().session().resize(123, 45);
        assertEquals("45 123", d.run("sleep 0.2; stty size", 30).strip());

        // One megabyte of output arrives whole.
        String numbers = d.run("seq 1 160000", 120);
        StringBuilder expected = new StringBuilder("\n");
        for (int i = 1; i <= 160_000; i++) {
            expected.append(i).append('\n');
        }
        assertTrue(numbers.length() > 1_000_000);
        assertEquals(expected.toString().strip(), numbers.strip());

        // 100 KB of input, pasted in lines under 4 KB, arrive whole.
        Random random = new Random(11);
        StringBuilder pasted = new StringBuilder();
        while (pasted.length() < 100_000) {
            for (int n = 1000 + random.nextInt(2900); n > 0; n--) {
                pasted.append((char) ('a' + random.nextInt(26)));
            }
            pasted.append('\n');
        }
        d.run("stty -echo", 30);
        String mark = d.start("cat > /tmp/pasted");
        byte[] b = (pasted + "\u0004").getBytes(StandardCharsets.US_ASCII);
        d.console().session().write(b, 0, b.length);
        d.end(mark, 120);
        String sum = HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(pasted.toString().getBytes(StandardCharsets.US_ASCII)));
        assertTrue(d.run("md5sum /tmp/pasted", 60).contains(sum));
        d.run("stty echo", 30);

        // Ctrl-C ends a program that runs in the foreground.
        d.console().type("echo begun; sleep 1000");
        d.console().expect("begun", 30);
        d.console().expect("begun", 30);
        d.console().readFor(500);
        d.console().session().write(new byte[] {3}, 0, 1);
        assertTrue(d.run("echo after", 30).contains("after"));

        d.console().type("poweroff");
        assertTrue(m.awaitEnd(Duration.ofSeconds(60)));
        assertEquals(MachineState.STOPPED, m.state());
        platform.hypervisor().destroy("shell");
    }

    @Test
    @Tag("full")
    void strictModeBootsTheSameLinux() throws Exception {
        Machine m = boot(DebianGuest.spec("strict").withSetting("strict", "true"));
        DebianGuest d = new DebianGuest(m).awaitShell();
        assertTrue(d.run("uname -m", 30).contains("riscv64"));
        assertTrue(m.exits().stream().anyMatch(e -> e.kind().equals("privileged") && e.count() > 100_000));
        platform.hypervisor().destroy("strict");
    }

    @Test
    @Tag("full")
    void twoDebiansAndATinyOneDoNotKnowOfEachOther() throws Exception {
        Path kernel = folder.resolve("tiny.img");
        Files.write(kernel, TinyGuest.image());
        Machine a = boot(DebianGuest.spec("a"));
        Machine b = boot(DebianGuest.spec("b"));
        Machine tiny = boot(MachineSpec.named("tiny", kernel).withMemory(32 * MachineSpec.MIB));
        DebianGuest da = new DebianGuest(a).awaitShell();
        DebianGuest db = new DebianGuest(b).awaitShell();
        GuestDriver t = new GuestDriver(tiny);
        t.expect(TinyGuest.PROMPT, 60);
        // Each writes its own secret all over its memory; nobody finds another's.
        for (DebianGuest d : new DebianGuest[] {da, db}) {
            d.run("yes secret-of-" + (d == da ? "a" : "b") + " | head -c 300000 > /tmp/1; for i in $(seq 1 100); do cat /tmp/1; done > /tmp/s", 120);
        }
        assertEquals(0, occurrences(b, "secret-of-a"));
        assertEquals(0, occurrences(a, "secret-of-b"));
        assertTrue(occurrences(a, "secret-of-a") > 1000);
        a.stop(Duration.ofSeconds(60));
        assertEquals(MachineState.STOPPED, a.state());
        assertTrue(db.run("echo still here", 30).contains("still here"));
        assertTrue(t.run("sum 1000000", TinyGuest.PROMPT, 30).contains("0xaef9e4ff4edd6a7c"));
        for (String name : new String[] {"a", "b", "tiny"}) {
            platform.hypervisor().destroy(name);
        }
    }

    /** How often a text stands in a machine's RAM, as its own saved state shows it. */
    private static int occurrences(Machine m, String text) throws Exception {
        byte[] wanted = text.getBytes(StandardCharsets.US_ASCII);
        int[] found = {0};
        m.save(new hv.api.machine.MachineSink() {
            @Override
            public void machine(MachineSpec spec, boolean wasRunning) {
                // Only the RAM is looked at.
            }

            @Override
            public void part(String path, String type, hv.api.state.StateImage state, java.util.Map<String, String> claims) {
                // See machine.
            }

            @Override
            public void ram(long gpa, java.lang.foreign.MemorySegment bytes) {
                byte[] all = bytes.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
                outer:
                for (int i = 0; i + wanted.length <= all.length; i++) {
                    for (int k = 0; k < wanted.length; k++) {
                        if (all[i + k] != wanted[k]) {
                            continue outer;
                        }
                    }
                    found[0]++;
                }
            }
        });
        return found[0];
    }

    @Test
    @Tag("full")
    void timeInTheGuestIsTheHosts() throws Exception {
        Machine m = boot(DebianGuest.spec("clock"));
        DebianGuest d = new DebianGuest(m).awaitShell();
        d.run("true", 30);
        long before = System.nanoTime();
        double uptime = Double.parseDouble(d.run("cut -d' ' -f1 /proc/uptime", 30).strip());
        d.run("sleep 10", 30);
        double slept = Double.parseDouble(d.run("a=$(cut -d' ' -f1 /proc/uptime); sleep 10; b=$(cut -d' ' -f1 /proc/uptime); echo \"$a $b\" | awk '{print $2 - $1}'", 60).strip());
        assertTrue(Math.abs(slept - 10) < 0.1, "sleep 10 took " + slept + " s by the guest's clock");
        m.pause();
        m.resume();
        double later = Double.parseDouble(d.run("cut -d' ' -f1 /proc/uptime", 30).strip());
        double host = (System.nanoTime() - before) / 1e9;
        assertTrue(later > uptime && later - uptime < host + 0.1, "guest " + (later - uptime) + " s, host " + host + " s");
        assertTrue(later - uptime > host - 1, "guest " + (later - uptime) + " s, host " + host + " s");
        platform.hypervisor().destroy("clock");
    }
}
