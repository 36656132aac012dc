package hv.engine.riscv.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class RawRamTest {
    private static final long SIZE = 1 << 20;

    @Test
    void itIsThereWhereTheJvmOpensThePackage() {
        boolean opened = ManagementFactory.getRuntimeMXBean().getInputArguments().contains("--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED");
        assertEquals(opened, RawRam.AVAILABLE);
    }

    /** Whatever a TLB says, an offset outside RAM is no hit. */
    @Test
    void anEntryThatLeadsOutOfRamIsAMiss() {
        Assumptions.assumeTrue(RawRam.AVAILABLE, "jdk.internal.misc is not open to the engine");
        long va = 0x7000;
        long[] tags = new long[2 * Tlb.ENTRIES];
        int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
        tags[t] = va;
        for (int bytes = 1; bytes <= 8; bytes *= 2) {
            long last = RawRam.last(SIZE, bytes);
            for (long inside : new long[] {0, 1, SIZE / 2, SIZE - bytes}) {
                tags[t + 1] = inside - va;
                assertTrue(RawRam.hits(tags, va, ~0xfffL, last), "at " + inside);
            }
            for (long outside : new long[] {-1, -bytes, SIZE - bytes + 1, SIZE, Long.MAX_VALUE, Long.MIN_VALUE}) {
                tags[t + 1] = outside - va;
                assertFalse(RawRam.hits(tags, va, ~0xfffL, last), "at " + outside);
            }
        }
    }
}
