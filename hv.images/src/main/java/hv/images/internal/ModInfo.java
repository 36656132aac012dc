package hv.images.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a kernel module says of itself in the section {@code .modinfo} of its ELF file (NUL-separated {@code key=value}).
 *
 * @param depends   modules that must be loaded before, names normalized
 * @param softPre   modules that should be loaded before where there are any ({@code softdep=pre: ...}), names normalized
 * @param aliases   patterns of the names under which it is asked for, as they stand there
 */
record ModInfo(List<String> depends, List<String> softPre, List<String> aliases) {
    private static final int ELF_HEADER_BYTES = 64;
    private static final int SECTION_HEADER_BYTES = 64;
    private static final int MAX_SECTIONS = 0xFF00;

    /** Module names compare with '-' and '_' as one (module-init-tools and the kernel do so). */
    static String normalize(String name) {
        return name.replace('-', '_');
    }

    /** Reads a 64-bit little-endian ELF file. {@code name} goes into the error. */
    static ModInfo read(String name, byte[] elf) throws IOException {
        byte[] section = section(name, elf);
        List<String> depends = new ArrayList<>();
        List<String> softPre = new ArrayList<>();
        List<String> aliases = new ArrayList<>();
        for (String line : new String(section, StandardCharsets.ISO_8859_1).split("\0")) {
            if (line.startsWith("depends=")) {
                for (String one : line.substring("depends=".length()).split(",")) {
                    if (!one.isBlank()) {
                        depends.add(normalize(one.strip()));
                    }
                }
            } else if (line.matches("alias=[!-~]+")) {
                aliases.add(line.substring("alias=".length()));
            } else if (line.startsWith("softdep=")) {
                boolean pre = false;
                for (String word : line.substring("softdep=".length()).strip().split("\\s+")) {
                    if (word.endsWith(":")) {
                        pre = word.equals("pre:");
                    } else if (pre) {
                        softPre.add(normalize(word));
                    }
                }
            }
        }
        return new ModInfo(List.copyOf(depends), List.copyOf(softPre), List.copyOf(aliases));
    }

    private static byte[] section(String name, byte[] elf) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
        if (elf.length < ELF_HEADER_BYTES || in.getInt(0) != 0x464C457F || elf[4] != 2 || elf[5] != 1) {
            throw new IOException("module " + name + " is no 64-bit little-endian ELF file");
        }
        long table = in.getLong(0x28);
        int entryBytes = Short.toUnsignedInt(in.getShort(0x3A));
        int count = Short.toUnsignedInt(in.getShort(0x3C));
        int names = Short.toUnsignedInt(in.getShort(0x3E));
        if (entryBytes != SECTION_HEADER_BYTES || count == 0 || count >= MAX_SECTIONS || names >= count
                || table < ELF_HEADER_BYTES || table > elf.length - (long) count * SECTION_HEADER_BYTES) {
            throw new IOException("module " + name + " has a section table outside its file");
        }
        int[] nameRange = range(name, in, (int) table + names * SECTION_HEADER_BYTES, elf.length);
        for (int i = 0; i < count; i++) {
            int header = (int) table + i * SECTION_HEADER_BYTES;
            int nameAt = in.getInt(header);
            if (nameAt >= 0 && nameAt < nameRange[1] && isModinfo(elf, nameRange[0] + nameAt, nameRange[0] + nameRange[1])) {
                int[] range = range(name, in, header, elf.length);
                byte[] bytes = new byte[range[1]];
                in.get(range[0], bytes);
                return bytes;
            }
        }
        throw new IOException("module " + name + " has no section .modinfo");
    }

    private static boolean isModinfo(byte[] elf, int from, int end) {
        byte[] wanted = ".modinfo\0".getBytes(StandardCharsets.ISO_8859_1);
        if (end - from < wanted.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (elf[from + i] != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    private static int[] range(String name, ByteBuffer in, int header, int fileBytes) throws IOException {
        long offset = in.getLong(header + 0x18);
        long size = in.getLong(header + 0x20);
        if (offset < 0 || size < 0 || offset > fileBytes || size > fileBytes - offset) {
            throw new IOException("module " + name + " has a section outside its file");
        }
        return new int[] {(int) offset, (int) size};
    }
}
