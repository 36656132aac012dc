package hv.board.x86.internal;

/**
 * What a kernel entered by Linux's own protocol is told: one page (Linux, {@code Documentation/arch/x86/zero-page.rst}, {@code boot.rst}).
 * <pre>
 * 070 u64 acpi_rsdp_addr    1f1 the setup header    218 u32 ramdisk_image    228 u32 cmd_line_ptr
 * 1e8 u8  e820_entries      210 u8 type_of_loader   21c u32 ramdisk_size     250 u64 setup_data
 * 2d0 e820_table: u64 address, u64 length, u32 type
 * </pre>
 */
final class BootParams {
    private static final int LEN_BYTES = 4096;
    private static final int RSDP = 0x070;
    private static final int E820_ENTRIES = 0x1e8;
    private static final int LOADER = 0x210;
    /** A loader without a number of its own. */
    private static final int LOADER_UNDEFINED = 0xff;
    private static final int RAMDISK_IMAGE = 0x218;
    private static final int COMMAND_LINE = 0x228;
    private static final int SETUP_DATA = 0x250;
    private static final int E820_TABLE = 0x2d0;
    /** A node of setup_data: entropy, which Linux takes from 6.0 on ({@code SETUP_RNG_SEED}). */
    private static final int RNG_SEED = 9;
    static final int SEED_LEN_BYTES = 32;

    private BootParams() {
    }

    static byte[] of(BootLayout layout, MemoryMap memory) {
        LittleEndian out = new LittleEndian();
        out.to(RSDP).u64(X86Map.ACPI_GPA);
        out.to(E820_ENTRIES).u8(memory.ranges().size());
        byte[] page = out.to(BzImage.HEADER).bytes(layout.image().setupHeader()).to(E820_TABLE).toBytes();
        LittleEndian table = new LittleEndian().bytes(page);
        for (MemoryMap.Range range : memory.ranges()) {
            table.u64(range.gpa()).u64(range.lenBytes()).u32(range.type());
        }
        byte[] params = table.to(LEN_BYTES).toBytes();
        params[LOADER] = (byte) LOADER_UNDEFINED;
        put(params, RAMDISK_IMAGE, new LittleEndian().u32(layout.initrdGpa()).u32(layout.initrdLenBytes()));
        put(params, COMMAND_LINE, new LittleEndian().u32(X86Map.COMMAND_LINE_GPA));
        put(params, SETUP_DATA, new LittleEndian().u64(X86Map.SETUP_DATA_GPA));
        return params;
    }

    /** The node for {@link X86Map#SETUP_DATA_GPA}: the last of its list. */
    static byte[] seed(byte[] seed) {
        return new LittleEndian().u64(0).u32(RNG_SEED).u32(seed.length).bytes(seed).toBytes();
    }

    private static void put(byte[] into, int offset, LittleEndian field) {
        System.arraycopy(field.toBytes(), 0, into, offset, field.size());
    }
}
