package hv.board.riscv.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SpecException;
import hv.board.Kernel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

final class KernelTest {
    static final Kernel.Ram RAM = new Kernel.Ram(VirtMap.RAM_GPA, 64L << 20);
    private static final long M = 1L << 20;

    static byte[] flat(long textOffset, long imageSize, long flags, int lenBytes) {
        byte[] file = new byte[lenBytes];
        MemorySegment out = MemorySegment.ofArray(file);
        out.set(Kernel.LE64, 8, textOffset);
        out.set(Kernel.LE64, 16, imageSize);
        out.set(Kernel.LE64, 24, flags);
        out.set(Kernel.LE32, 56, 0x05435352);
        return file;
    }

    record Header(int type, long offset, long vaddr, long gpa, long fileLen, long memoryLen) {
    }

    static byte[] elf(long entry, int lenBytes, Header... headers) {
        byte[] file = new byte[lenBytes];
        MemorySegment out = MemorySegment.ofArray(file);
        MemorySegment.copy(MemorySegment.ofArray(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}), 0, out, 0, 7);
        out.set(Kernel.LE16, 16, (short) 2);
        out.set(Kernel.LE16, 18, (short) 243);
        out.set(Kernel.LE64, 24, entry);
        out.set(Kernel.LE64, 32, 64);
        out.set(Kernel.LE16, 54, (short) 56);
        out.set(Kernel.LE16, 56, (short) headers.length);
        for (int i = 0; i < headers.length; i++) {
            MemorySegment header = out.asSlice(64 + 56L * i, 56);
            header.set(Kernel.LE32, 0, headers[i].type);
            header.set(Kernel.LE64, 8, headers[i].offset);
            header.set(Kernel.LE64, 16, headers[i].vaddr);
            header.set(Kernel.LE64, 24, headers[i].gpa);
            header.set(Kernel.LE64, 32, headers[i].fileLen);
            header.set(Kernel.LE64, 40, headers[i].memoryLen);
        }
        return file;
    }

    static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        }
        return out.toByteArray();
    }

    private static Kernel parse(byte[] file) throws SpecException {
        return KernelReader.parse("kernel K", MemorySegment.ofArray(file), RAM, Arena.ofAuto());
    }

    private static void refused(String says, byte[] file) {
        String message = assertThrows(SpecException.class, () -> parse(file)).getMessage();
        assertTrue(message.startsWith("kernel K: "), message);
        assertTrue(message.contains(says), message);
        assertFalse(message.contains("\n"), message);
    }

    @Test
    void aFlatImageLiesAtItsTextOffsetAndOwnsItsImageSize() throws SpecException {
        Kernel kernel = parse(flat(2 * M, 3 * M, 0, 0x5000));
        assertEquals(List.of(new Kernel.Segment(0x8020_0000L, 0, 0x5000, 0x5000)), kernel.segments());
        assertEquals(0x8020_0000L, kernel.entryGpa());
        assertEquals(0x8050_0000L, kernel.endGpa());
    }

    @Test
    void aFlatImageOfUnknownSizeOwnsItsFile() throws SpecException {
        assertEquals(0x8000_5000L, parse(flat(0, 0, 0, 0x5000)).endGpa());
    }

    @Test
    void aGzippedImageIsUnpacked() throws SpecException, IOException {
        byte[] flat = flat(2 * M, 3 * M, 0, 0x5000);
        Kernel kernel = parse(gzip(flat));
        assertArrayEquals(flat, kernel.content().toArray(ValueLayout.JAVA_BYTE));
        assertEquals(0x8050_0000L, kernel.endGpa());
    }

    @Test
    void damagedFlatImagesAreRefused() throws IOException {
        refused("the file is empty", new byte[0]);
        refused("inside its header", Arrays.copyOf(flat(0, 0, 0, 64), 63));
        refused("format is not known", new byte[4096]);
        refused("big-endian", flat(0, 0, 1, 64));
        refused("no multiple of 4096", flat(1, 0, 0, 64));
        refused("outside RAM", flat(1L << 62, 0, 0, 64));
        refused("outside RAM", flat(64 * M, 0, 0, 64));
        refused("multiple of 4096", flat(-1, 0, 0, 64));
        refused("nonsense", flat(0, -1, 0, 64));
        refused("more RAM", flat(2 * M, 63 * M, 0, 64));
        refused("more RAM", flat(4096, Long.MAX_VALUE, 0, 64));
        byte[] gz = gzip(flat(0, 0, 0, 5000));
        refused("cut short", Arrays.copyOf(gz, gz.length - 9));
        refused("cut short", Arrays.copyOf(gz, 5));
        byte[] flipped = gz.clone();
        flipped[gz.length - 6] ^= 1;
        refused("damaged gzip", flipped);
        refused("format is not known", gzip(new byte[100]));
        refused("more than", gzip(new byte[65 << 20]));
    }

    @Test
    void aFlatImageCutShortIsKnownByItsPeSections() throws SpecException {
        byte[] whole = flat(2 * M, 3 * M, 0, 0x5000);
        MemorySegment out = MemorySegment.ofArray(whole);
        out.set(Kernel.LE32, 60, 0x40);
        out.set(Kernel.LE32, 0x40, 0x4550);
        out.set(Kernel.LE16, 0x46, (short) 2);
        out.set(Kernel.LE16, 0x54, (short) 160);
        int table = 0x40 + 24 + 160;
        out.set(Kernel.LE32, table + 16, 0x1000);
        out.set(Kernel.LE32, table + 20, 0x1000);
        out.set(Kernel.LE32, table + 40 + 16, 0x3000);
        out.set(Kernel.LE32, table + 40 + 20, 0x2000);
        assertEquals(2 * M + 3 * M + RAM.gpa(), parse(whole).endGpa());
        refused("ends after 20479 of 20480 bytes", Arrays.copyOf(whole, 0x4fff));
        refused("cut short", Arrays.copyOf(whole, table + 50));
        out.set(Kernel.LE32, 60, -1);
        parse(whole);
        out.set(Kernel.LE32, 60, 0x4fff);
        parse(whole);
    }

    @Test
    void kernelsForOthersAreNamed() {
        byte[] arm = new byte[64];
        System.arraycopy(new byte[] {'A', 'R', 'M', 0x64}, 0, arm, 0x38, 4);
        refused("arm64", arm);
        byte[] x86 = new byte[0x300];
        System.arraycopy(new byte[] {'H', 'd', 'r', 'S'}, 0, x86, 0x202, 4);
        refused("x86", x86);
        byte[] other = elf(0, 200);
        other[18] = 62;
        other[19] = 0;
        refused("machine type 62", other);
        byte[] small = elf(0, 200);
        small[4] = 1;
        refused("64-bit", small);
    }

    @Test
    void elfSegmentsGoToTheirPhysicalAddresses() throws SpecException {
        Kernel kernel = parse(elf(0xffff_ffff_8000_0010L, 0x3000,
                new Header(1, 0x2000, 0xffff_ffff_8010_0000L, 0x8010_0000L, 0x100, 0x9000),
                new Header(4, 0, 0, 0, 5, 5),
                new Header(1, 0x1000, 0xffff_ffff_8000_0000L, 0x8000_0000L, 0x800, 0x800)));
        assertEquals(List.of(new Kernel.Segment(0x8000_0000L, 0x1000, 0x800, 0x800),
                new Kernel.Segment(0x8010_0000L, 0x2000, 0x100, 0x9000)), kernel.segments());
        assertEquals(0x8000_0010L, kernel.entryGpa(), "a virtual entry is taken to its physical place");
        assertEquals(0x8010_9000L, kernel.endGpa());
        assertEquals(0x8000_0020L, parse(elf(0x8000_0020L, 300, new Header(1, 0, 5, 0x8000_0000L, 100, 100))).entryGpa());
    }

    @Test
    void wildElfFilesAreRefused() {
        long base = VirtMap.RAM_GPA;
        refused("inside its header", Arrays.copyOf(elf(0, 64), 63));
        refused("nothing to load", elf(0, 64));
        refused("outside the file", Arrays.copyOf(elf(base, 300, new Header(1, 0, 0, base, 10, 10)), 100));
        refused("outside the file", elf(base, 300, new Header(1, 200, 0, base, 101, 200)));
        refused("outside the file", elf(base, 300, new Header(1, Long.MAX_VALUE, 0, base, 100, 100)));
        refused("outside the file", elf(base, 300, new Header(1, 0, 0, base, -1, 100)));
        refused("in memory", elf(base, 300, new Header(1, 0, 0, base, 100, 99)));
        refused("outside RAM", elf(base, 300, new Header(1, 0, 0, base - 1, 100, 100)));
        refused("outside RAM", elf(base, 300, new Header(1, 0, 0, -50, 100, 100)));
        refused("outside RAM", elf(base, 300, new Header(1, 0, 0, base, 100, Long.MAX_VALUE)));
        refused("outside RAM", elf(base, 300, new Header(1, 0, 0, base, 100, -1)));
        refused("outside RAM", elf(base, 300, new Header(1, 0, 0, base + 64 * M - 50, 100, 100)));
        refused("overlap", elf(base, 300, new Header(1, 0, 0, base, 100, 100), new Header(1, 0, 0, base + 99, 100, 100)));
        refused("none of its segments", elf(base + 100, 300, new Header(1, 0, 0, base, 100, 100)));
        refused("odd", elf(base + 1, 300, new Header(1, 0, 0, base, 100, 100)));
        byte[] many = elf(0, 64);
        many[56] = (byte) 0xff;
        many[57] = (byte) 0xff;
        refused("65535 program headers", many);
        byte[] table = elf(base, 300, new Header(1, 0, 0, base, 10, 10));
        table[39] = 0x7f;
        refused("outside the file", table);
        byte[] object = elf(base, 300, new Header(1, 0, 0, base, 10, 10));
        object[16] = 1;
        refused("no executable", object);
    }

    @Test
    void whateverIsParsedLiesInsideFileAndRam() {
        Random random = new Random(7);
        byte[][] seeds = {flat(2 * M, 3 * M, 0, 300), elf(0x8000_0000L, 400, new Header(1, 300, 0, 0x8000_0000L, 50, 90),
                new Header(1, 300, 0, 0x8001_0000L, 50, 90))};
        int loaded = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] file = seeds[i & 1].clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                file[random.nextInt(180)] = (byte) (random.nextBoolean() ? random.nextInt() : 0xff);
            }
            if (random.nextInt(8) == 0) {
                file = Arrays.copyOf(file, random.nextInt(file.length));
            }
            loaded += checkAny(file) ? 1 : 0;
        }
        assertTrue(loaded > 1000, "only " + loaded + " of the files were taken");
    }

    /** Parses any bytes; whether it was taken. */
    static boolean checkAny(byte[] file) {
        Kernel kernel;
        try {
            kernel = KernelReader.parse("kernel K", MemorySegment.ofArray(file), RAM, Arena.ofAuto());
        } catch (SpecException refused) {
            assertFalse(refused.getMessage().contains("\n"), refused.getMessage());
            return false;
        }
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
        return true;
    }
}
