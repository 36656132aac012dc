package hv.app.internal;

import hv.api.HvException;
import hv.api.SpecException;
import hv.api.machine.DiskSpec;
import hv.api.machine.Hypervisor;
import hv.api.machine.Machine;
import hv.api.machine.MachineSpec;
import hv.images.DiskImage;
import java.nio.file.Files;
import java.nio.file.Path;

/** The disk images that can be booted: by name from the home's folder {@code images}, or by file. */
final class ImageFolder {
    private static final String SUFFIX = ".img";

    private final Path folder;

    private final Hypervisor hypervisor;

    ImageFolder(Path home, Hypervisor hypervisor) {
        folder = home.resolve("images");
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
        return folder.resolve(name + SUFFIX);
    }

    /**
     * A machine with the image as its first disk, booted by the kernel beside it.
     *
     * @param text {@code NAME} or {@code FILE}, perhaps with what {@link DiskSpec#parse} takes: {@code debian,bus=scsi}
     */
    MachineSpec spec(String text, Path workingFolder, String machineName) throws HvException {
        int comma = text.indexOf(',');
        String name = comma < 0 ? text : text.substring(0, comma);
        boolean named = name.matches("[A-Za-z0-9][A-Za-z0-9_-]*");
        DiskSpec disk = DiskSpec.parse(workingFolder, named ? file(name) + text.substring(name.length()) : text);
        DiskImage image = DiskImage.of(disk.file());
        for (Path file : new Path[] {image.file(), image.kernel(), image.initrd()}) {
            if (!Files.isRegularFile(file)) {
                throw new SpecException("image " + name + ": no file " + file + "; make it with ./hv image build debian" + (named && name.equals("debian") ? "" : " --output " + image.file()));
            }
        }
        return MachineSpec.named(machineName, image.kernel()).withInitrd(image.initrd()).withCommandLine(image.defaultCommandLine()).withDisk(disk);
    }
}
