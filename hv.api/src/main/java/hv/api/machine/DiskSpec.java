package hv.api.machine;

import java.nio.file.Path;

/**
 * A disk of a machine.
 *
 * @param file     absolute path
 * @param format   backend type: "raw"
 * @param readOnly the guest may not write
 * @param bus      how the guest sees it: "virtio" (a virtio block device of its own), "scsi" (a disk of the machine's virtio SCSI controller)
 */
public record DiskSpec(Path file, String format, boolean readOnly, String bus) {
    public static final String VIRTIO = "virtio";
    public static final String SCSI = "scsi";

    public DiskSpec {
        file = file.toAbsolutePath().normalize();
        if (!bus.equals(VIRTIO) && !bus.equals(SCSI)) {
            throw new IllegalArgumentException("disk " + file + ": bus \"" + bus + "\"; use virtio or scsi");
        }
    }

    public static DiskSpec raw(Path file) {
        return new DiskSpec(file, "raw", false, VIRTIO);
    }

    /**
     * Reads {@code FILE[,ro][,bus=scsi][,format=raw]}, as people write it on command lines. A file whose name has a comma needs a description in YAML.
     *
     * @param folder where a relative path begins
     * @throws IllegalArgumentException one line for people
     */
    public static DiskSpec parse(Path folder, String text) {
        String[] words = text.split(",", -1);
        if (words[0].isEmpty()) {
            throw new IllegalArgumentException("disk \"" + text + "\" has no file: use FILE[,ro][,bus=scsi]");
        }
        String format = "raw";
        String bus = VIRTIO;
        boolean readOnly = false;
        for (int i = 1; i < words.length; i++) {
            if (words[i].equals("ro")) {
                readOnly = true;
            } else if (words[i].startsWith("bus=")) {
                bus = words[i].substring("bus=".length());
            } else if (words[i].startsWith("format=")) {
                format = words[i].substring("format=".length());
            } else {
                throw new IllegalArgumentException("disk \"" + text + "\": what is \"" + words[i] + "\"? Use FILE[,ro][,bus=virtio|scsi][,format=raw]");
            }
        }
        return new DiskSpec(folder.resolve(words[0]), format, readOnly, bus);
    }
}
