package hv.riscv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.riscv.tool.Generator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GeneratedSourcesTest {
    @Test
    void checkedInSourcesAreThoseOfTheTable() throws IOException {
        for (Map.Entry<String, String> e : new Generator().generate().entrySet()) {
            assertEquals(e.getValue(), Files.readString(Path.of("src/main/java/hv/riscv", e.getKey())),
                e.getKey() + " is stale: run hv.riscv.tool.Generator in the folder of hv.riscv");
        }
    }
}
