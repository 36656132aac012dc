package hv.snapshot.internal;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import hv.api.HvException;
import hv.api.SpecException;
import java.nio.ByteBuffer;

/** zstd level 1 over direct buffers. Where its native library does not load, chunks are stored plain: snapshots work, larger. */
final class Compression implements AutoCloseable {
    private static final int LEVEL = 1;
    private static final boolean AVAILABLE = available();

    private ZstdCompressCtx compressor;
    private ZstdDecompressCtx decompressor;

    private static boolean available() {
        try {
            return Zstd.compressBound(1) > 0;
        } catch (LinkageError e) {
            return false;
        }
    }

    /**
     * @param plain from 0 to its limit
     * @param into  cleared; receives the compressed bytes from 0 on
     * @return their number; 0 if that would not be smaller, or compression is not available
     */
    int compress(ByteBuffer plain, ByteBuffer into) throws HvException {
        if (!AVAILABLE) {
            return 0;
        }
        if (compressor == null) {
            compressor = new ZstdCompressCtx().setLevel(LEVEL);
        }
        try {
            int n = compressor.compressDirectByteBuffer(into, 0, into.capacity(), plain, 0, plain.limit());
            return n < plain.limit() ? n : 0;
        } catch (ZstdException e) {
            throw new HvException("the machine cannot be saved: compression failed: " + e.getMessage(), e);
        }
    }

    /** Room that {@link #compress} needs for a body of that size. */
    static int bound(int plainBytes) {
        return AVAILABLE ? Math.toIntExact(Zstd.compressBound(plainBytes)) : plainBytes;
    }

    /** Both buffers from 0 on, within their limits. @throws SpecException it is not a frame of exactly {@code plainBytes} */
    void decompress(ByteBuffer stored, int storedBytes, ByteBuffer into, int plainBytes) throws SpecException {
        if (!AVAILABLE) {
            throw new SpecException("it is compressed, and the native library of zstd does not load on this host");
        }
        if (decompressor == null) {
            decompressor = new ZstdDecompressCtx();
        }
        try {
            int n = decompressor.decompressDirectByteBuffer(into, 0, plainBytes, stored, 0, storedBytes);
            if (n != plainBytes) {
                throw new SpecException("it expands to " + n + " bytes, not " + plainBytes);
            }
        } catch (ZstdException e) {
            throw new SpecException("it does not expand: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        if (compressor != null) {
            compressor.close();
        }
        if (decompressor != null) {
            decompressor.close();
        }
    }
}
