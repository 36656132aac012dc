package hv.bench.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
    private final Report report = new Report();

    private String printed() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        report.print(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aTargetIsMetAtItsBoundAndMissedBeyond() {
        assertTrue(new Target("boot", 15, 15, true, "s").met());
        assertFalse(new Target("boot", 15.01, 15, true, "s").met());
        assertTrue(new Target("rate", 150, 150, false, "M/s").met());
        assertFalse(new Target("rate", 149.9, 150, false, "M/s").met());
        assertFalse(new Target("rate", Double.NaN, 150, false, "M/s").met());
    }

    @Test
    void missedTargetsSkippedPartsAndFaultsAreEachNamedInOneLine() {
        report.target(new Target("boot to shell", 16, 15, true, "s"));
        report.skip("sha256", "no compiler on this host");
        report.fault("lz has different check values");
        String text = printed();
        assertTrue(text.lines().anyMatch(l -> l.startsWith("boot to shell") && l.endsWith("MISSED")), text);
        assertTrue(text.lines().anyMatch(l -> l.equals("skipped: sha256: no compiler on this host")), text);
        assertTrue(text.lines().anyMatch(l -> l.equals("FAIL: lz has different check values")), text);
        assertTrue(report.hasFaults());
    }

    @Test
    void theFileHoldsWhatIsPrinted(@TempDir Path folder) throws BenchException {
        report.setting("peer", "QEMU 1.0");
        report.figure("instructionsPerCpuSecond", 1.5e8);
        report.target(new Target("rate", 150, 150, false, "M/s"));
        report.skip("clock", "no compiler");
        Path file = folder.resolve("r.json");
        report.writeJson(file);
        JsonNode json = JsonMapper.shared().readTree(file.toFile());
        assertEquals("QEMU 1.0", json.at("/setting/peer").asString());
        assertEquals(1.5e8, json.at("/figures/instructionsPerCpuSecond").asDouble());
        assertTrue(json.at("/targets/0/met").asBoolean());
        assertEquals("no compiler", json.at("/skipped/clock").asString());
        assertTrue(json.at("/faults").isEmpty());
    }

    @Test
    void aFolderInPlaceOfTheFileIsNamed(@TempDir Path folder) {
        BenchException e = org.junit.jupiter.api.Assertions.assertThrows(BenchException.class, () -> report.writeJson(folder));
        assertTrue(e.getMessage().contains(folder.toString()), e.getMessage());
    }
}
