package hv.board.x86.internal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that are written one after the other, numbers little-endian. */
final class LittleEndian {
    private byte[] bytes = new byte[256];
    private int size;

    int size() {
        return size;
    }

    LittleEndian u8(int value) {
        if (size == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * size);
        }
        bytes[size++] = (byte) value;
        return this;
    }

    LittleEndian u16(int value) {
        return u8(value).u8(value >> 8);
    }

    LittleEndian u32(long value) {
        return u16((int) value).u16((int) (value >> 16));
    }

    LittleEndian u64(long value) {
        return u32(value).u32(value >> 32);
    }

    LittleEndian bytes(byte[] more) {
        for (byte b : more) {
            u8(b);
        }
        return this;
    }

    /** ASCII, filled up with the last argument. @throws IllegalArgumentException longer than the field */
    LittleEndian text(String text, int lenBytes, char fill) {
        if (text.length() > lenBytes) {
            throw new IllegalArgumentException("\"" + text + "\" in a field of " + lenBytes + " bytes");
        }
        bytes(text.getBytes(StandardCharsets.US_ASCII));
        for (int i = text.length(); i < lenBytes; i++) {
            u8(fill);
        }
        return this;
    }

    /** Zeroes up to this offset. @throws IllegalArgumentException that is behind already */
    LittleEndian to(int offset) {
        if (size > offset) {
            throw new IllegalArgumentException("at " + size + ", behind " + offset);
        }
        while (size < offset) {
            u8(0);
        }
        return this;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }
}
