package hv.engine.riscv.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.engine.riscv.tool.LoopGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LoopFreshnessTest {
    @Test
    void checkedInLoopIsThatOfTheTable() throws IOException {
        assertEquals(new LoopGenerator().generate(), Files.readString(Path.of("src/main/java/hv/engine/riscv/internal/InterpreterLoop.java")),
            "InterpreterLoop.java is stale: run hv.engine.riscv.tool.LoopGenerator in the folder of hv.engine.riscv");
    }
}
