package hv.api.state;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One part's saved state and its wire format, which is itself a contract: any two versions of hv that share a {@link StateTag} exchange it.
 * <pre>
 * image    u32 sectionCount { section }
 * section  u16 nameBytes, name (UTF-8), u32 valueBytes, { value }
 * value    u8 type, then: 1 boolean u8 | 2 int i32 | 3 long i64 | 4 bytes u32 n + n | 5 string u32 n + n (UTF-8) | 6 longs u32 n + 8n
 * </pre>
 * Little-endian. Immutable and safe for any thread.
 */
public final class StateImage {
    /** The most one part may save. More belongs in a memory region. */
    public static final int MAX_BYTES = 1 << 20;
    private static final int MAX_SECTIONS = 256;
    private static final int MAX_NAME_BYTES = 64;

    private final StateTag tag;
    private final byte[] bytes;

    private StateImage(StateTag tag, byte[] bytes) {
        this.tag = tag;
        this.bytes = bytes;
    }

    /** Saves a sleeping part. */
    public static StateImage of(Stateful part) throws StateException {
        Encoder out = new Encoder();
        part.save(out);
        return new StateImage(part.id().tag(), out.finish(part.id()));
    }

    /** An image as it came from a stream; checked when it is read. */
    public static StateImage of(StateTag tag, byte[] bytes) throws StateException {
        if (bytes.length > MAX_BYTES) {
            throw new StateException("state of " + tag + " has " + bytes.length + " bytes, more than the " + MAX_BYTES + " allowed");
        }
        return new StateImage(tag, bytes.clone());
    }

    /** Restores a sleeping part; refuses another tag, a malformed image, and one with sections that the part does not know. */
    public void into(Stateful part) throws StateException {
        if (!part.id().tag().equals(tag)) {
            throw new StateException(part.id().path() + " takes state " + part.id().tag() + ", not " + tag);
        }
        Decoder in = new Decoder(bytes, part.id().path());
        part.restore(in);
        if (!in.ended) {
            throw new IllegalStateException(part.id().path() + " restored its state without StateReader.end()");
        }
    }

    public StateTag tag() {
        return tag;
    }

    public byte[] toBytes() {
        return bytes.clone();
    }

    private static final class Encoder implements StateWriter {
        private byte[] buf = new byte[256];
        private int len = 4;
        private int sections;
        private int sectionStart = -1;
        private final java.util.Set<String> names = new java.util.HashSet<>();

        @Override
        public StateWriter section(String name) {
            closeSection();
            byte[] n = name.getBytes(StandardCharsets.UTF_8);
            if (n.length == 0 || n.length > MAX_NAME_BYTES || !names.add(name) || ++sections > MAX_SECTIONS) {
                throw new IllegalStateException("section " + name + " is too long, repeated, or one too many");
            }
            number(n.length, 2);
            raw(n);
            sectionStart = len;
            number(0, 4);
            return this;
        }

        private void closeSection() {
            if (sectionStart >= 0) {
                int n = len - sectionStart - 4;
                for (int i = 0; i < 4; i++) {
                    buf[sectionStart + i] = (byte) (n >>> 8 * i);
                }
            }
        }

        private void type(int t) {
            if (sectionStart < 0) {
                throw new IllegalStateException("a value before the first section");
            }
            number(t, 1);
        }

        private void number(long v, int n) {
            room(n);
            for (int i = 0; i < n; i++) {
                buf[len++] = (byte) (v >>> 8 * i);
            }
        }

        private void raw(byte[] b) {
            room(b.length);
            System.arraycopy(b, 0, buf, len, b.length);
            len += b.length;
        }

        private void room(int n) {
            if (len + (long) n > MAX_BYTES) {
                throw new IllegalStateException("a part saves more than " + MAX_BYTES + " bytes; that belongs in a memory region");
            }
            if (len + n > buf.length) {
                buf = java.util.Arrays.copyOf(buf, Math.max(2 * buf.length, len + n));
            }
        }

        @Override
        public StateWriter putBoolean(boolean value) {
            type(1);
            number(value ? 1 : 0, 1);
            return this;
        }

        @Override
        public StateWriter putInt(int value) {
            type(2);
            number(value, 4);
            return this;
        }

        @Override
        public StateWriter putLong(long value) {
            type(3);
            number(value, 8);
            return this;
        }

        @Override
        public StateWriter putBytes(byte[] value) {
            type(4);
            number(value.length, 4);
            raw(value);
            return this;
        }

        @Override
        public StateWriter putString(String value) {
            byte[] b = value.getBytes(StandardCharsets.UTF_8);
            type(5);
            number(b.length, 4);
            raw(b);
            return this;
        }

        @Override
        public StateWriter putLongs(long[] values) {
            type(6);
            number(values.length, 4);
            for (long v : values) {
                number(v, 8);
            }
            return this;
        }

        byte[] finish(PartId id) throws StateException {
            if (sections == 0) {
                throw new StateException(id.path() + " saved no section at all");
            }
            closeSection();
            for (int i = 0; i < 4; i++) {
                buf[i] = (byte) (sections >>> 8 * i);
            }
            return java.util.Arrays.copyOf(buf, len);
        }
    }

    private static final class Decoder implements StateReader {
        private final byte[] buf;
        private final String part;
        private final Map<String, int[]> sections = new LinkedHashMap<>();
        private String current = "";
        private final java.util.Set<String> opened = new java.util.HashSet<>();
        private boolean ended;
        private int at;
        private int end;

        Decoder(byte[] buf, String part) throws StateException {
            this.buf = buf;
            this.part = part;
            end = buf.length;
            long count = number(4);
            if (count < 1 || count > MAX_SECTIONS) {
                throw refused("has " + count + " sections");
            }
            for (int i = 0; i < count; i++) {
                int nameLen = (int) number(2);
                if (nameLen < 1 || nameLen > MAX_NAME_BYTES) {
                    throw refused("has a section name of " + nameLen + " bytes");
                }
                need(nameLen);
                String name = new String(buf, at, nameLen, StandardCharsets.UTF_8);
                at += nameLen;
                long n = number(4);
                if (n < 0 || n > end - at) {
                    throw refused("is cut short in section " + name);
                }
                if (sections.put(name, new int[] {at, at + (int) n}) != null) {
                    throw refused("has section " + name + " twice");
                }
                at += (int) n;
            }
            if (at != end) {
                throw refused("has " + (end - at) + " bytes behind its last section");
            }
            end = at;
        }

        @Override
        public void end() throws StateException {
            for (String name : sections.keySet()) {
                if (!opened.contains(name)) {
                    throw refused("has a section " + name + " that this part does not know");
                }
            }
            ended = true;
        }

        private StateException refused(String why) {
            return new StateException("state image of " + part + " " + why);
        }

        private void need(int n) throws StateException {
            if (n < 0 || n > end - at) {
                throw refused("is cut short" + (current.isEmpty() ? "" : " in section " + current));
            }
        }

        private long number(int n) throws StateException {
            need(n);
            long v = 0;
            for (int i = 0; i < n; i++) {
                v |= (buf[at++] & 0xffL) << 8 * i;
            }
            return v;
        }

        private void type(int t) throws StateException {
            long seen = number(1);
            if (seen != t) {
                throw refused("has a value of type " + seen + " where type " + t + " is due, in section " + current);
            }
        }

        @Override
        public void section(String name) throws StateException {
            if (!optionalSection(name)) {
                throw refused("lacks section " + name);
            }
        }

        @Override
        public boolean optionalSection(String name) {
            int[] s = sections.get(name);
            if (s == null) {
                return false;
            }
            opened.add(name);
            current = name;
            at = s[0];
            end = s[1];
            return true;
        }

        @Override
        public boolean getBoolean() throws StateException {
            type(1);
            long v = number(1);
            if (v > 1) {
                throw refused("has a boolean of value " + v + " in section " + current);
            }
            return v == 1;
        }

        @Override
        public int getInt() throws StateException {
            type(2);
            return (int) number(4);
        }

        @Override
        public int getInt(int min, int max) throws StateException {
            int v = getInt();
            if (v < min || v > max) {
                throw refused("has " + v + " where " + min + " .. " + max + " is allowed, in section " + current);
            }
            return v;
        }

        @Override
        public long getLong() throws StateException {
            type(3);
            return number(8);
        }

        @Override
        public long[] getLongs(int count) throws StateException {
            type(6);
            long n = number(4);
            if (n != count || n * 8 > end - at) {
                throw refused("has " + n + " values where " + count + " are due, in section " + current);
            }
            long[] v = new long[count];
            for (int i = 0; i < count; i++) {
                v[i] = number(8);
            }
            return v;
        }

        @Override
        public byte[] getBytes(int maxBytes) throws StateException {
            type(4);
            return blob(maxBytes);
        }

        private byte[] blob(int max) throws StateException {
            long n = number(4);
            if (n < 0 || n > max || n > end - at) {
                throw refused("has a value of " + n + " bytes where at most " + Math.min(max, end - at) + " are allowed, in section " + current);
            }
            byte[] b = java.util.Arrays.copyOfRange(buf, at, at + (int) n);
            at += (int) n;
            return b;
        }

        @Override
        public String getString(int maxChars) throws StateException {
            type(5);
            return new String(blob(4 * maxChars), StandardCharsets.UTF_8);
        }
    }
}
