package hv.board.x86.internal;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Any bytes as a kernel. In a normal run the files below {@code src/test/resources} are tried; {@code JAZZER_FUZZ=1} looks for more.
 */
final class KernelFuzzTest {

    @FuzzTest(maxDuration = "30s")
    void anyBytesAreLoadedInsideRamOrRefused(byte[] file) {
        KernelTest.checkAny(file);
    }
}
