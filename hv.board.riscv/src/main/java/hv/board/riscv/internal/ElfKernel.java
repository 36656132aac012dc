package hv.board.riscv.internal;

import static hv.board.riscv.internal.Kernel.hex;

import hv.api.SpecException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * ELF-64 for RISC-V (System V gABI, chapters "ELF Header" and "Program Loading"): segments of type {@code PT_LOAD} go to their physical
 * addresses; an entry that is a virtual address inside a segment is taken to that segment's physical place.
 */
final class ElfKernel {
    private static final int HEADER_LEN_BYTES = 64;
    private static final int CLASS_64 = 2;
    private static final int DATA_LITTLE_ENDIAN = 1;
    private static final int TYPE_EXEC = 2;
    private static final int TYPE_DYN = 3;
    private static final int MACHINE_RISCV = 243;
    private static final int PROGRAM_HEADER_LEN_BYTES = 56;
    private static final int PT_LOAD = 1;
    /** More than any kernel has; bounds what a hostile file makes us do. */
    private static final int PROGRAM_HEADERS_MAX = 256;

    private record Load(Kernel.Segment segment, long vaddr) {
    }

    private ElfKernel() {
    }

    static boolean recognizes(MemorySegment content) {
        return Kernel.startsWith(content, 0, 0x7f, 'E', 'L', 'F');
    }

    static Kernel parse(String name, MemorySegment content, Kernel.Ram ram) throws SpecException {
        if (content.byteSize() < HEADER_LEN_BYTES) {
            throw refused(name, "it ends after " + content.byteSize() + " bytes, inside its header; fetch or copy it again");
        }
        if (content.get(ValueLayout.JAVA_BYTE, 4) != CLASS_64 || content.get(ValueLayout.JAVA_BYTE, 5) != DATA_LITTLE_ENDIAN) {
            throw refused(name, "not 64-bit little-endian; give a kernel built for riscv64");
        }
        int machine = content.get(Kernel.LE16, 18) & 0xffff;
        if (machine != MACHINE_RISCV) {
            throw refused(name, "built for machine type " + machine + ", not for RISC-V (243); give a kernel built for riscv64");
        }
        int type = content.get(Kernel.LE16, 16) & 0xffff;
        if (type != TYPE_EXEC && type != TYPE_DYN) {
            throw refused(name, "type " + type + " is no executable (2 or 3); give the linked kernel, not an object or core file");
        }
        List<Load> loads = loads(name, content, ram);
        long entry = entry(name, content.get(Kernel.LE64, 24), loads);
        List<Kernel.Segment> segments = loads.stream().map(Load::segment).toList();
        return new Kernel("ELF", content, segments, entry, segments.getLast().endGpa());
    }

    private static List<Load> loads(String name, MemorySegment content, Kernel.Ram ram) throws SpecException {
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
        List<Load> loads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            MemorySegment header = content.asSlice(tableOffset + (long) i * PROGRAM_HEADER_LEN_BYTES, PROGRAM_HEADER_LEN_BYTES);
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

    private static long entry(String name, long entry, List<Load> loads) throws SpecException {
        if ((entry & 1) != 0) {
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
}
