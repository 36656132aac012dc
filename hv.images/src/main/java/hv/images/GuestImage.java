package hv.images;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A guest ready to boot. The files never change once made; a newer version is a new pair of files.
 *
 * @param name               the name in the catalog
 * @param version            the version of what boots, as its publisher writes it
 * @param isa                what it runs on, as in {@code hv.api.engine.spi.EngineTraits.isa}: "riscv64", "x86-64"
 * @param kernel             a kernel as the board of that ISA boots it: flat Image, ELF, bzImage
 * @param initrd             the initial RAM file system
 * @param defaultCommandLine the kernel command line to boot it with, where the user gives none
 */
public record GuestImage(String name, String version, String isa, Path kernel, Path initrd, String defaultCommandLine) {
    public GuestImage {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(isa, "isa");
        Objects.requireNonNull(kernel, "kernel");
        Objects.requireNonNull(initrd, "initrd");
        Objects.requireNonNull(defaultCommandLine, "defaultCommandLine");
    }
}
