package hv.suite.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.machine.Platform;
import hv.riscv.asm.Assembler;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The suite's harness with programs of our own: what passes passes, and nothing else. */
class RiscvTestsTest {
    @TempDir
    private Path folder;

    private void program(String name, String source) throws Exception {
        String frame = "li s0, 0x80001000\n" + source + "\nend: j end\n .balign 4096\ntohost: .dword 0\n";
        Files.write(folder.resolve(name), TestProgram.elf(new Assembler(TestProgram.BASE).assemble(frame), 0x8000_1000L));
    }

    private String run(boolean passes, String only) throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (Platform platform = Platform.embedded()) {
            assertEquals(passes, new RiscvTests(platform.hypervisor(), Map.of(), new PrintStream(said, true, StandardCharsets.UTF_8)).run(folder, Pattern.compile(only)));
        }
        return said.toString(StandardCharsets.UTF_8);
    }

    private static final String PASS = "li t0, 1\n sd t0, 0(s0)\n";
    private static final String PRINT = "li t0, 0x101\n slli t0, t0, 48\n ori t0, t0, 65\n sd t0, 0(s0)\n1: ld t1, 0(s0)\n bnez t1, 1b\n";

    @Test
    void whatEndsWithOnePassesAndAnythingElseFails() throws Exception {
        program("rv64ui-p-good", PASS);
        program("rv64ui-v-prints", PRINT + PASS);
        program("rv64uzbc-p-clmul", "ebreak");
        program("hypervisor-p-two", PASS);
        Files.writeString(folder.resolve("rv64ui-p-good.dump"), "not a program");
        Files.writeString(folder.resolve("rv64ui-p-text"), "not a program");
        String said = run(true, "");
        assertTrue(said.contains("skipped  rv64uzbc-p-clmul: harts have no Zbc"), said);
        assertTrue(said.contains("2 passed, 0 failed, 2 skipped"), said);

        program("rv64mi-p-bad", "li t0, 11\n sd t0, 0(s0)\n");
        program("rv64mi-p-device", "li t0, 9\n slli t0, t0, 56\n sd t0, 0(s0)\n");
        Files.write(folder.resolve("rv64mi-p-nosymbol"), TestProgram.elf(new byte[64], 0x8000_1000L - 0x1000_0000L));
        said = run(false, "");
        assertTrue(said.contains("rv64mi-p-bad") && said.contains(": test 5"), said);
        assertTrue(said.contains("asks for device 9, command 0"), said);
        assertTrue(said.contains("outside of RAM"), said);
        assertTrue(said.contains("2 passed, 3 failed, 2 skipped"), said);
        assertTrue(run(true, "^rv64ui").contains("2 passed, 0 failed, 0 skipped"));
    }

    @Test
    void nothingToRunIsNoSuccess() throws Exception {
        String message = assertThrows(SuiteException.class, () -> run(true, "")).getMessage();
        assertTrue(message.contains("build the suite first"), message);
        program("rv64uzbc-p-clmul", "ebreak");
        run(false, "");
    }

    @Test
    void familiesAreSkippedByWhatHartsLack() {
        for (String family : new String[] {"ui", "um", "ua", "uf", "ud", "uc", "mi", "si", "uzba", "uzbb", "uzbs"}) {
            assertNull(RiscvTests.lacks(family), family);
        }
        for (String family : new String[] {null, "uzfh", "ssvnapot", "up"}) {
            assertNotNull(RiscvTests.lacks(family), family);
        }
        assertFalse(RiscvTests.lacks("uzfh").isBlank());
    }
}
