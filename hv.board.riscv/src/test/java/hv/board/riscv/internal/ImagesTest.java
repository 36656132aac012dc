package hv.board.riscv.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SpecException;
import hv.board.Kernel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Firmware and kernel together. */
final class ImagesTest {
    private static final long M = 1L << 20;
    private static final Kernel.Ram RAM = KernelTest.RAM;

    private static Kernel binary(byte[] file, long gpa) throws SpecException {
        return KernelReader.parseBinary("firmware F", MemorySegment.ofArray(file), RAM, gpa, Arena.ofAuto());
    }

    private static byte[] elfAt(long gpa, int lenBytes) {
        return KernelTest.elf(gpa, 176 + lenBytes, new KernelTest.Header(1, 176, gpa, gpa, lenBytes, lenBytes));
    }

    @Test
    void aFlatKernelLiesBehindTheFirmwareAndItsInfo() throws SpecException {
        for (int lenBytes : new int[] {1, 1 << 20, (2 << 20) - 4096, (2 << 20) - 4095, 5 << 20}) {
            Kernel firmware = binary(new byte[lenBytes], RAM.gpa());
            long next = Images.nextGpa(firmware);
            assertTrue(next % (2 * M) == 0 && next - 4096 >= firmware.endGpa());
            Images images = Images.ofFirmware(firmware, binary(new byte[4096], next), RAM);
            assertEquals(RAM.gpa(), images.entryGpa());
            assertEquals(next, images.nextGpa());
            assertEquals(next - 4096, images.infoGpa());
            assertEquals(next + 4096, images.endGpa());
        }
    }

    @Test
    void aKernelKeepsTheRoomThatItsHeaderAsksFor() throws SpecException {
        Images images = Images.ofFirmware(binary(new byte[100], RAM.gpa()), binary(KernelTest.flat(2 * M, 9 * M, 0, 5000), RAM.gpa() + 2 * M), RAM);
        assertEquals(RAM.gpa() + 11 * M, images.endGpa());
        assertTrue(assertThrows(SpecException.class, () -> binary(KernelTest.flat(0, 63 * M, 0, 5000), RAM.gpa() + 2 * M)).getMessage().contains("outside RAM"));
    }

    @Test
    void elfFilesGoWhereTheyAreLinked() throws SpecException {
        Kernel firmware = binary(elfAt(RAM.gpa() + 8 * M, 500), RAM.gpa());
        assertEquals(RAM.gpa() + 8 * M, firmware.entryGpa());
        Images below = Images.ofFirmware(firmware, binary(elfAt(RAM.gpa() + M, 500), 0), RAM);
        assertEquals(RAM.gpa() + M, below.nextGpa());
        assertEquals(RAM.gpa() + 10 * M, below.endGpa());
        for (long bad : new long[] {RAM.gpa() + 8 * M + 400, RAM.gpa() + 8 * M - 100, RAM.gpa() + 10 * M - 4096}) {
            Kernel kernel = binary(elfAt(bad, 500), 0);
            String message = assertThrows(SpecException.class, () -> Images.ofFirmware(firmware, kernel, RAM)).getMessage();
            assertTrue(message.contains("the firmware has all below"), message);
        }
    }

    @Test
    void anyBytesAreLoadedInsideRamOrRefused() {
        Random random = new Random(9);
        int taken = 0;
        for (int n = 0; n < 5000; n++) {
            byte[] file = switch (random.nextInt(3)) {
                case 0 -> elfAt(RAM.gpa() + random.nextLong(70 * M), random.nextInt(5000));
                case 1 -> KernelTest.flat(random.nextLong(1L << random.nextInt(40)), random.nextLong(1L << random.nextInt(40)), 0, 64 + random.nextInt(5000));
                default -> new byte[random.nextInt(5000)];
            };
            for (int k = random.nextInt(4); k > 0 && file.length > 0; k--) {
                file[random.nextInt(Math.min(file.length, 176))] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                Kernel k = binary(file, RAM.gpa() + random.nextLong(64 * M) / 4096 * 4096);
                Images images = Images.ofFirmware(binary(new byte[1 + random.nextInt(3 << 20)], RAM.gpa()), k, RAM);
                assertTrue(images.all().getFirst().endGpa() <= images.all().getLast().segments().getFirst().gpa());
                assertTrue(k.endGpa() <= RAM.endGpa() && k.entryGpa() >= RAM.gpa() && k.entryGpa() < RAM.endGpa());
                taken++;
            } catch (SpecException refused) {
                assertFalse(refused.getMessage().contains("\n"), refused.getMessage());
            }
        }
        assertTrue(taken > 500, taken + " were taken");
    }
}
