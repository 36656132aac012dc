package hv.board.x86.internal;

import hv.board.Kernel;
import hv.board.VirtioBus;
import java.util.ArrayList;
import java.util.List;

/**
 * What the guest is told of its memory, as by BIOS call E820 (ACPI 6.5, chapter 15).
 *
 * @param ranges ascending, none overlapping
 */
record MemoryMap(List<Range> ranges) {
    static final int RAM = 1;
    static final int RESERVED = 2;

    /** @param type {@link #RAM} or {@link #RESERVED} */
    record Range(long gpa, long lenBytes, int type) {
    }

    static MemoryMap of(Kernel.Ram ram, VirtioBus bus) {
        List<Range> out = new ArrayList<>();
        out.add(new Range(0, X86Map.LOW_RAM_END_GPA, RAM));
        out.add(new Range(X86Map.LOW_RAM_END_GPA, X86Map.HIGH_RAM_GPA - X86Map.LOW_RAM_END_GPA, RESERVED));
        out.add(new Range(X86Map.HIGH_RAM_GPA, ram.endGpa() - X86Map.HIGH_RAM_GPA, RAM));
        if (bus == VirtioBus.PCI) {
            // Linux believes in configuration spaces only where they are kept from other use.
            out.add(new Range(X86Map.ECAM_GPA, X86Map.ECAM_LEN_BYTES, RESERVED));
        }
        return new MemoryMap(List.copyOf(out));
    }
}
