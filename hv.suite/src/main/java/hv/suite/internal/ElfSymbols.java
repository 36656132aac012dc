package hv.suite.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The symbol table of an ELF-64 file, for one question. Takes any bytes. Source: System V gABI, chapters "Sections" and "Symbol Table".
 */
final class ElfSymbols {
    private static final int HEADER_BYTES = 64;
    private static final int SECTION_BYTES = 64;
    private static final int SYMBOL_BYTES = 24;
    private static final int SYMBOL_TABLE = 2;

    private ElfSymbols() { }

    /** Whether it begins as an ELF-64 file of little-endian RISC-V. */
    static boolean isRiscv64(byte[] file) {
        return file.length >= HEADER_BYTES && file[0] == 0x7f && file[1] == 'E' && file[2] == 'L' && file[3] == 'F' && file[4] == 2 && file[5] == 1
            && (file[18] & 0xff) == 243 && file[19] == 0;
    }

    /** Value of the symbol; -1 if the file has none of that name, or is no such file. */
    static long find(byte[] file, String name) {
        if (!isRiscv64(file)) {
            return -1;
        }
        ByteBuffer elf = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        byte[] wanted = (name + "\0").getBytes(StandardCharsets.US_ASCII);
        long sections = elf.getLong(40);
        int count = elf.getShort(60) & 0xffff;
        for (int k = 0; k < count; k++) {
            int at = section(file, sections, k);
            if (at < 0 || elf.getInt(at + 4) != SYMBOL_TABLE) {
                continue;
            }
            int names = section(file, sections, elf.getInt(at + 40));
            if (names < 0) {
                continue;
            }
            long first = elf.getLong(at + 24);
            long end = elf.getLong(at + 32);
            for (long s = 0; s + SYMBOL_BYTES <= end && first >= 0 && first <= file.length - SYMBOL_BYTES - s; s += SYMBOL_BYTES) {
                int symbol = (int) (first + s);
                if (isAt(file, elf.getLong(names + 24) + (elf.getInt(symbol) & 0xffff_ffffL), wanted)) {
                    return elf.getLong(symbol + 8);
                }
            }
        }
        return -1;
    }

    private static int section(byte[] file, long sections, long index) {
        long at = sections + index * SECTION_BYTES;
        return sections < 0 || index < 0 || at < 0 || at > file.length - SECTION_BYTES ? -1 : (int) at;
    }

    private static boolean isAt(byte[] file, long offset, byte[] bytes) {
        if (offset < 0 || offset > file.length - bytes.length) {
            return false;
        }
        for (int k = 0; k < bytes.length; k++) {
            if (file[(int) offset + k] != bytes[k]) {
                return false;
            }
        }
        return true;
    }
}
