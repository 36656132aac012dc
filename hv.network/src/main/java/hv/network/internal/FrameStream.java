package hv.network.internal;

import hv.api.net.spi.NetBackend;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * Frames over a stream socket, as QEMU's {@code -netdev stream} and passt speak: a length of 4 bytes, big-endian, then the frame. The peer is hostile:
 * a length beyond any frame's ends the connection. Neither direction allocates.
 * <pre>
 *   offer, flush   under this: the I/O context fills, and either it or the connection's thread empties
 *   poll           I/O context
 * </pre>
 */
final class FrameStream {
    /** Room for several of the largest frames: a card's whole turn is one call of the system. */
    static final int BUFFER_BYTES = 512 << 10;
    private static final int LENGTH_BYTES = 4;
    /** So many in a row are no network: who reads them would read for ever. */
    static final int RUNTS_MAX = 1 << 16;

    private final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES).flip();
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private boolean refused;
    private long runts;

    /** @param channel connected, not blocking @param received @param taken what a predecessor left */
    FrameStream(SocketChannel channel, byte[] received, byte[] taken) {
        this.channel = channel;
        in.clear().put(received).flip();
        out.put(taken);
    }

    SocketChannel channel() {
        return channel;
    }

    /** Takes a frame. @return false: there is no room */
    synchronized boolean offer(byte[] frame, int offset, int lenBytes) throws IOException {
        if (out.remaining() < LENGTH_BYTES + lenBytes) {
            flush();
            if (out.remaining() < LENGTH_BYTES + lenBytes) {
                refused = true;
                return false;
            }
        }
        out.putInt(lenBytes).put(frame, offset, lenBytes);
        return true;
    }

    /** Writes what was taken, as much as goes. @return whether all went */
    synchronized boolean flush() throws IOException {
        if (out.position() == 0) {
            return true;
        }
        out.flip();
        try {
            while (out.hasRemaining() && channel.write(out) > 0) {
                Thread.onSpinWait();
            }
        } finally {
            out.compact();
        }
        return out.position() == 0;
    }

    /** Whether a frame was refused, and there is room for many now; then it counts as told. */
    synchronized boolean hasRoomAgain() {
        boolean tell = refused && out.position() <= BUFFER_BYTES / 2;
        if (tell) {
            refused = false;
        }
        return tell;
    }

    /** The next frame, 0 if it has not come. @throws IOException the connection has ended, or is to be ended for what came */
    int poll(byte[] into, int offset) throws IOException {
        for (int runtsNow = 0;;) {
            if (in.remaining() >= LENGTH_BYTES) {
                int len = in.getInt(in.position());
                if (len < 0 || len > NetBackend.FRAME_BYTES_MAX) {
                    throw new IOException("the peer announced a frame of " + Integer.toUnsignedString(len) + " bytes: it speaks another protocol");
                }
                if (in.remaining() - LENGTH_BYTES >= len) {
                    in.position(in.position() + LENGTH_BYTES);
                    if (len >= NetBackend.FRAME_BYTES_MIN) {
                        in.get(into, offset, len);
                        return len;
                    }
                    in.position(in.position() + len);
                    runts++;
                    if (++runtsNow == RUNTS_MAX) {
                        throw new IOException("the peer sends nothing but frames of less than " + NetBackend.FRAME_BYTES_MIN + " bytes");
                    }
                    continue;
                }
            }
            in.compact();
            int n;
            try {
                n = channel.read(in);
            } finally {
                in.flip();
            }
            if (n < 0) {
                throw new EOFException("the peer has closed the connection");
            }
            if (n == 0) {
                return 0;
            }
        }
    }

    /** Frames too short to be any, which were left out. */
    long runts() {
        return runts;
    }

    /** Asleep only. */
    byte[] received() {
        byte[] b = new byte[in.remaining()];
        in.duplicate().get(b);
        return b;
    }

    synchronized byte[] taken() {
        byte[] b = new byte[out.position()];
        out.duplicate().flip().get(b);
        return b;
    }
}
