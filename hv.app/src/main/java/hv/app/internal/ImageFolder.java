package hv.app.internal;

import hv.api.machine.Hypervisor;
import hv.api.machine.Machine;
import java.nio.file.Path;

/** The disk images in the home's folder {@code images}. */
final class ImageFolder {
    private static final String SUFFIX = ".img";

    private final Path home;
    private final Hypervisor hypervisor;

    ImageFolder(Path home, Hypervisor hypervisor) {
        this.home = home;
        this.hypervisor = hypervisor;
    }

    /** @throws IllegalArgumentException a machine has the file as its disk */
    void refuseInUse(Path file) {
        for (Machine machine : hypervisor.machines()) {
            if (machine.spec().disks().stream().anyMatch(disk -> disk.file().equals(file))) {
                throw new IllegalArgumentException(file + " is a disk of the machine " + machine.name() + ": destroy the machine, or name another file with --output");
            }
        }
    }

    /** Where an image of this name is. */
    Path file(String name) {
        return file(home, name);
    }

    static Path file(Path home, String name) {
        return home.resolve("images").resolve(name + SUFFIX);
    }
}
