package hv.images;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A guest ready to boot. The files never change once made; a newer version is a new pair of files.
 *
 * @param name               the name in the catalog
 * @param version            the version of what boots, as its publisher writes it
 * @param kernel             an uncompressed flat Image or ELF kernel
 * @param initrd             the initial RAM file system
 * @param defaultCommandLine the kernel command line to boot it with, where the user gives none
 */
public record GuestImage(String name, String version, Path kernel, Path initrd, String defaultCommandLine) {
    public GuestImage {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(kernel, "kernel");
        Objects.requireNonNull(initrd, "initrd");
        Objects.requireNonNull(defaultCommandLine, "defaultCommandLine");
    }
}
