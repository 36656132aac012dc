package hv.board.riscv.internal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads a device tree blob back, for tests: written from the specification, apart from the writer. Path of a property -> its bytes as text. */
final class FdtReader {
    private FdtReader() {
    }

    /** Keys like {@code /soc/serial@10000000/reg}; a node itself has the key {@code /soc/} with an empty value. Values are in hex. */
    static Map<String, String> read(byte[] blob) {
        ByteBuffer in = ByteBuffer.wrap(blob);
        check(in.getInt(0) == 0xd00dfeed, "magic");
        check(in.getInt(4) == blob.length, "totalsize");
        check(in.getInt(20) == 17 && in.getInt(24) == 16, "versions");
        int structOffset = in.getInt(8);
        int stringsOffset = in.getInt(12);
        int reserve = in.getInt(16);
        check(structOffset % 4 == 0 && reserve % 8 == 0, "alignment");
        check(stringsOffset + in.getInt(32) <= blob.length && structOffset + in.getInt(36) <= blob.length, "sizes");
        Map<String, String> out = new LinkedHashMap<>();
        for (int i = 0; in.getLong(reserve) != 0 || in.getLong(reserve + 8) != 0; i++, reserve += 16) {
            out.put("reserve" + i, Long.toHexString(in.getLong(reserve)) + "+" + Long.toHexString(in.getLong(reserve + 8)));
        }
        Deque<String> path = new ArrayDeque<>();
        int at = structOffset;
        while (true) {
            int token = in.getInt(at);
            at += 4;
            switch (token) {
                case 1 -> {
                    String name = text(blob, at);
                    at += (name.length() + 1 + 3) & ~3;
                    path.addLast(path.isEmpty() ? "/" : path.getLast() + name + "/");
                    check(out.put(path.getLast(), "") == null, "node twice " + path);
                }
                case 2 -> path.removeLast();
                case 3 -> {
                    int len = in.getInt(at);
                    String name = text(blob, stringsOffset + in.getInt(at + 4));
                    byte[] value = Arrays.copyOfRange(blob, at + 8, at + 8 + len);
                    at += 8 + ((len + 3) & ~3);
                    check(out.put(path.getLast() + name, hex(value)) == null, "property twice " + name);
                }
                case 4 -> { }
                case 9 -> {
                    check(path.isEmpty() && at == structOffset + in.getInt(36), "end");
                    return out;
                }
                default -> throw new AssertionError("token " + token);
            }
        }
    }

    static String hex(byte[] value) {
        StringBuilder out = new StringBuilder();
        for (byte b : value) {
            out.append(String.format("%02x", b));
        }
        return out.toString();
    }

    static String hex(String... strings) {
        return hex((String.join("\0", strings) + "\0").getBytes(StandardCharsets.UTF_8));
    }

    private static String text(byte[] blob, int from) {
        int to = from;
        while (blob[to] != 0) {
            to++;
        }
        return new String(blob, from, to - from, StandardCharsets.US_ASCII);
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
