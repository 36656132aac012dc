package hv.engine.riscv.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.engine.riscv.tool.LoopGenerator;
import hv.engine.riscv.tool.MeaningGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What is generated from hv.riscv's table is that of the table as it is. */
class LoopFreshnessTest {
    @Test
    void checkedInMeaningsAreThoseOfTheTable() throws IOException {
        assertEquals(MeaningGenerator.generate(), Files.readString(Path.of("src/main/java/hv/engine/riscv/internal/Meaning.java")),
            "Meaning.java is stale: run hv.engine.riscv.tool.MeaningGenerator in the folder of hv.engine.riscv");
    }

    @Test
    void checkedInLoopIsThatOfTheTable() throws IOException {
        assertEquals(new LoopGenerator().generate(), Files.readString(Path.of("src/main/java/hv/engine/riscv/internal/InterpreterLoop.java")),
            "InterpreterLoop.java is stale: run hv.engine.riscv.tool.LoopGenerator in the folder of hv.engine.riscv");
    }
}
