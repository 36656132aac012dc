package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.machine.Machine;
import hv.api.machine.MachineSpec;
import hv.images.InitramfsBuilder;
import hv.machine.Platform;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian on four harts, with a program of ours that makes them work on each other. */
@Tag("full")
class DebianSmpTest {
    private static final String COMPILER = "riscv64-linux-gnu-gcc";
    private static final int HARTS = 4;
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

    /** The catalog's guest, to whose initial RAM disk a second archive with the program is appended; the kernel unpacks both. */
    private static MachineSpec withProgram(String name) throws Exception {
        MachineSpec spec = DebianGuest.spec(name).withVcpus(HARTS).withMemory(512 * MachineSpec.MIB);
        Path program = folder.resolve("smpstress");
        Path said = folder.resolve("gcc.log");
        try {
            Process gcc = new ProcessBuilder(COMPILER, "-O2", "-static", "-s", "-pthread", "-o", program.toString(), "src/test/guest/smpstress.c")
                .redirectErrorStream(true).redirectOutput(said.toFile()).start();
            assertTrue(gcc.waitFor(120, TimeUnit.SECONDS), COMPILER + " does not end");
            assertEquals(0, gcc.exitValue(), () -> "see " + said);
        } catch (java.io.IOException e) {
            Assumptions.abort("needs " + COMPILER + " (gcc-riscv64-linux-gnu and libc6-dev-riscv64-cross): " + e.getMessage());
        }
        Path initrd = folder.resolve("initrd-" + name + ".gz");
        try (OutputStream out = Files.newOutputStream(initrd)) {
            Files.copy(spec.initrd(), out);
            new InitramfsBuilder().file("bin/smpstress", 0755, program).writeGzip(out);
        }
        return spec.withInitrd(initrd);
    }

    @Test
    void fourHartsUnderStressEndWithTheRightSums() throws Exception {
        Machine m = platform.hypervisor().create(withProgram("stress"));
        m.start();
        DebianGuest d = new DebianGuest(m).awaitShell();
        assertEquals(Integer.toString(HARTS), d.run("grep -c ^processor /proc/cpuinfo", 60).strip());
        String kernel = d.run("dmesg", 60);
        for (String wanted : new String[] {"smp: Brought up 1 node, " + HARTS + " CPUs", "SBI PMU extension is available",
            "16 firmware and 2 hardware counters", "SBI SUSP extension detected"}) {
            assertTrue(kernel.contains(wanted), wanted);
        }
        for (String mode : new String[] {"locks", "futexes", "signals", "forks", "maps", "clocks"}) {
            String said = d.run("smpstress " + mode + " 10", 180).strip();
            assertTrue(said.contains(mode + " ok"), said);
            System.out.println("Debian on " + HARTS + " harts: " + said);
        }
        platform.hypervisor().destroy(m.name());
    }

    @Test
    void hartsGoAndComeBack() throws Exception {
        Machine m = platform.hypervisor().create(DebianGuest.spec("hotplug").withVcpus(HARTS));
        m.start();
        DebianGuest d = new DebianGuest(m).awaitShell();
        for (int round = 0; round < 10; round++) {
            d.run("for c in 1 2 3; do echo 0 > /sys/devices/system/cpu/cpu$c/online || exit 1; done", 60);
            assertEquals("0", d.run("cat /sys/devices/system/cpu/online", 30).strip());
            assertEquals(1, m.info().startedVcpus());
            d.run("for c in 1 2 3; do echo 1 > /sys/devices/system/cpu/cpu$c/online || exit 1; done", 60);
            assertEquals("0-3", d.run("cat /sys/devices/system/cpu/online", 30).strip());
        }
        platform.hypervisor().destroy(m.name());
    }
}
