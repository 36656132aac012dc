package hv.app.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class RunOptionsTest {
    @Test
    void architecturesAreNamed() {
        assertEquals(Architecture.RISCV64, RunOptions.parse(List.of()).arch);
        assertEquals(Architecture.X86_64, RunOptions.parse(List.of("--arch", "x86-64")).arch);
        assertEquals("debian-x86-64", Architecture.X86_64.guest("debian"));
        assertEquals("debian-x86-64", Architecture.X86_64.guest("debian-x86-64"));
        assertEquals("debian", Architecture.RISCV64.guest("debian"));
        String unknown = RunOptions.firstLine(assertThrows(CommandLine.ParameterException.class, () -> RunOptions.parse(List.of("--arch", "arm64"))));
        assertTrue(unknown.contains("use riscv64 or x86-64"), unknown);
        assertThrows(CommandLine.ParameterException.class, () -> RunOptions.parse(List.of("--image", "debian", "--arch", "x86-64")));
    }

    @Test
    void everyOptionIsTaken() {
        RunOptions options = RunOptions.parse(List.of("--kernel", "k", "--initrd=i", "--append", "a=b c", "--disk", "x", "--disk", "y,ro", "--memory", "1G", "--cpus", "2",
                "--script", "s", "--engine", "kvm", "--name", "n", "--set", "strict=true", "--set", "weight=7"));
        assertEquals(Path.of("k"), options.kernel);
        assertEquals(Path.of("i"), options.initrd);
        assertEquals("a=b c", options.append);
        assertEquals(List.of("x", "y,ro"), options.disks);
        assertEquals(1L << 30, options.memoryBytes);
        assertEquals(2, options.cpus);
        assertEquals(Path.of("s"), options.script);
        assertEquals("n", options.name);
        assertEquals("kvm", options.engine);
        assertEquals(Map.of("strict", "true", "weight", "7"), options.settings);
    }

    @Test
    void biosNoneStartsTheKernelAndAnyOtherNameIsAFile() {
        assertTrue(RunOptions.parse(List.of("--bios", "none", "--kernel", "k")).startsBare());
        assertFalse(RunOptions.parse(List.of("--bios", "./none")).startsBare());
        assertEquals(Path.of("fw"), RunOptions.parse(List.of("--bios", "fw")).bios);
        assertFalse(RunOptions.parse(List.of("--kernel", "k")).startsBare());
    }

    @Test
    void anImageExcludesGuestAndKernel() {
        assertEquals("debian,bus=scsi", RunOptions.parse(List.of("--image", "debian,bus=scsi", "--initrd", "i")).image);
        assertThrows(CommandLine.ParameterException.class, () -> RunOptions.parse(List.of("--image", "debian", "--guest", "tiny")));
        assertThrows(CommandLine.ParameterException.class, () -> RunOptions.parse(List.of("--image", "debian", "--kernel", "k")));
    }

    @Test
    void gdbHasAnAddressOrTheUsualOne() {
        assertEquals("1234", RunOptions.parse(List.of("--gdb", "--guest", "tiny")).gdb);
        assertEquals("unix:g", RunOptions.parse(List.of("--gdb", "unix:g", "--gdb-wait")).gdb);
        RunOptions waits = RunOptions.parse(List.of("--gdb-wait"));
        assertTrue(waits.gdbWait);
        assertEquals(null, waits.gdb);
    }

    @Test
    void mistakesAreNamedInTheFirstLine() {
        for (List<String> wrong : List.of(List.of("--kernle", "x"), List.of("--memory", "lots"), List.of("--memory", "999999999999999G"), List.of("--cpus", "two"), List.of("debian"),
                List.of("--guest", "tiny", "--kernel", "k"), List.of("--initrd", "i"), List.of("--set", "strict"), List.of("--kernel"), List.of("--bios", "none"))) {
            CommandLine.ParameterException refusal = assertThrows(CommandLine.ParameterException.class, () -> RunOptions.parse(wrong), wrong.toString());
            assertTrue(!refusal.getMessage().lines().findFirst().orElse("").isBlank(), wrong.toString());
        }
    }
}
