package hv.snapshot.internal;

import hv.api.SpecException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Takes a chunk's body apart; every length is checked against what is there. */
final class BodyReader {
    private final ByteBuffer buf;
    private final String where;

    /** @param where for the error's line, e.g. "part 3" */
    BodyReader(ByteBuffer buf, String where) {
        this.buf = buf;
        this.where = where;
    }

    SpecException refused(String why) {
        return new SpecException(where + " " + why);
    }

    private void need(int n) throws SpecException {
        if (n > buf.remaining()) {
            throw refused("is cut short");
        }
    }

    boolean bool() throws SpecException {
        need(1);
        byte v = buf.get();
        if (v != 0 && v != 1) {
            throw refused("has a flag of value " + v);
        }
        return v == 1;
    }

    int number(int min, int max) throws SpecException {
        need(4);
        int v = buf.getInt();
        if (v < min || v > max) {
            throw refused("has " + v + " where " + min + " .. " + max + " is allowed");
        }
        return v;
    }

    long longNumber() throws SpecException {
        need(8);
        return buf.getLong();
    }

    byte[] bytes(int maxBytes) throws SpecException {
        byte[] b = new byte[number(0, Math.min(maxBytes, buf.remaining()))];
        need(b.length);
        buf.get(b);
        return b;
    }

    String string() throws SpecException {
        byte[] b = bytes(SnapshotLayout.MAX_STRING_BYTES);
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(b));
            return text.toString();
        } catch (CharacterCodingException e) {
            throw new SpecException(where + " has a text that is not UTF-8", e);
        }
    }

    void end() throws SpecException {
        if (buf.hasRemaining()) {
            throw refused("has " + buf.remaining() + " bytes too many");
        }
    }
}
