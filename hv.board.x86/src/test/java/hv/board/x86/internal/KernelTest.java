package hv.board.x86.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SpecException;
import hv.board.Kernel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class KernelTest {
    private static final long M = 1L << 20;
    static final Kernel.Ram RAM = new Kernel.Ram(M, 63 * M);
    private static final int SETUP_BYTES = 0x400;

    /** A bzImage with one sector of setup code behind the first, and a kernel of that many bytes. */
    static byte[] bzImage(int kernelLenBytes) {
        byte[] file = new byte[SETUP_BYTES + kernelLenBytes];
        MemorySegment out = MemorySegment.ofArray(file);
        file[0x1f1] = 1;
        out.set(Kernel.LE32, 0x1f4, (kernelLenBytes + 15) / 16);
        out.set(Kernel.LE16, 0x1fe, (short) 0xaa55);
        file[0x201] = 0x6a;
        MemorySegment.copy(MemorySegment.ofArray("HdrS".getBytes(StandardCharsets.US_ASCII)), 0, out, 0x202, 4);
        out.set(Kernel.LE16, 0x206, (short) 0x20f);
        file[0x211] = 1;
        out.set(Kernel.LE32, 0x22c, 0x7fff_ffff);
        out.set(Kernel.LE32, 0x230, 0x20_0000);
        file[0x234] = 1;
        out.set(Kernel.LE16, 0x236, (short) 0x7f);
        out.set(Kernel.LE32, 0x238, 2047);
        out.set(Kernel.LE64, 0x258, 16 * M);
        out.set(Kernel.LE32, 0x260, (int) (8 * M));
        return file;
    }

    /** An ELF file with one segment of 256 bytes at 16 MiB, and a note. */
    static byte[] elf(String owner, int noteType, int descriptorLenBytes, long entry) {
        byte[] file = new byte[0x400];
        MemorySegment out = MemorySegment.ofArray(file);
        MemorySegment.copy(MemorySegment.ofArray(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}), 0, out, 0, 7);
        out.set(Kernel.LE16, 16, (short) 2);
        out.set(Kernel.LE16, 18, (short) 62);
        out.set(Kernel.LE64, 24, 16 * M);
        out.set(Kernel.LE64, 32, 64);
        out.set(Kernel.LE16, 54, (short) 56);
        out.set(Kernel.LE16, 56, (short) 2);
        header(out, 64, 1, 0x300, 16 * M, 0x100, 0x1000);
        header(out, 120, 4, 0x200, 0, 12 + 8 + 12 + 8 + descriptorLenBytes, 0);
        // Another note before it: type 1 of another owner.
        out.set(Kernel.LE32, 0x200, 4);
        out.set(Kernel.LE32, 0x204, 4);
        out.set(Kernel.LE32, 0x208, 18);
        MemorySegment.copy(MemorySegment.ofArray("GNU\0".getBytes(StandardCharsets.US_ASCII)), 0, out, 0x20c, 4);
        int note = 0x214;
        out.set(Kernel.LE32, note, owner.length() + 1);
        out.set(Kernel.LE32, note + 4, descriptorLenBytes);
        out.set(Kernel.LE32, note + 8, noteType);
        MemorySegment.copy(MemorySegment.ofArray(owner.getBytes(StandardCharsets.US_ASCII)), 0, out, note + 12, owner.length());
        if (descriptorLenBytes >= 8) {
            out.set(Kernel.LE64, note + 16, entry);
        } else if (descriptorLenBytes >= 4) {
            out.set(Kernel.LE32, note + 16, (int) entry);
        }
        return file;
    }

    private static void header(MemorySegment out, int at, int type, long offset, long gpa, long fileLenBytes, long memoryLenBytes) {
        out.set(Kernel.LE32, at, type);
        out.set(Kernel.LE64, at + 8, offset);
        out.set(Kernel.LE64, at + 16, 0xffff_ffff_8000_0000L + gpa);
        out.set(Kernel.LE64, at + 24, gpa);
        out.set(Kernel.LE64, at + 32, fileLenBytes);
        out.set(Kernel.LE64, at + 40, memoryLenBytes);
    }

    static LinuxKernel parse(byte[] file) throws SpecException {
        return KernelReader.parse("kernel K", MemorySegment.ofArray(file), RAM, Arena.ofAuto());
    }

    private static void refused(String says, byte[] file) {
        String message = assertThrows(SpecException.class, () -> parse(file)).getMessage();
        assertTrue(message.startsWith("kernel K: "), message);
        assertTrue(message.contains(says), message);
        assertFalse(message.contains("\n"), message);
    }

    private interface Change {
        void to(MemorySegment file);
    }

    private static byte[] with(Change change) {
        byte[] file = bzImage(0x1000);
        change.to(MemorySegment.ofArray(file));
        return file;
    }

    @Test
    void aBzImageGoesWhereItPrefersToBe() throws SpecException {
        byte[] file = bzImage(0x1001);
        LinuxKernel image = parse(file);
        assertEquals(LinuxKernel.Entry.LINUX_64, image.entry());
        assertEquals(List.of(new Kernel.Segment(16 * M, SETUP_BYTES, 0x1001, 8 * M)), image.kernel().segments(), "without the real-mode part");
        assertEquals(16 * M + 0x200, image.kernel().entryGpa());
        assertEquals(24 * M, image.kernel().endGpa());
        assertEquals(2047, image.commandLineMaxBytes());
        assertEquals(0x8000_0000L, image.initrdEndMaxGpa());
        assertArrayEquals(Arrays.copyOfRange(file, 0x1f1, 0x26c), image.setupHeader());
    }

    @Test
    void setupSectorsOfZeroAreFour() throws SpecException {
        byte[] file = Arrays.copyOf(bzImage(0x1000), 5 * 512 + 0x1000);
        file[0x1f1] = 0;
        assertEquals(5 * 512, parse(file).kernel().segments().getFirst().offsetBytes());
    }

    @Test
    void damagedBzImagesAreRefused() {
        refused("inside its header", Arrays.copyOf(bzImage(0x1000), 0x205));
        refused("inside its setup header", Arrays.copyOf(bzImage(0x1000), 0x263));
        refused("cut short", Arrays.copyOf(bzImage(0x1000), 0x13f0));
        refused("boot flag", with(f -> f.set(Kernel.LE16, 0x1fe, (short) 0)));
        refused("protocol 2.11", with(f -> f.set(Kernel.LE16, 0x206, (short) 0x20b)));
        refused("without 64-bit entry", with(f -> f.set(Kernel.LE16, 0x236, (short) 0)));
        refused("without 64-bit entry", with(f -> f.asSlice(0x211, 1).fill((byte) 0)));
        refused("of 0 bytes", with(f -> f.set(Kernel.LE32, 0x1f4, 0)));
        refused("cut short", with(f -> f.set(Kernel.LE32, 0x1f4, -1)));
        refused("cut short", with(f -> f.asSlice(0x1f1, 1).fill((byte) 0xff)));
        refused("more RAM", with(f -> f.set(Kernel.LE32, 0x260, -1)));
        refused("more RAM", with(f -> f.set(Kernel.LE64, 0x258, 60 * M)));
        refused("outside RAM", with(f -> f.set(Kernel.LE64, 0x258, 0x9000)));
        refused("outside RAM", with(f -> f.set(Kernel.LE64, 0x258, Long.MIN_VALUE)));
        refused("no multiple of 4096", with(f -> f.set(Kernel.LE64, 0x258, 16 * M + 1)));
    }

    @Test
    void whatIsNoKernelHereIsNamed() {
        refused("the file is empty", new byte[0]);
        refused("format is not known", new byte[4096]);
        byte[] riscv = new byte[0x300];
        System.arraycopy(new byte[] {'R', 'S', 'C', 5}, 0, riscv, 0x38, 4);
        refused("RISC-V", riscv);
        byte[] elf = elf("Xen", 18, 8, 16 * M);
        elf[18] = (byte) 243;
        refused("machine type 243, not for x86-64 (62)", elf);
        refused("bzImage", new byte[4096]);
    }

    @Test
    void anElfFileIsEnteredByItsNote() throws SpecException {
        for (int lenBytes : new int[] {4, 8}) {
            LinuxKernel image = parse(elf("Xen", 18, lenBytes, 16 * M + 0x40));
            assertEquals(LinuxKernel.Entry.PVH, image.entry());
            assertEquals(16 * M + 0x40, image.kernel().entryGpa());
            assertEquals(16 * M + 0x1000, image.kernel().endGpa());
        }
    }

    @Test
    void elfFilesWithoutASoundEntryAreRefused() {
        refused("without a PVH entry", elf("Xen", 17, 8, 16 * M));
        refused("without a PVH entry", elf("Zen", 18, 8, 16 * M));
        refused("without a PVH entry", elf("Xen", 18, 2, 16 * M));
        refused("none of its segments", elf("Xen", 18, 8, 16 * M + 0x1000));
        refused("none of its segments", elf("Xen", 18, 8, -1));
        byte[] cut = elf("Xen", 18, 8, 16 * M);
        MemorySegment.ofArray(cut).set(Kernel.LE32, 0x218, -1);
        refused("without a PVH entry", cut);
    }

    @Test
    void whateverIsParsedLiesInsideFileAndRam() {
        Random random = new Random(11);
        byte[][] seeds = {bzImage(0x800), elf("Xen", 18, 8, 16 * M)};
        int[] interesting = {0x1f1, 0x1f4, 0x1fe, 0x201, 0x206, 0x22c, 0x236, 0x238, 0x258, 0x25c, 0x260, 0x263};
        int taken = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] file = seeds[i & 1].clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                int at = (i & 1) == 1 ? random.nextInt(0x260) : random.nextBoolean() ? interesting[random.nextInt(interesting.length)] + random.nextInt(4) : random.nextInt(file.length);
                file[at] = (byte) (random.nextBoolean() ? random.nextInt() : 0xff);
            }
            if (random.nextInt(8) == 0) {
                file = Arrays.copyOf(file, random.nextInt(file.length));
            }
            taken += checkAny(file) ? 1 : 0;
        }
        assertTrue(taken > 1000, "only " + taken + " of the files were taken");
    }

    /** Parses any bytes; whether it was taken. */
    static boolean checkAny(byte[] file) {
        LinuxKernel image;
        try {
            image = parse(file);
        } catch (SpecException refused) {
            assertFalse(refused.getMessage().contains("\n"), refused.getMessage());
            return false;
        }
        Kernel kernel = image.kernel();
        long end = RAM.gpa();
        boolean entered = false;
        for (Kernel.Segment segment : kernel.segments()) {
            assertTrue(segment.gpa() >= end, "ascending");
            end = segment.endGpa();
            assertTrue(RAM.contains(segment.gpa(), segment.memoryLenBytes()));
            assertTrue(segment.fileLenBytes() <= segment.memoryLenBytes());
            kernel.content().asSlice(segment.offsetBytes(), segment.fileLenBytes());
            entered |= kernel.entryGpa() >= segment.gpa() && kernel.entryGpa() < end;
        }
        assertTrue(entered && kernel.endGpa() >= end && kernel.endGpa() <= RAM.endGpa());
        assertTrue(image.setupHeader().length <= 0x290 - 0x1f1);
        assertTrue(image.commandLineMaxBytes() >= 0 && image.commandLineMaxBytes() <= 2047);
        assertTrue(image.initrdEndMaxGpa() >= 1 && image.initrdEndMaxGpa() <= 1L << 32);
        return true;
    }
}
