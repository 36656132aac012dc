package hv.api.memory;

/**
 * A range of guest RAM.
 *
 * @param gpa       first byte, a multiple of 4096
 * @param sizeBytes a positive multiple of 4096
 */
public record RamRegion(long gpa, long sizeBytes) {
    public RamRegion {
        if ((gpa & 4095) != 0 || (sizeBytes & 4095) != 0 || sizeBytes <= 0 || gpa < 0 || gpa + sizeBytes < 0) {
            throw new IllegalArgumentException("RAM region " + Long.toHexString(gpa) + "+" + Long.toHexString(sizeBytes));
        }
    }
}
