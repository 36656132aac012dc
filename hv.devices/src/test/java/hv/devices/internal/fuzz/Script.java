package hv.devices.internal.fuzz;

/** Bytes that drive a fuzz run, wherever they come from; past the end they are 0. */
final class Script {
    private final byte[] bytes;
    private int at;

    Script(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean isDone() {
        return at >= bytes.length;
    }

    int u8() {
        return at < bytes.length ? bytes[at++] & 0xff : 0;
    }

    int u16() {
        return u8() | u8() << 8;
    }

    int i32() {
        return u16() | u16() << 16;
    }

    long i64() {
        return i32() & 0xffff_ffffL | (long) i32() << 32;
    }

    /** 0 .. bound - 1. */
    int below(int bound) {
        return (bound <= 256 ? u8() : u16()) % bound;
    }

    byte[] bytes(int count) {
        byte[] out = new byte[count];
        for (int i = 0; i < count && i < 64; i++) {
            out[i] = (byte) u8(); // what is interesting stands in front
        }
        return out;
    }

    byte[] rest() {
        byte[] out = java.util.Arrays.copyOfRange(bytes, Math.min(at, bytes.length), bytes.length);
        at = bytes.length;
        return out;
    }
}
