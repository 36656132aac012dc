package hv.images;

import java.nio.file.Path;

/**
 * A disk image and the files to boot it with, beside it: {@code FILE}, {@code FILE.kernel}, {@code FILE.initrd}.
 *
 * @param file               the disk, raw; its first partition holds the root file system
 * @param kernel             the kernel of the disk's {@code /boot}, an uncompressed flat Image or ELF file
 * @param initrd             mounts the root file system and starts its init
 * @param defaultCommandLine the kernel command line to boot it with
 */
public record DiskImage(Path file, Path kernel, Path initrd, String defaultCommandLine) {
    /** Label of the root file system. */
    public static final String ROOT_LABEL = "hv-root";

    /** The image of a file, by the names of what is beside it. */
    public static DiskImage of(Path file) {
        return new DiskImage(file, beside(file, ".kernel"), beside(file, ".initrd"), "root=LABEL=" + ROOT_LABEL + " ro console=ttyS0 cryptomgr.notests");
    }

    private static Path beside(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }
}
