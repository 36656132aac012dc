package hv.board.x86.internal;

import java.util.function.Consumer;

/**
 * Writes ACPI machine language: the few terms that describe devices which stay as they are. Source: ACPI 6.5, chapter 20 (20.2 has the grammar).
 * <pre>
 * name       one segment: 1 to 4 of A-Z, 0-9 and _, filled up with _; a scope's may begin at the root: \_SB_
 * integer    unsigned 64 bits, in the shortest form
 * </pre>
 */
final class AmlWriter {
    private static final int NAME_OP = 0x08;
    private static final int BYTE_PREFIX = 0x0a;
    private static final int WORD_PREFIX = 0x0b;
    private static final int DWORD_PREFIX = 0x0c;
    private static final int STRING_PREFIX = 0x0d;
    private static final int QWORD_PREFIX = 0x0e;
    private static final int SCOPE_OP = 0x10;
    private static final int BUFFER_OP = 0x11;
    private static final int PACKAGE_OP = 0x12;
    private static final int EXTENDED_PREFIX = 0x5b;
    private static final int DEVICE_OP = 0x82;
    private static final int NAME_SEGMENT_BYTES = 4;

    private final LittleEndian out = new LittleEndian();

    byte[] toBytes() {
        return out.toBytes();
    }

    /** Names below an existing scope. */
    AmlWriter scope(String name, Consumer<AmlWriter> body) {
        out.u8(SCOPE_OP);
        return named(name, body);
    }

    AmlWriter device(String name, Consumer<AmlWriter> body) {
        out.u8(EXTENDED_PREFIX).u8(DEVICE_OP);
        return named(name, body);
    }

    private AmlWriter named(String name, Consumer<AmlWriter> body) {
        AmlWriter inner = new AmlWriter();
        inner.nameString(name);
        body.accept(inner);
        return packed(inner);
    }

    AmlWriter name(String name, long value) {
        begin(name).integer(value);
        return this;
    }

    AmlWriter name(String name, String value) {
        begin(name).out.u8(STRING_PREFIX).text(value, value.length() + 1, '\0');
        return this;
    }

    /** A device's identification of three letters and four hexadecimal digits, compressed (ACPI 6.5, 19.3.4: EISAID). */
    AmlWriter nameEisa(String name, String id) {
        if (!id.matches("[A-Z]{3}[0-9A-F]{4}")) {
            throw new IllegalArgumentException("\"" + id + "\" is no EISA id");
        }
        int value = Integer.parseInt(id.substring(3), 16);
        for (int i = 0; i < 3; i++) {
            value |= id.charAt(i) - '@' << 26 - 5 * i;
        }
        return name(name, Integer.toUnsignedLong(Integer.reverseBytes(value)));
    }

    AmlWriter nameBuffer(String name, byte[] content) {
        begin(name).out.u8(BUFFER_OP);
        AmlWriter inner = new AmlWriter();
        inner.integer(content.length).out.bytes(content);
        return packed(inner);
    }

    /** A package of integers. */
    AmlWriter namePackage(String name, long... elements) {
        return begin(name).integers(elements);
    }

    /** A package of packages of integers. */
    AmlWriter namePackages(String name, long[][] packages) {
        begin(name).out.u8(PACKAGE_OP);
        AmlWriter inner = new AmlWriter();
        inner.out.u8(count(packages.length));
        for (long[] elements : packages) {
            inner.integers(elements);
        }
        return packed(inner);
    }

    private AmlWriter integers(long[] elements) {
        out.u8(PACKAGE_OP);
        AmlWriter inner = new AmlWriter();
        inner.out.u8(count(elements.length));
        for (long element : elements) {
            inner.integer(element);
        }
        return packed(inner);
    }

    private static int count(int elements) {
        if (elements > 0xff) {
            throw new IllegalArgumentException("a package of " + elements + " elements; 255 can be counted");
        }
        return elements;
    }

    private AmlWriter begin(String name) {
        out.u8(NAME_OP);
        nameString(name);
        return this;
    }

    private AmlWriter integer(long value) {
        if (value == 0 || value == 1) {
            out.u8((int) value);
        } else if (value >>> 8 == 0) {
            out.u8(BYTE_PREFIX).u8((int) value);
        } else if (value >>> 16 == 0) {
            out.u8(WORD_PREFIX).u16((int) value);
        } else if (value >>> 32 == 0) {
            out.u8(DWORD_PREFIX).u32(value);
        } else {
            out.u8(QWORD_PREFIX).u64(value);
        }
        return this;
    }

    private void nameString(String name) {
        if (!name.matches("\\\\?[A-Z_][A-Z0-9_]{0,3}")) {
            throw new IllegalArgumentException("\"" + name + "\" is no name of one segment");
        }
        boolean root = name.startsWith("\\");
        if (root) {
            out.u8('\\');
        }
        out.text(root ? name.substring(1) : name, NAME_SEGMENT_BYTES, '_');
    }

    /** The content with its length before it, which counts itself (20.2.4). */
    private AmlWriter packed(AmlWriter content) {
        int lenBytes = content.out.size();
        if (lenBytes + 1 < 1 << 6) {
            out.u8(lenBytes + 1);
        } else {
            int more = lenBytes + 2 < 1 << 12 ? 1 : lenBytes + 3 < 1 << 20 ? 2 : 3;
            int whole = lenBytes + 1 + more;
            if (whole >= 1 << 28) {
                throw new IllegalArgumentException("a term of " + whole + " bytes");
            }
            out.u8(more << 6 | whole & 0xf);
            for (int i = 0; i < more; i++) {
                out.u8(whole >> 4 + 8 * i);
            }
        }
        out.bytes(content.out.toBytes());
        return this;
    }
}
