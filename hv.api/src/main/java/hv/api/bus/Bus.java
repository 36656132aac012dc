package hv.api.bus;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Routes register accesses to devices. vCPU threads; never blocks. An address where nothing answers, an access that straddles a region, and a
 * device that failed read as ones (as QEMU's unassigned memory reads as zero, an access there is {@link #NOBODY} and the interpreter decides).
 */
@ProviderType
public interface Bus {
    /** Whether a device answers at the whole of this range. */
    boolean answers(long gpa, int widthBytes);

    /** @return the value, zero-extended; only if {@link #answers} */
    long read(long gpa, int widthBytes);

    void write(long gpa, int widthBytes, long value);
}
