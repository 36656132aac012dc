package hv.board;

import hv.api.SpecException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.zip.GZIPInputStream;

/** Files that may be packed with gzip. */
public final class Gzip {
    /** A file unpacks to no more than this, whatever RAM there is: a compressed file must not exhaust the host. */
    public static final long UNPACKED_MAX_BYTES = 512L << 20;

    private Gzip() {
    }

    /**
     * The file, or what is packed in it.
     *
     * @param name   for messages: "kernel " and usually the path
     * @param unpack where it is unpacked to
     * @throws SpecException it is damaged, or unpacks to more than RAM or {@link #UNPACKED_MAX_BYTES}
     */
    public static MemorySegment unpacked(String name, MemorySegment file, Kernel.Ram ram, SegmentAllocator unpack) throws SpecException {
        return Kernel.startsWith(file, 0, 0x1f, 0x8b) ? gunzip(name, file, Math.min(ram.lenBytes(), UNPACKED_MAX_BYTES), unpack) : file;
    }

    /** Unpacks twice, the first time only to learn the size: the heap stays small, and nothing in the file is believed. */
    private static MemorySegment gunzip(String name, MemorySegment file, long maxBytes, SegmentAllocator unpack) throws SpecException {
        byte[] chunk = new byte[1 << 16];
        try {
            long lenBytes = 0;
            try (InputStream in = new GZIPInputStream(new SegmentInput(file), chunk.length)) {
                for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                    lenBytes += n;
                    if (lenBytes > maxBytes) {
                        throw new SpecException(name + ": unpacks to more than " + maxBytes
                                + " bytes, which cannot fit; give the machine more RAM or another kernel");
                    }
                }
            }
            MemorySegment out = unpack.allocate(lenBytes);
            try (InputStream in = new GZIPInputStream(new SegmentInput(file), chunk.length)) {
                long at = 0;
                for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                    MemorySegment.copy(chunk, 0, out, ValueLayout.JAVA_BYTE, at, n);
                    at += n;
                }
            }
            return out.asReadOnly();
        } catch (EOFException e) {
            throw new SpecException(name + ": the gzip file is cut short; fetch or copy it again", e);
        } catch (IOException e) {
            throw new SpecException(name + ": damaged gzip data (" + e.getMessage() + "); fetch or copy it again", e);
        }
    }

    /** Reads a segment. */
    private static final class SegmentInput extends InputStream {
        private final MemorySegment segment;
        private long at;

        SegmentInput(MemorySegment segment) {
            this.segment = segment;
        }

        @Override
        public int read() {
            return at == segment.byteSize() ? -1 : segment.get(ValueLayout.JAVA_BYTE, at++) & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int lenBytes) {
            if (at == segment.byteSize() && lenBytes > 0) {
                return -1;
            }
            int n = (int) Math.min(lenBytes, segment.byteSize() - at);
            MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, at, into, offset, n);
            at += n;
            return n;
        }

        @Override
        public int available() {
            return (int) Math.min(Integer.MAX_VALUE, segment.byteSize() - at);
        }
    }
}
