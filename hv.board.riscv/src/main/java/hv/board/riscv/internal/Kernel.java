package hv.board.riscv.internal;

import hv.api.SpecException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
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
     * @param name for messages, usually the path
     * @throws SpecException it is no kernel for this board, it is damaged, or it does not fit
     */
    static Kernel parse(String name, MemorySegment file, Ram ram) throws SpecException {
        MemorySegment content = file;
        if (startsWith(file, 0, 0x1f, 0x8b)) {
            content = gunzip(name, file, Math.min(ram.lenBytes(), UNPACKED_MAX_BYTES));
        }
        if (ElfKernel.recognizes(content)) {
            return ElfKernel.parse(name, content, ram);
        }
        if (FlatKernel.recognizes(content)) {
            return FlatKernel.parse(name, content, ram);
        }
        throw new SpecException("kernel " + name + ": " + whatItIs(content)
                + "; give a RISC-V flat 'Image' (or 'Image.gz') or a 64-bit RISC-V ELF file");
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

    private static MemorySegment gunzip(String name, MemorySegment file, long maxBytes) throws SpecException {
        if (file.byteSize() > UNPACKED_MAX_BYTES) {
            throw new SpecException("kernel " + name + ": the compressed file has " + file.byteSize() + " bytes, more than "
                    + UNPACKED_MAX_BYTES + "; is it a kernel?");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] chunk = new byte[1 << 16];
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(file.toArray(ValueLayout.JAVA_BYTE)), 1 << 16)) {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                if (out.size() + (long) n > maxBytes) {
                    throw new SpecException("kernel " + name + ": unpacks to more than " + maxBytes
                            + " bytes, which cannot fit; give the machine more RAM or another kernel");
                }
                out.write(chunk, 0, n);
            }
        } catch (EOFException e) {
            throw new SpecException("kernel " + name + ": the gzip file is cut short; fetch or copy it again", e);
        } catch (IOException e) {
            throw new SpecException("kernel " + name + ": damaged gzip data (" + e.getMessage() + "); fetch or copy it again", e);
        }
        return MemorySegment.ofArray(out.toByteArray()).asReadOnly();
    }
}
