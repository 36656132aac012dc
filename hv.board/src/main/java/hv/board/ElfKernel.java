package hv.board;

import static hv.board.Kernel.hex;

import hv.api.SpecException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * ELF-64 (System V gABI, chapters "ELF Header", "Program Loading" and "Note Section"): segments of type {@code PT_LOAD} go to their physical
 * addresses; an entry that is a virtual address inside a segment is taken to that segment's physical place.
 */
public final class ElfKernel {
    private static final int HEADER_LEN_BYTES = 64;
    private static final int CLASS_64 = 2;
    private static final int DATA_LITTLE_ENDIAN = 1;
    private static final int TYPE_EXEC = 2;
    private static final int TYPE_DYN = 3;
    private static final int PROGRAM_HEADER_LEN_BYTES = 56;
    private static final int PT_LOAD = 1;
    private static final int PT_NOTE = 4;
    private static final int NOTE_HEADER_LEN_BYTES = 12;
    /** Notes are read up to here: kernels have some hundred bytes of them. */
    private static final long NOTES_MAX_BYTES = 1 << 20;
    /** More than any kernel has; bounds what a hostile file makes us do. */
    private static final int PROGRAM_HEADERS_MAX = 256;

    /**
     * What a kernel is built for.
     *
     * @param machine    number in the header
     * @param family     name of that, for people
     * @param isa        what to ask for, for people
     * @param entryAlign of instructions, a power of two
     */
    public record Target(int machine, String family, String isa, int entryAlign) {
        public static final Target RISCV64 = new Target(243, "RISC-V", "riscv64", 2);
        public static final Target X86_64 = new Target(62, "x86-64", "x86-64", 1);
    }

    private record Load(Kernel.Segment segment, long vaddr) {
    }

    private ElfKernel() {
    }

    /** Whether it is an ELF file, of any kind. */
    public static boolean recognizes(MemorySegment content) {
        return Kernel.startsWith(content, 0, 0x7f, 'E', 'L', 'F');
    }

    /**
     * @param name for messages
     * @throws SpecException it is for another machine, damaged, or does not fit
     */
    public static Kernel parse(String name, MemorySegment content, Kernel.Ram ram, Target target) throws SpecException {
        if (content.byteSize() < HEADER_LEN_BYTES) {
            throw refused(name, "it ends after " + content.byteSize() + " bytes, inside its header; fetch or copy it again");
        }
        if (content.get(ValueLayout.JAVA_BYTE, 4) != CLASS_64 || content.get(ValueLayout.JAVA_BYTE, 5) != DATA_LITTLE_ENDIAN) {
            throw refused(name, "not 64-bit little-endian; give a kernel built for " + target.isa);
        }
        int machine = content.get(Kernel.LE16, 18) & 0xffff;
        if (machine != target.machine) {
            throw refused(name, "built for machine type " + machine + ", not for " + target.family + " (" + target.machine + "); give a kernel built for " + target.isa);
        }
        int type = content.get(Kernel.LE16, 16) & 0xffff;
        if (type != TYPE_EXEC && type != TYPE_DYN) {
            throw refused(name, "type " + type + " is no executable (2 or 3); give the linked kernel, not an object or core file");
        }
        List<Load> loads = loads(name, content, ram);
        long entry = entry(name, content.get(Kernel.LE64, 24), loads, target);
        List<Kernel.Segment> segments = loads.stream().map(Load::segment).toList();
        return new Kernel("ELF", content, segments, entry, segments.getLast().endGpa());
    }

    /** The program headers, each a slice. */
    private static List<MemorySegment> programHeaders(String name, MemorySegment content) throws SpecException {
        long tableOffset = content.get(Kernel.LE64, 32);
        int entryLen = content.get(Kernel.LE16, 54) & 0xffff;
        int count = content.get(Kernel.LE16, 56) & 0xffff;
        if (count > PROGRAM_HEADERS_MAX || count > 0 && entryLen != PROGRAM_HEADER_LEN_BYTES) {
            throw refused(name, count + " program headers of " + entryLen + " bytes, where at most " + PROGRAM_HEADERS_MAX + " of "
                    + PROGRAM_HEADER_LEN_BYTES + " are taken; the file is damaged");
        }
        long tableLen = (long) count * PROGRAM_HEADER_LEN_BYTES;
        if (tableOffset < 0 || tableOffset > content.byteSize() - tableLen) {
            throw refused(name, "its program headers at " + hex(tableOffset) + " lie outside the file of " + content.byteSize()
                    + " bytes; it is cut short or damaged");
        }
        List<MemorySegment> headers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            headers.add(content.asSlice(tableOffset + (long) i * PROGRAM_HEADER_LEN_BYTES, PROGRAM_HEADER_LEN_BYTES));
        }
        return headers;
    }

    private static List<Load> loads(String name, MemorySegment content, Kernel.Ram ram) throws SpecException {
        List<MemorySegment> headers = programHeaders(name, content);
        List<Load> loads = new ArrayList<>();
        for (int i = 0; i < headers.size(); i++) {
            MemorySegment header = headers.get(i);
            long memoryLen = header.get(Kernel.LE64, 40);
            if (header.get(Kernel.LE32, 0) != PT_LOAD || memoryLen == 0) {
                continue;
            }
            long offset = header.get(Kernel.LE64, 8);
            long vaddr = header.get(Kernel.LE64, 16);
            long gpa = header.get(Kernel.LE64, 24);
            long fileLen = header.get(Kernel.LE64, 32);
            if (fileLen < 0 || offset < 0 || fileLen > content.byteSize() || offset > content.byteSize() - fileLen) {
                throw refused(name, "segment " + i + " (" + hex(fileLen) + " bytes at offset " + hex(offset)
                        + ") lies outside the file of " + content.byteSize() + " bytes; it is cut short or damaged");
            }
            if (Long.compareUnsigned(memoryLen, fileLen) < 0) {
                throw refused(name, "segment " + i + " has " + hex(fileLen) + " bytes in the file but " + hex(memoryLen)
                        + " in memory; it is damaged");
            }
            if (!ram.contains(gpa, memoryLen)) {
                throw refused(name, "segment " + i + " (" + hex(memoryLen) + " bytes at physical address " + hex(gpa)
                        + ") lies outside " + ram + "; link it there, give more RAM, or use the flat Image");
            }
            loads.add(new Load(new Kernel.Segment(gpa, offset, fileLen, memoryLen), vaddr));
        }
        if (loads.isEmpty()) {
            throw refused(name, "it has nothing to load; give the linked kernel");
        }
        loads.sort(Comparator.comparingLong(load -> load.segment.gpa()));
        for (int i = 1; i < loads.size(); i++) {
            if (loads.get(i - 1).segment.endGpa() > loads.get(i).segment.gpa()) {
                throw refused(name, "two segments overlap at physical address " + hex(loads.get(i).segment.gpa()) + "; it is damaged");
            }
        }
        return loads;
    }

    private static long entry(String name, long entry, List<Load> loads, Target target) throws SpecException {
        if (entry % target.entryAlign != 0) {
            throw refused(name, "entry " + hex(entry) + " is odd; it is damaged");
        }
        for (Load load : loads) {
            if (entry - load.segment.gpa() >= 0 && entry >= 0 && entry < load.segment.endGpa()) {
                return entry;
            }
        }
        for (Load load : loads) {
            long offset = entry - load.vaddr;
            if (offset >= 0 && offset < load.segment.memoryLenBytes()) {
                return load.segment.gpa() + offset;
            }
        }
        throw refused(name, "entry " + hex(entry) + " lies in none of its segments; it is damaged");
    }

    private static SpecException refused(String name, String why) {
        return new SpecException(name + ": ELF, " + why);
    }

    /**
     * The content of the first note of an owner and type in a file that was parsed; null if there is none, or notes are damaged behind which it may lie.
     *
     * @param owner in ASCII, without its NUL
     */
    public static MemorySegment note(String name, MemorySegment content, String owner, int type) throws SpecException {
        byte[] ownerBytes = (owner + "\0").getBytes(StandardCharsets.US_ASCII);
        for (MemorySegment header : programHeaders(name, content)) {
            long offset = header.get(Kernel.LE64, 8);
            long lenBytes = header.get(Kernel.LE64, 32);
            if (header.get(Kernel.LE32, 0) != PT_NOTE || offset < 0 || lenBytes < 0 || lenBytes > NOTES_MAX_BYTES || offset > content.byteSize() - lenBytes) {
                continue;
            }
            MemorySegment notes = content.asSlice(offset, lenBytes);
            for (long at = 0; at <= lenBytes - NOTE_HEADER_LEN_BYTES;) {
                long nameLenBytes = notes.get(Kernel.LE32, at) & 0xffff_ffffL;
                long descriptorLenBytes = notes.get(Kernel.LE32, at + 4) & 0xffff_ffffL;
                long descriptor = at + NOTE_HEADER_LEN_BYTES + words(nameLenBytes);
                if (descriptor + descriptorLenBytes > lenBytes) {
                    break;
                }
                if (notes.get(Kernel.LE32, at + 8) == type && nameLenBytes == ownerBytes.length
                        && notes.asSlice(at + NOTE_HEADER_LEN_BYTES, nameLenBytes).mismatch(MemorySegment.ofArray(ownerBytes)) < 0) {
                    return notes.asSlice(descriptor, descriptorLenBytes);
                }
                at = descriptor + words(descriptorLenBytes);
            }
        }
        return null;
    }

    /** Rounded up to whole words of 4 bytes, as names and descriptors of notes are. */
    private static long words(long lenBytes) {
        return lenBytes + 3 & ~3L;
    }
}
