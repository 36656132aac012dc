package hv.images.internal;

import hv.images.Progress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Files of which only what is not zero takes room. */
final class SparseFile {
    private static final int BLOCK_BYTES = 64 << 10;

    private SparseFile() {
    }

    /** Copies a file; blocks of zeroes are left out. */
    static void copy(Path from, Path to, Progress progress) throws IOException {
        try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
                FileChannel out = FileChannel.open(to, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            long size = in.size();
            ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
            ByteBuffer zeroes = ByteBuffer.allocateDirect(BLOCK_BYTES);
            for (long at = 0; at < size;) {
                block.clear();
                int n = in.read(block, at);
                if (n < 0) {
                    throw new IOException(from + " has become shorter");
                }
                block.flip();
                zeroes.clear().limit(n);
                if (block.mismatch(zeroes) >= 0 || at + n == size) {
                    for (long to0 = at; block.hasRemaining();) {
                        to0 += out.write(block, to0);
                    }
                }
                at += n;
                if ((at & (BLOCK_BYTES * 1024L - 1)) == 0) {
                    progress.report("copying the disk", at, size);
                    if (Thread.currentThread().isInterrupted()) {
                        throw new InterruptedIOException("copying the disk was interrupted");
                    }
                }
            }
            progress.report("copying the disk", size, size);
            out.force(true);
        }
    }

    /** A file of zeroes that begins with the given bytes. */
    static void make(Path file, long sizeBytes, byte[] head) throws IOException {
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(head);
            while (bytes.hasRemaining()) {
                out.write(bytes, bytes.position());
            }
            out.write(ByteBuffer.allocate(1), sizeBytes - 1);
        }
    }
}
