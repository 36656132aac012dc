package hv.api.pci.spi;

/**
 * Where a base address register (BAR) of a function is decoded at present.
 *
 * @param bar       0 .. 5
 * @param gpa       its first byte, a multiple of its size
 * @param sizeBytes a power of two, at least 16
 */
public record PciWindow(int bar, long gpa, long sizeBytes) {
    private static final int BAR_SHIFT = 56;

    /** What {@link hv.api.device.spi.Device#read} gets as offset for a byte of a BAR. */
    public static long offset(int bar, long inBar) {
        return (long) bar << BAR_SHIFT | inBar;
    }

    /** The BAR of such an offset. */
    public static int bar(long offset) {
        return (int) (offset >>> BAR_SHIFT);
    }

    /** The byte within the BAR. */
    public static long inBar(long offset) {
        return offset & (1L << BAR_SHIFT) - 1;
    }
}
