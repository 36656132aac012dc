package hv.suite.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** ELF files as a linker makes them: one segment at the start of RAM, and a symbol {@code tohost}. */
final class TestProgram {
    static final long BASE = 0x8000_0000L;

    private TestProgram() { }

    static byte[] elf(byte[] code, long tohost) {
        byte[] names = "\0other\0tohost\0".getBytes(StandardCharsets.US_ASCII);
        int symbols = 120 + code.length;
        int strings = symbols + 2 * 24;
        int sections = strings + names.length;
        ByteBuffer b = ByteBuffer.allocate(sections + 3 * 64).order(ByteOrder.LITTLE_ENDIAN);
        b.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).putShort(16, (short) 2).putShort(18, (short) 243).putLong(24, BASE).putLong(32, 64).putLong(40, sections)
            .putShort(54, (short) 56).putShort(56, (short) 1).putShort(58, (short) 64).putShort(60, (short) 3);
        b.putInt(64, 1).putLong(72, 120).putLong(80, BASE).putLong(88, BASE).putLong(96, code.length).putLong(104, code.length);
        b.put(120, code);
        b.putInt(symbols + 24, 7).putLong(symbols + 32, tohost);
        b.put(strings, names);
        b.putInt(sections + 64 + 4, 2).putLong(sections + 64 + 24, symbols).putLong(sections + 64 + 32, 48).putInt(sections + 64 + 40, 2);
        b.putInt(sections + 128 + 4, 3).putLong(sections + 128 + 24, strings).putLong(sections + 128 + 32, names.length);
        return b.array();
    }
}
