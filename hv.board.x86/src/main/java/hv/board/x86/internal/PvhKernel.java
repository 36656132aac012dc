package hv.board.x86.internal;

import static hv.board.Kernel.hex;

import hv.api.SpecException;
import hv.board.ElfKernel;
import hv.board.Kernel;
import java.lang.foreign.MemorySegment;

/** An ELF file with a PVH entry: a note of Xen's names its physical address (Xen, {@code docs/misc/pvh.pandoc}; {@code XEN_ELFNOTE_PHYS32_ENTRY}). */
final class PvhKernel {
    private static final String OWNER = "Xen";
    private static final int PHYS32_ENTRY = 18;
    /** What Linux keeps. */
    private static final int COMMAND_LINE_MAX_BYTES = 2047;
    /** Below 2 GiB, as {@code initrd_addr_max} of Linux says to other loaders. */
    private static final long INITRD_END_MAX_GPA = 1L << 31;

    private PvhKernel() {
    }

    static LinuxKernel parse(String name, MemorySegment content, Kernel.Ram ram) throws SpecException {
        Kernel elf = ElfKernel.parse(name, content, ram, ElfKernel.Target.X86_64);
        MemorySegment note = ElfKernel.note(name, content, OWNER, PHYS32_ENTRY);
        if (note == null || note.byteSize() != Integer.BYTES && note.byteSize() != Long.BYTES) {
            throw new SpecException(name + ": ELF, without a PVH entry (Linux: CONFIG_PVH); give a bzImage, or a kernel that has one");
        }
        long entry = note.byteSize() == Integer.BYTES ? note.get(Kernel.LE32, 0) & 0xffff_ffffL : note.get(Kernel.LE64, 0);
        if (elf.segments().stream().noneMatch(s -> entry >= s.gpa() && entry < s.endGpa())) {
            throw new SpecException(name + ": ELF, PVH entry " + hex(entry) + " lies in none of its segments; it is damaged");
        }
        return new LinuxKernel(new Kernel("ELF with PVH entry", content, elf.segments(), entry, elf.endGpa()), LinuxKernel.Entry.PVH, new byte[0], COMMAND_LINE_MAX_BYTES,
                INITRD_END_MAX_GPA);
    }
}
