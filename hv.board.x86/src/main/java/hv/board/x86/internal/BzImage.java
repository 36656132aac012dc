package hv.board.x86.internal;

import static hv.board.Kernel.hex;

import hv.api.SpecException;
import hv.board.Kernel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * The bzImage (Linux, {@code Documentation/arch/x86/boot.rst}): a real-mode part with the setup header, which firmware would run, and behind it the kernel, which
 * unpacks itself. It goes to where it prefers to be, and is entered 0x200 bytes behind its start, in long mode.
 * <pre>
 * 1f1 u8  setup_sects    202 "HdrS"          22c u32 initrd_addr_max    236 u16 xloadflags
 * 1f4 u32 syssize        206 u16 version     230 u32 kernel_alignment   238 u32 cmdline_size
 * 1fe u16 0xaa55         211 u8  loadflags   234 u8  relocatable        258 u64 pref_address   260 u32 init_size
 * </pre>
 */
final class BzImage {
    /** Where the setup header begins, in the file and in the boot_params. */
    static final int HEADER = 0x1f1;
    /** Up to here it is looked at. */
    static final int HEADER_END = 0x264;
    /** A byte there says where it really ends: behind the jump that it belongs to. */
    private static final int HEADER_LEN = 0x201;
    private static final int HEADER_LEN_FROM = 0x202;
    /** The boot_params have other things from here on. */
    private static final int HEADER_END_MAX = 0x290;
    private static final int SETUP_SECTORS = 0x1f1;
    private static final int SETUP_SECTORS_DEFAULT = 4;
    private static final int SYSTEM_SIZE = 0x1f4;
    private static final int SYSTEM_SIZE_UNIT_BYTES = 16;
    private static final int BOOT_FLAG = 0x1fe;
    private static final int BOOT_FLAG_VALUE = 0xaa55;
    private static final int MAGIC = 0x202;
    private static final int VERSION = 0x206;
    /** The first with {@code xloadflags}. */
    private static final int VERSION_MIN = 0x20c;
    private static final int LOAD_FLAGS = 0x211;
    private static final int LOADED_HIGH = 1;
    private static final int INITRD_ADDRESS_MAX = 0x22c;
    private static final int EXTENDED_LOAD_FLAGS = 0x236;
    private static final int KERNEL_64 = 1;
    private static final int COMMAND_LINE_SIZE = 0x238;
    /** Linux keeps no more ({@code COMMAND_LINE_SIZE}), whatever a header says. */
    private static final int COMMAND_LINE_MAX_BYTES = 2047;
    private static final int PREFERRED_ADDRESS = 0x258;
    private static final int INIT_SIZE = 0x260;
    private static final int SECTOR_BYTES = 512;
    private static final int ENTRY_64 = 0x200;
    private static final long PAGE_BYTES = 4096;

    private BzImage() {
    }

    static boolean recognizes(MemorySegment content) {
        return Kernel.startsWith(content, MAGIC, 'H', 'd', 'r', 'S');
    }

    static LinuxKernel parse(String name, MemorySegment content, Kernel.Ram ram) throws SpecException {
        if (content.byteSize() < HEADER_END) {
            throw new SpecException(name + ": ends after " + content.byteSize() + " bytes, inside its setup header; the file is cut short, fetch it anew");
        }
        int version = u16(content, VERSION);
        if (u16(content, BOOT_FLAG) != BOOT_FLAG_VALUE) {
            throw new SpecException(name + ": boot flag " + hex(u16(content, BOOT_FLAG)) + " in its setup header, where 0xaa55 must stand; the file is damaged");
        }
        if (version < VERSION_MIN || (u8(content, LOAD_FLAGS) & LOADED_HIGH) == 0 || (u16(content, EXTENDED_LOAD_FLAGS) & KERNEL_64) == 0) {
            throw new SpecException(name + ": a kernel without 64-bit entry (boot protocol " + (version >> 8) + "." + (version & 0xff)
                    + "); give one built for x86-64, of Linux 3.8 or later");
        }
        int sectors = u8(content, SETUP_SECTORS) == 0 ? SETUP_SECTORS_DEFAULT : u8(content, SETUP_SECTORS);
        long offset = (long) (sectors + 1) * SECTOR_BYTES;
        long lenBytes = u32(content, SYSTEM_SIZE) * SYSTEM_SIZE_UNIT_BYTES;
        // The last unit may be a part of one.
        if (offset + lenBytes >= content.byteSize() + SYSTEM_SIZE_UNIT_BYTES) {
            throw new SpecException(name + ": ends after " + content.byteSize() + " of " + (offset + lenBytes) + " bytes; the file is cut short, fetch it anew");
        }
        lenBytes = Math.min(lenBytes, content.byteSize() - offset);
        if (lenBytes <= ENTRY_64) {
            throw new SpecException(name + ": its setup header tells of a kernel of " + lenBytes + " bytes; the file is damaged");
        }
        long gpa = content.get(Kernel.LE64, PREFERRED_ADDRESS);
        long memoryLenBytes = Math.max(u32(content, INIT_SIZE), lenBytes);
        if (gpa % PAGE_BYTES != 0 || !ram.contains(gpa, memoryLenBytes)) {
            throw new SpecException(name + ": needs " + memoryLenBytes + " bytes from " + hex(gpa) + (gpa % PAGE_BYTES != 0 ? ", which is no multiple of 4096; the file is damaged"
                    : ", outside " + ram + "; give the machine more RAM"));
        }
        int end = Math.min(HEADER_END_MAX, HEADER_LEN_FROM + u8(content, HEADER_LEN));
        byte[] header = content.asSlice(HEADER, Math.max(HEADER_END, Math.min(end, content.byteSize())) - HEADER).toArray(ValueLayout.JAVA_BYTE);
        int commandLine = (int) Math.min(u32(content, COMMAND_LINE_SIZE), COMMAND_LINE_MAX_BYTES);
        return new LinuxKernel(new Kernel("bzImage", content, List.of(new Kernel.Segment(gpa, offset, lenBytes, memoryLenBytes)), gpa + ENTRY_64, gpa + memoryLenBytes),
                LinuxKernel.Entry.LINUX_64, header, commandLine, u32(content, INITRD_ADDRESS_MAX) + 1);
    }

    private static int u8(MemorySegment content, int offset) {
        return content.get(ValueLayout.JAVA_BYTE, offset) & 0xff;
    }

    private static int u16(MemorySegment content, int offset) {
        return content.get(Kernel.LE16, offset) & 0xffff;
    }

    private static long u32(MemorySegment content, int offset) {
        return content.get(Kernel.LE32, offset) & 0xffff_ffffL;
    }
}
