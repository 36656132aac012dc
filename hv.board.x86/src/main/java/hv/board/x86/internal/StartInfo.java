package hv.board.x86.internal;

/** What a kernel entered by PVH is told: Xen's {@code hvm_start_info}, version 1, with its lists behind it (Xen, {@code xen/include/public/arch-x86/hvm/start_info.h}). */
final class StartInfo {
    private static final long MAGIC = 0x336e_c578L;
    private static final int VERSION = 1;
    private static final int LEN_BYTES = 56;
    private static final int MODULE_LEN_BYTES = 32;

    private StartInfo() {
    }

    static byte[] of(BootLayout layout, MemoryMap memory) {
        boolean initrd = layout.initrdLenBytes() > 0;
        long modules = X86Map.START_INFO_GPA + LEN_BYTES;
        long ranges = modules + MODULE_LEN_BYTES;
        LittleEndian out = new LittleEndian().u32(MAGIC).u32(VERSION).u32(0).u32(initrd ? 1 : 0).u64(initrd ? modules : 0).u64(X86Map.COMMAND_LINE_GPA)
                .u64(X86Map.ACPI_GPA).u64(ranges).u32(memory.ranges().size()).u32(0);
        out.u64(layout.initrdGpa()).u64(layout.initrdLenBytes()).u64(0).u64(0);
        for (MemoryMap.Range range : memory.ranges()) {
            out.u64(range.gpa()).u64(range.lenBytes()).u32(range.type()).u32(0);
        }
        return out.toBytes();
    }
}
