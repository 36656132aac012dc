package hv.snapshot.internal;

import com.code_intelligence.jazzer.junit.FuzzTest;
import hv.api.HvException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;

/** Run with JAZZER_FUZZ=1 to search; otherwise the corpus beside this test is replayed. */
class SnapshotFuzzTest {
    @TempDir
    static Path folder;

    /** The first byte chooses: a file as it is, or bodies of chunks whose checksums are made right. */
    @FuzzTest(maxDuration = "30s")
    void aHostileFileIsAnsweredOrRefused(byte[] input) throws IOException, HvException {
        if (input.length == 0) {
            SnapshotForgery.read(folder, input);
            return;
        }
        byte[] rest = Arrays.copyOfRange(input, 1, input.length);
        SnapshotForgery.read(folder, input[0] == 0 ? rest : SnapshotForgery.fromScript(rest));
    }
}
