package hv.images.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Debian on one architecture, as a guest of the catalog.
 *
 * @param guest         its name there
 * @param isa           what the guest runs on, as in {@link hv.images.GuestImage#isa}
 * @param debian        Debian's name of the architecture
 * @param metaPackage   names the current kernel by its dependency
 * @param kernelPackage names of kernels; group 1 is the release
 * @param modules       what a machine of ours can have, and the file systems
 * @param current       file of the cache that names the guest that is given where no version is asked for
 */
record DebianPort(String guest, String isa, String debian, String metaPackage, Pattern kernelPackage, List<String> modules, String current) {
    private static final List<String> DEVICES = List.of("virtio_rng", "virtio_console", "virtio_pci", "virtio_blk", "scsi_mod", "sd_mod", "virtio_scsi", "virtio_net",
            "virtio_balloon");
    private static final List<String> NINE_P = List.of("9pnet_virtio", "9p");
    /** A guest may be a host: which of the two loads is the CPU's to say. */
    private static final List<String> KVM = List.of("kvm_amd", "kvm_intel");
    private static final List<String> OTHERS = List.of("crc32c_generic", "ext4", "af_packet", "virtio_mmio");

    static final DebianPort RISCV64 = of("debian", "riscv64", "riscv64", "riscv64", join(DEVICES, NINE_P, OTHERS), "current");
    /** The kernel for clouds, which has no drivers but those of virtual machines, and no 9p. */
    static final DebianPort AMD64 = of("debian-x86-64", "x86-64", "amd64", "cloud-amd64", join(DEVICES, KVM, OTHERS), "current-amd64");

    private static DebianPort of(String guest, String isa, String debian, String flavour, List<String> modules, String current) {
        return new DebianPort(guest, isa, debian, "linux-image-" + flavour, Pattern.compile("linux-image-([0-9]+\\.[0-9][0-9a-z.+~-]*-" + flavour + ")"), modules, current);
    }

    @SafeVarargs
    private static List<String> join(List<String>... lists) {
        List<String> out = new ArrayList<>();
        for (List<String> list : lists) {
            out.addAll(list);
        }
        return List.copyOf(out);
    }
}
