package hv.board.riscv.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SpecException;
import hv.board.Kernel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BootLayoutTest {
    private static final long M = 1L << 20;

    private static Kernel.Ram ram(long mib) {
        return new Kernel.Ram(VirtMap.RAM_GPA, mib * M);
    }

    private static Images kernel(long imageMib, Kernel.Ram ram) throws SpecException {
        return Images.ofKernel(KernelReader.parse("kernel K", MemorySegment.ofArray(KernelTest.flat(2 * M, imageMib * M, 0, 4096)), ram, Arena.ofAuto()));
    }

    @Test
    void treeAndInitrdLieAtTheTopAndApart() throws SpecException {
        BootLayout plan = BootLayout.of(kernel(32, ram(256)), "I", 10 * M + 1, ram(256));
        assertEquals(0x8fe0_0000L, plan.fdtGpa());
        assertEquals(0x8fe0_0000L - 10 * M - 4096, plan.initrdGpa());
    }

    @Test
    void theTreeStaysBelowThreeGibibytesAndAnInitrdTooBigForThatGoesAbove() throws SpecException {
        BootLayout small = BootLayout.of(kernel(32, ram(8192)), "I", 10 * M, ram(8192));
        assertEquals((3L << 30) - 2 * M, small.fdtGpa());
        assertTrue(small.initrdGpa() + small.initrdLenBytes() <= small.fdtGpa());
        BootLayout big = BootLayout.of(kernel(32, ram(8192)), "I", 2048 * M, ram(8192));
        assertEquals(ram(8192).endGpa() - 2048 * M, big.initrdGpa());
    }

    @Test
    void whatDoesNotFitIsRefusedWithTheArithmetic() throws SpecException {
        Images kernel = kernel(32, ram(64));
        String big = assertThrows(SpecException.class, () -> BootLayout.of(kernel, "I", 65 * M, ram(64))).getMessage();
        assertTrue(big.startsWith("initrd I: has 68157440 bytes, more than RAM (0x80000000..0x84000000, 64 MiB)"), big);
        String tight = assertThrows(SpecException.class, () -> BootLayout.of(kernel, "I", 30 * M, ram(64))).getMessage();
        assertTrue(tight.contains("give the machine at least 68 MiB"), tight);
        assertEquals(30 * M, BootLayout.of(kernel(32, ram(68)), "I", 30 * M, ram(68)).initrdLenBytes(), "what the message says is true");
        Images full = kernel(62, ram(64));
        assertTrue(assertThrows(SpecException.class, () -> BootLayout.of(full, "", 0, ram(64))).getMessage().contains("device tree"));
    }

    @Test
    void nothingEverOverlaps() throws SpecException {
        Random random = new Random(3);
        int placed = 0;
        for (int i = 0; i < 20_000; i++) {
            Kernel.Ram ram = ram(8 + random.nextInt(1 << (3 + random.nextInt(10))));
            try {
                Images kernel = kernel(random.nextInt(64), ram);
                BootLayout plan = BootLayout.of(kernel, "I", random.nextLong(1 + ram.lenBytes()), ram);
                placed++;
                long initrdEnd = plan.initrdGpa() + plan.initrdLenBytes();
                assertTrue(ram.contains(plan.fdtGpa(), BootLayout.FDT_MAX_BYTES) && plan.fdtGpa() >= kernel.endGpa());
                assertTrue(plan.initrdLenBytes() == 0 || ram.contains(plan.initrdGpa(), plan.initrdLenBytes())
                        && plan.initrdGpa() >= kernel.endGpa()
                        && (initrdEnd <= plan.fdtGpa() || plan.initrdGpa() >= plan.fdtGpa() + BootLayout.FDT_MAX_BYTES));
            } catch (SpecException refused) {
                assertTrue(refused.getMessage().contains("RAM"), refused.getMessage());
            }
        }
        assertTrue(placed > 1000, placed + " placed");
    }
}
