package hv.board.x86.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads what {@link AmlWriter} may write, written anew from the grammar (ACPI 6.5, 20.2): paths and their values as text. Anything else is an error. */
final class AmlReader {
    private final ByteBuffer in;
    private final Map<String, String> out = new TreeMap<>();

    private AmlReader(byte[] aml) {
        in = ByteBuffer.wrap(aml).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Devices have the value "device". */
    static Map<String, String> read(byte[] aml) {
        AmlReader reader = new AmlReader(aml);
        reader.terms("", aml.length);
        return reader.out;
    }

    private void terms(String path, int end) {
        while (in.position() < end) {
            int op = u8();
            switch (op) {
                case 0x08 -> {
                    String name = name(path);
                    put(name, data());
                }
                case 0x10 -> {
                    int inner = end();
                    terms(name(path), inner);
                }
                case 0x5b -> {
                    expect(0x82, u8());
                    int inner = end();
                    String name = name(path);
                    put(name, "device");
                    terms(name, inner);
                }
                default -> throw new AssertionError("term " + Integer.toHexString(op) + " at " + (in.position() - 1));
            }
        }
        expect(end, in.position());
    }

    private void put(String name, String value) {
        if (out.put(name, value) != null) {
            throw new AssertionError(name + " twice");
        }
    }

    private String data() {
        int op = u8();
        return switch (op) {
            case 0x00, 0x01 -> Integer.toString(op);
            case 0x0a -> Integer.toHexString(u8());
            case 0x0b -> Integer.toHexString(in.getShort() & 0xffff);
            case 0x0c -> Integer.toHexString(in.getInt());
            case 0x0e -> Long.toHexString(in.getLong());
            case 0x0d -> {
                StringBuilder text = new StringBuilder();
                for (int c = u8(); c != 0; c = u8()) {
                    text.append((char) c);
                }
                yield "\"" + text + "\"";
            }
            case 0x11 -> {
                int end = end();
                int lenBytes = Integer.parseInt(data(), 16);
                byte[] bytes = new byte[lenBytes];
                in.get(bytes);
                expect(end, in.position());
                yield resources(bytes);
            }
            case 0x12 -> {
                int end = end();
                int count = u8();
                List<String> elements = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    elements.add(data());
                }
                expect(end, in.position());
                yield elements.toString();
            }
            default -> throw new AssertionError("data " + Integer.toHexString(op));
        };
    }

    /** Descriptors of 6.4. */
    private static String resources(byte[] bytes) {
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        StringBuilder text = new StringBuilder();
        for (;;) {
            int tag = b.get() & 0xff;
            switch (tag) {
                case 0x47 -> {
                    expect(1, b.get());
                    int min = b.getShort() & 0xffff;
                    expect(min, b.getShort() & 0xffff);
                    expect(1, b.get());
                    text.append(String.format("io %x+%x;", min, b.get()));
                }
                case 0x86 -> {
                    expect(9, b.getShort());
                    expect(1, b.get());
                    text.append(String.format("memory %x+%x;", b.getInt(), b.getInt()));
                }
                case 0x89 -> {
                    expect(6, b.getShort());
                    expect(1, b.get());
                    expect(1, b.get());
                    text.append(String.format("interrupt %d;", b.getInt()));
                }
                case 0x88 -> {
                    expect(13, b.getShort());
                    expect(2, b.get());
                    expect(0x0c, b.get());
                    expect(0, b.get());
                    expect(0, b.getShort());
                    text.append(String.format("buses %d..%d;", b.getShort(), b.getShort()));
                    b.getInt();
                }
                case 0x87 -> {
                    expect(23, b.getShort());
                    expect(0, b.get());
                    expect(0x0c, b.get());
                    expect(1, b.get());
                    expect(0, b.getInt());
                    text.append(String.format("window %x..%x;", b.getInt(), b.getInt()));
                    b.getLong();
                }
                case 0x79 -> {
                    expect(0, b.get());
                    expect(0, b.remaining());
                    return text.toString();
                }
                default -> throw new AssertionError("descriptor " + Integer.toHexString(tag));
            }
        }
    }

    /** Reads a length (20.2.4). @return where what it counts ends */
    private int end() {
        int lead = u8();
        int more = lead >> 6;
        int start = in.position() - 1;
        int lenBytes = more == 0 ? lead : lead & 0x0f;
        for (int i = 0; i < more; i++) {
            lenBytes |= u8() << 4 + 8 * i;
        }
        return start + lenBytes;
    }

    private String name(String path) {
        boolean root = in.get(in.position()) == '\\';
        if (root) {
            in.get();
        }
        byte[] segment = new byte[4];
        in.get(segment);
        String name = new String(segment, StandardCharsets.US_ASCII);
        if (!name.matches("[A-Z_][A-Z0-9_]{3}")) {
            throw new AssertionError("name " + name);
        }
        return (root ? "" : path) + "/" + name;
    }

    private int u8() {
        return in.get() & 0xff;
    }

    private static void expect(int wanted, int there) {
        if (wanted != there) {
            throw new AssertionError(there + ", where " + wanted + " is to be");
        }
    }
}
