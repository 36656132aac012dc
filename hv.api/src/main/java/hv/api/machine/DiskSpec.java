package hv.api.machine;

import java.nio.file.Path;

/**
 * A disk of a machine.
 *
 * @param file     absolute path
 * @param format   backend type: "raw"
 * @param readOnly the guest may not write
 */
public record DiskSpec(Path file, String format, boolean readOnly) {
    public DiskSpec {
        file = file.toAbsolutePath().normalize();
    }

    public static DiskSpec raw(Path file) {
        return new DiskSpec(file, "raw", false);
    }
}
