package hv.board.riscv.internal;

import hv.api.SpecException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * A kernel, parsed: which of its bytes go where, and where the first hart enters. Parsing is pure and takes any bytes; whatever it returns
 * lies inside the file and inside the RAM it was given.
 *
 * @param format     for people: "flat Image", "ELF"
 * @param content    the file, unpacked
 * @param segments   in ascending order of address, none overlapping
 * @param entryGpa   where the boot hart starts, inside a segment
 * @param endGpa     first byte that the kernel leaves to others, at least the end of the last segment (a flat kernel's own work space
 *                   lies behind its file)
 */
record Kernel(String format, MemorySegment content, List<Segment> segments, long entryGpa, long endGpa) {

    /**
     * @param gpa             first byte, in RAM
     * @param offsetBytes     where in the content
     * @param fileLenBytes    how much of the content
     * @param memoryLenBytes  how much of RAM, at least {@code fileLenBytes}; the rest is zero
     */
    record Segment(long gpa, long offsetBytes, long fileLenBytes, long memoryLenBytes) {
        long endGpa() {
            return gpa + memoryLenBytes;
        }
    }

    /**
     * The RAM that a kernel may use.
     *
     * @param gpa first byte
     * @param lenBytes positive; {@code gpa + lenBytes} does not overflow
     */
    record Ram(long gpa, long lenBytes) {
        long endGpa() {
            return gpa + lenBytes;
        }

        /** Whether the range is inside, for any numbers. */
        boolean contains(long fromGpa, long rangeLenBytes) {
            return fromGpa >= gpa && rangeLenBytes >= 0 && rangeLenBytes <= lenBytes && fromGpa - gpa <= lenBytes - rangeLenBytes;
        }

        @Override
        public String toString() {
            return "RAM (" + hex(gpa) + ".." + hex(endGpa()) + ", " + (lenBytes >> 20) + " MiB)";
        }
    }

    static final ValueLayout.OfShort LE16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt LE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LE64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** A kernel unpacks to no more than this, whatever RAM there is: a compressed file must not exhaust the host. */
    static final long UNPACKED_MAX_BYTES = 512L << 20;

    /**
     * @param name   for messages: "kernel " and usually the path
     * @param unpack where a compressed kernel is unpacked to
     * @throws SpecException it is no kernel for this board, it is damaged, or it does not fit
     */
    static Kernel parse(String name, MemorySegment file, Ram ram, SegmentAllocator unpack) throws SpecException {
        MemorySegment content = unpacked(name, file, ram, unpack);
        if (ElfKernel.recognizes(content)) {
            return ElfKernel.parse(name, content, ram);
        }
        if (FlatKernel.recognizes(content)) {
            return FlatKernel.parse(name, content, ram);
        }
        throw new SpecException(name + ": " + whatItIs(content)
                + "; give a RISC-V flat 'Image' (or 'Image.gz') or a 64-bit RISC-V ELF file");
    }

    private static MemorySegment unpacked(String name, MemorySegment file, Ram ram, SegmentAllocator unpack) throws SpecException {
        return startsWith(file, 0, 0x1f, 0x8b) ? gunzip(name, file, Math.min(ram.lenBytes(), UNPACKED_MAX_BYTES), unpack) : file;
    }

    /**
     * Firmware, or what firmware is to start: also a flat binary without any header, which goes to {@code flatGpa} and is entered there.
     *
     * @param flatGpa in RAM
     * @throws SpecException it is damaged, or it does not fit
     */
    static Kernel parseBinary(String name, MemorySegment file, Ram ram, long flatGpa, SegmentAllocator unpack) throws SpecException {
        MemorySegment content = unpacked(name, file, ram, unpack);
        if (ElfKernel.recognizes(content)) {
            return ElfKernel.parse(name, content, ram);
        }
        if (content.byteSize() == 0) {
            throw new SpecException(name + ": the file is empty; name another");
        }
        long lenBytes = content.byteSize();
        if (FlatKernel.recognizes(content)) {
            // Checked as one, and with the work space that it asks for; its place is the firmware's to say.
            Kernel image = FlatKernel.parse(name, content, ram);
            lenBytes = image.endGpa() - image.entryGpa();
        }
        if (!ram.contains(flatGpa, lenBytes)) {
            throw new SpecException(name + ": needs " + lenBytes + " bytes from " + hex(flatGpa) + ", outside " + ram + "; give the machine more RAM");
        }
        return new Kernel("flat binary", content, List.of(new Segment(flatGpa, 0, content.byteSize(), content.byteSize())), flatGpa, flatGpa + lenBytes);
    }

    private static String whatItIs(MemorySegment content) {
        if (content.byteSize() == 0) {
            return "the file is empty";
        }
        if (startsWith(content, 0, 'M', 'Z') && startsWith(content, 4, 'z', 'i', 'm', 'g')) {
            return "it is a compressed EFI program (vmlinuz.efi), which needs EFI firmware";
        }
        if (startsWith(content, 0x38, 'A', 'R', 'M', 0x64)) {
            return "it is a kernel for arm64";
        }
        if (startsWith(content, 0x202, 'H', 'd', 'r', 'S')) {
            return "it is a kernel for x86";
        }
        if (startsWith(content, 0, 0xfd, '7', 'z', 'X', 'Z') || startsWith(content, 0, 0x28, 0xb5, 0x2f, 0xfd)) {
            return "it is compressed with xz or zstd; unpack it first";
        }
        return content.byteSize() < FlatKernel.HEADER_LEN_BYTES ? "it ends after " + content.byteSize() + " bytes, inside its header"
                : "its format is not known";
    }

    static boolean startsWith(MemorySegment content, long offset, int... bytes) {
        if (content.byteSize() - bytes.length < offset) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if ((content.get(ValueLayout.JAVA_BYTE, offset + i) & 0xff) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    static String hex(long value) {
        return "0x" + Long.toHexString(value);
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
