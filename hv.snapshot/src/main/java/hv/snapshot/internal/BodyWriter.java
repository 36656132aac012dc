package hv.snapshot.internal;

import hv.api.HvException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Puts a chunk's body together in a buffer. */
final class BodyWriter {
    private final ByteBuffer buf;

    /** @param buf little-endian; cleared */
    BodyWriter(ByteBuffer buf) {
        this.buf = buf.clear();
    }

    private void room(long n, String what) throws HvException {
        if (n > buf.remaining()) {
            throw new HvException("the machine cannot be saved: " + what + " does not fit in a chunk of " + buf.capacity() + " bytes");
        }
    }

    BodyWriter bool(boolean v) throws HvException {
        room(1, "a flag");
        buf.put((byte) (v ? 1 : 0));
        return this;
    }

    BodyWriter number(int v) throws HvException {
        room(4, "a number");
        buf.putInt(v);
        return this;
    }

    BodyWriter number(long v) throws HvException {
        room(8, "a number");
        buf.putLong(v);
        return this;
    }

    BodyWriter string(String v) throws HvException {
        byte[] b = v.getBytes(StandardCharsets.UTF_8);
        if (b.length > SnapshotLayout.MAX_STRING_BYTES) {
            throw new HvException("the machine cannot be saved: a text of " + b.length + " bytes, which begins with \""
                    + v.substring(0, Math.min(40, v.length())) + "\", is longer than " + SnapshotLayout.MAX_STRING_BYTES);
        }
        return bytes(b);
    }

    BodyWriter bytes(byte[] b) throws HvException {
        room(4L + b.length, "a value of " + b.length + " bytes");
        buf.putInt(b.length).put(b);
        return this;
    }
}
