package hv.itest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/** Machine code of 32 bits as an ELF file with a PVH entry, so that a board starts it like a kernel: flat segments, no paging, interrupts off. */
final class PvhProgram {
    static final int GPA = 16 << 20;
    private static final int HEADER_LEN_BYTES = 64;
    private static final int SEGMENT_LEN_BYTES = 56;
    private static final int NOTE_OFFSET = 0x100;
    private static final int CODE_OFFSET = 0x200;
    private static final int MEMORY_LEN_BYTES = 0x1000;
    private static final int PHYS32_ENTRY = 18;

    private PvhProgram() {
    }

    /** @param code in hexadecimal, at most some hundred bytes */
    static Path write(Path file, String code) throws IOException {
        byte[] bytes = HexFormat.of().parseHex(code.replace(" ", ""));
        ByteBuffer elf = ByteBuffer.allocate(CODE_OFFSET + bytes.length).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
        elf.putShort((short) 2).putShort((short) 62).putInt(1).putLong(GPA).putLong(HEADER_LEN_BYTES).putLong(0).putInt(0);
        elf.putShort((short) HEADER_LEN_BYTES).putShort((short) SEGMENT_LEN_BYTES).putShort((short) 2);
        segment(elf.position(HEADER_LEN_BYTES), 1, CODE_OFFSET, GPA, bytes.length, MEMORY_LEN_BYTES);
        segment(elf, 4, NOTE_OFFSET, 0, 20, 0);
        elf.position(NOTE_OFFSET).putInt(4).putInt(4).putInt(PHYS32_ENTRY).put("Xen\0".getBytes(StandardCharsets.US_ASCII)).putInt(GPA);
        elf.position(CODE_OFFSET).put(bytes);
        return Files.write(file, elf.array());
    }

    private static void segment(ByteBuffer elf, int type, long offset, long gpa, long fileLenBytes, long memoryLenBytes) {
        elf.putInt(type).putInt(7).putLong(offset).putLong(gpa).putLong(gpa).putLong(fileLenBytes).putLong(memoryLenBytes).putLong(0);
    }
}
