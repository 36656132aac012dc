package hv.board;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A kernel, parsed: which of its bytes go where, and where the first vCPU enters. Parsing is pure and takes any bytes; whatever it returns
 * lies inside the file and inside the RAM it was given.
 *
 * @param format     for people: "flat Image", "ELF"
 * @param content    the file, unpacked
 * @param segments   in ascending order of address, none overlapping
 * @param entryGpa   where the boot vCPU starts, inside a segment
 * @param endGpa     first byte that the kernel leaves to others, at least the end of the last segment (a flat kernel's own work space
 *                   lies behind its file)
 */
public record Kernel(String format, MemorySegment content, List<Segment> segments, long entryGpa, long endGpa) {

    /**
     * @param gpa             first byte, in RAM
     * @param offsetBytes     where in the content
     * @param fileLenBytes    how much of the content
     * @param memoryLenBytes  how much of RAM, at least {@code fileLenBytes}; the rest is zero
     */
    public record Segment(long gpa, long offsetBytes, long fileLenBytes, long memoryLenBytes) {
        public long endGpa() {
            return gpa + memoryLenBytes;
        }
    }

    /**
     * The RAM that a kernel may use.
     *
     * @param gpa first byte
     * @param lenBytes positive; {@code gpa + lenBytes} does not overflow
     */
    public record Ram(long gpa, long lenBytes) {
        public long endGpa() {
            return gpa + lenBytes;
        }

        /** Whether the range is inside, for any numbers. */
        public boolean contains(long fromGpa, long rangeLenBytes) {
            return fromGpa >= gpa && rangeLenBytes >= 0 && rangeLenBytes <= lenBytes && fromGpa - gpa <= lenBytes - rangeLenBytes;
        }

        @Override
        public String toString() {
            return "RAM (" + hex(gpa) + ".." + hex(endGpa()) + ", " + (lenBytes >> 20) + " MiB)";
        }
    }

    public static final ValueLayout.OfShort LE16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    public static final ValueLayout.OfInt LE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    public static final ValueLayout.OfLong LE64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Copies its segments into cleared RAM that begins at {@code ramGpa}. */
    public void load(MemorySegment ram, long ramGpa) {
        for (Segment segment : segments) {
            MemorySegment.copy(content, segment.offsetBytes(), ram, segment.gpa() - ramGpa, segment.fileLenBytes());
        }
    }

    /** Whether these bytes stand there; false behind the end. */
    public static boolean startsWith(MemorySegment content, long offset, int... bytes) {
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

    public static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
