package hv.board.riscv.internal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a flattened device tree, version 17 (Devicetree Specification 0.4, section 5): header, memory reservation block,
 * structure block, strings block. Big-endian.
 * <p>Nodes are begun and ended in order, a node's properties come before its children; anything else is a bug of the caller
 * and ends in {@code IllegalStateException}. One thread.
 */
final class FdtWriter {
    static final int MAGIC = 0xd00d_feed;
    static final int VERSION = 17;
    static final int LAST_COMPATIBLE_VERSION = 16;
    static final int HEADER_LEN_BYTES = 40;
    static final int BEGIN_NODE = 1;
    static final int END_NODE = 2;
    static final int PROP = 3;
    static final int NOP = 4;
    static final int END = 9;
    /** Longest property name (section 2.2.4.1), and longest node name before the {@code @} (section 2.2.1). */
    private static final int NAME_MAX = 31;

    private record Reservation(long gpa, long lenBytes) {
    }

    private static final class OpenNode {
        final Set<String> properties = new HashSet<>();
        final Set<String> children = new HashSet<>();
    }

    private final ByteArrayOutputStream structure = new ByteArrayOutputStream();
    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
    private final Map<String, Integer> stringOffsets = new LinkedHashMap<>();
    private final List<Reservation> reservations = new ArrayList<>();
    private final List<OpenNode> open = new ArrayList<>();
    private boolean rootWritten;
    private int lastPhandle;

    /** Memory that the guest must leave alone. */
    FdtWriter reserve(long gpa, long lenBytes) {
        if (lenBytes <= 0) {
            throw new IllegalStateException("an empty reservation would end the reservation block");
        }
        reservations.add(new Reservation(gpa, lenBytes));
        return this;
    }

    /** A number no other node of this tree has; the caller puts it into the node's {@code phandle}. */
    int newPhandle() {
        return ++lastPhandle;
    }

    /** Begins a node; the first is the root and has an empty name. */
    FdtWriter begin(String name) {
        if (open.isEmpty()) {
            if (rootWritten || !name.isEmpty()) {
                throw new IllegalStateException("a device tree has one root, with an empty name; got '" + name + "'");
            }
            rootWritten = true;
        } else {
            int at = name.indexOf('@');
            String base = at < 0 ? name : name.substring(0, at);
            if (!base.matches("[A-Za-z][A-Za-z0-9,._+-]*") || base.length() > NAME_MAX
                    || at >= 0 && !name.substring(at + 1).matches("[A-Za-z0-9,._+-]+")) {
                throw new IllegalStateException("'" + name + "' is no node name");
            }
            if (!open.getLast().children.add(name)) {
                throw new IllegalStateException("two nodes '" + name + "' in one node");
            }
        }
        open.add(new OpenNode());
        cell(BEGIN_NODE);
        padded((name + "\0").getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    FdtWriter end() {
        if (open.isEmpty()) {
            throw new IllegalStateException("no node is open");
        }
        open.removeLast();
        cell(END_NODE);
        return this;
    }

    FdtWriter bytes(String name, byte[] value) {
        if (open.isEmpty() || !open.getLast().children.isEmpty()) {
            throw new IllegalStateException("property '" + name + "' stands outside a node or after a child node");
        }
        if (!name.matches("[A-Za-z0-9,._+?#-]+") || name.length() > NAME_MAX) {
            throw new IllegalStateException("'" + name + "' is no property name");
        }
        if (!open.getLast().properties.add(name)) {
            throw new IllegalStateException("two properties '" + name + "' in one node");
        }
        Integer known = stringOffsets.get(name);
        int offset;
        if (known == null) {
            offset = strings.size();
            stringOffsets.put(name, offset);
            strings.writeBytes((name + "\0").getBytes(StandardCharsets.US_ASCII));
        } else {
            offset = known;
        }
        cell(PROP);
        cell(value.length);
        cell(offset);
        padded(value);
        return this;
    }

    /** A property that says something by being there. */
    FdtWriter flag(String name) {
        return bytes(name, new byte[0]);
    }

    FdtWriter cells(String name, int... values) {
        ByteBuffer out = ByteBuffer.allocate(4 * values.length);
        for (int value : values) {
            out.putInt(value);
        }
        return bytes(name, out.array());
    }

    /** Pairs of cells: 64-bit numbers, as in {@code reg} under two address and two size cells. */
    FdtWriter longs(String name, long... values) {
        ByteBuffer out = ByteBuffer.allocate(8 * values.length);
        for (long value : values) {
            out.putLong(value);
        }
        return bytes(name, out.array());
    }

    FdtWriter strings(String name, String... values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String value : values) {
            if (value.indexOf('\0') >= 0) {
                throw new IllegalStateException("a NUL inside a string of '" + name + "'");
            }
            out.writeBytes((value + "\0").getBytes(StandardCharsets.UTF_8));
        }
        return bytes(name, out.toByteArray());
    }

    /** The blob. @param bootHart physical id of the hart that boots */
    byte[] toBytes(int bootHart) {
        if (!rootWritten || !open.isEmpty()) {
            throw new IllegalStateException(rootWritten ? open.size() + " nodes are still open" : "no root node");
        }
        int reserveOffset = HEADER_LEN_BYTES;
        int structOffset = reserveOffset + 16 * (reservations.size() + 1);
        int structLen = structure.size() + 4;
        int stringsOffset = structOffset + structLen;
        int totalLen = stringsOffset + strings.size();
        ByteBuffer out = ByteBuffer.allocate(totalLen);
        out.putInt(MAGIC).putInt(totalLen).putInt(structOffset).putInt(stringsOffset).putInt(reserveOffset);
        out.putInt(VERSION).putInt(LAST_COMPATIBLE_VERSION).putInt(bootHart).putInt(strings.size()).putInt(structLen);
        for (Reservation reservation : reservations) {
            out.putLong(reservation.gpa).putLong(reservation.lenBytes);
        }
        out.putLong(0).putLong(0);
        out.put(structure.toByteArray()).putInt(END).put(strings.toByteArray());
        return out.array();
    }

    private void cell(int value) {
        structure.write(value >>> 24);
        structure.write(value >>> 16);
        structure.write(value >>> 8);
        structure.write(value);
    }

    private void padded(byte[] value) {
        structure.writeBytes(value);
        for (int i = value.length; (i & 3) != 0; i++) {
            structure.write(0);
        }
    }
}
