package hv.board.riscv.internal;

import static hv.board.Kernel.hex;

import hv.api.SpecException;
import hv.board.Kernel;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The flat {@code Image} (Linux, {@code Documentation/arch/riscv/boot-image-header.rst}):
 * <pre>
 *  0  u32 code0, code1     16  u64 image_size      32  u32 version, res1    48  u64 "RISCV\0\0\0"
 *  8  u64 text_offset      24  u64 flags           40  u64 res2             56  u32 "RSC\x05"
 *                                                                           60  u32 offset of the PE header
 * </pre>
 * It is entered at its first byte, {@code text_offset} above the start of RAM, and owns {@code image_size} bytes from there.
 */
final class FlatKernel {
    static final int HEADER_LEN_BYTES = 64;
    private static final int TEXT_OFFSET = 8;
    private static final int IMAGE_SIZE = 16;
    private static final int FLAGS = 24;
    private static final int MAGIC2 = 56;
    private static final int PE_OFFSET = 60;
    private static final int COFF_SECTIONS = 6;
    private static final int COFF_OPTIONAL_LEN = 20;
    private static final int COFF_END = 24;
    private static final int SECTION_LEN_BYTES = 40;
    private static final int SECTION_RAW_LEN = 16;
    private static final int SECTION_RAW_OFFSET = 20;
    private static final int MAGIC2_VALUE = 0x0543_5352;
    private static final long FLAG_BIG_ENDIAN = 1;
    private static final long PAGE_BYTES = 4096;

    private FlatKernel() {
    }

    static boolean recognizes(MemorySegment content) {
        return content.byteSize() >= HEADER_LEN_BYTES && content.get(Kernel.LE32, MAGIC2) == MAGIC2_VALUE;
    }

    static Kernel parse(String name, MemorySegment content, Kernel.Ram ram) throws SpecException {
        long textOffset = content.get(Kernel.LE64, TEXT_OFFSET);
        long imageSize = content.get(Kernel.LE64, IMAGE_SIZE);
        if ((content.get(Kernel.LE64, FLAGS) & FLAG_BIG_ENDIAN) != 0) {
            throw new SpecException(name + ": a big-endian Image; this board is little-endian");
        }
        if (textOffset < 0 || textOffset % PAGE_BYTES != 0 || textOffset >= ram.lenBytes()) {
            throw new SpecException(name + ": its header wants it " + hex(textOffset)
                    + " bytes above the start of RAM, which is " + (textOffset % PAGE_BYTES != 0 ? "no multiple of 4096" : "outside " + ram)
                    + "; the file is damaged, or the machine needs more RAM");
        }
        // image_size 0 means "not known" in the oldest kernels. A file longer than it says is loaded whole.
        if (imageSize < 0) {
            throw new SpecException(name + ": image_size " + hex(imageSize) + " in its header is nonsense; the file is damaged");
        }
        long whole = peLenBytes(content);
        if (whole > content.byteSize()) {
            throw new SpecException(name + ": ends after " + content.byteSize() + " of " + whole + " bytes; the file is cut short, fetch it anew");
        }
        long lenBytes = Math.max(imageSize, content.byteSize());
        long gpa = ram.gpa() + textOffset;
        if (!ram.contains(gpa, lenBytes)) {
            throw new SpecException(name + ": needs " + lenBytes + " bytes from " + hex(gpa) + ", outside " + ram
                    + "; give the machine more RAM");
        }
        return new Kernel("flat Image", content, List.of(new Kernel.Segment(gpa, 0, content.byteSize(), content.byteSize())), gpa,
                gpa + lenBytes);
    }

    /**
     * What the file's length must be by the sections of its PE header (PE format specification, 3.3 and 4), which EFI stubs of Linux have; the flat
     * header does not tell. 0 if there is none, or it makes no sense: firmware that uses it is not ours.
     */
    private static long peLenBytes(MemorySegment content) {
        long pe = content.get(Kernel.LE32, PE_OFFSET) & 0xffff_ffffL;
        if (!Kernel.startsWith(content, pe, 'P', 'E', 0, 0) || pe + COFF_END > content.byteSize()) {
            return 0;
        }
        int sections = content.get(Kernel.LE16, pe + COFF_SECTIONS) & 0xffff;
        long table = pe + COFF_END + (content.get(Kernel.LE16, pe + COFF_OPTIONAL_LEN) & 0xffff);
        long end = 0;
        for (int i = 0; i < sections; i++) {
            long section = table + (long) SECTION_LEN_BYTES * i;
            if (section + SECTION_LEN_BYTES > content.byteSize()) {
                return section + SECTION_LEN_BYTES;
            }
            long rawLenBytes = content.get(Kernel.LE32, section + SECTION_RAW_LEN) & 0xffff_ffffL;
            end = Math.max(end, rawLenBytes == 0 ? 0 : rawLenBytes + (content.get(Kernel.LE32, section + SECTION_RAW_OFFSET) & 0xffff_ffffL));
        }
        return end;
    }
}
