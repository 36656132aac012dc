package hv.images.internal;

import hv.images.InitramfsBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** The root file system of the Debian guest: busybox, kernel modules in load order, and our first process. */
final class DebianInitramfs {
    /** What a machine of ours can have, in the order of loading: entropy first, the bus last so that all drivers find their devices at once. */
    static final List<String> WANTED_MODULES = List.of("virtio_rng", "virtio_console", "virtio_pci", "virtio_blk", "scsi_mod", "sd_mod", "virtio_scsi",
            "virtio_net", "virtio_balloon", "9pnet_virtio", "9p", "crc32c_generic", "ext4", "af_packet", "virtio_mmio");
    private static final String HALT = """
            #!/bin/busybox sh
            # Usage: hv-halt poweroff|reboot|halt. The first process is a script, so the kernel is asked directly.
            bb=/bin/busybox
            $bb sync
            $bb umount -a -r -t notmpfs,nodevtmpfs,noproc,nosysfs,nodevpts 2>/dev/null
            $bb sync
            exec $bb "$1" -f
            """;
    private static final String PROFILE = """
            export PS1='\\u@\\h:\\w\\$ '
            # Plain builtins of busybox would ask a busybox init, which is not there.
            alias poweroff='hv-halt poweroff' reboot='hv-halt reboot' halt='hv-halt halt'
            """;
    private static final String DHCP = """
            #!/bin/busybox sh
            # Called by udhcpc with deconfig, bound, renew, leasefail or nak, and the lease in variables.
            case "$1" in
            deconfig)
                ip addr flush dev "$interface"
                ip link set "$interface" up
                ;;
            bound | renew)
                ip addr flush dev "$interface"
                ip addr add "$ip/${mask:-24}" dev "$interface"
                for gateway in $router; do
                    ip route add default via "$gateway" dev "$interface"
                    break
                done
                : >/etc/resolv.conf
                for server in $dns; do
                    echo "nameserver $server" >>/etc/resolv.conf
                done
                ;;
            esac
            """;
    /** Changes with anything here that ends up in the initramfs; a changed recipe makes a new initramfs of the packages in the cache. */
    private static final String REVISION = "1";

    private DebianInitramfs() {
    }

    /** Stands for all that this class puts in by itself. */
    static String recipe() {
        return Sha256.hex((REVISION + init() + HALT + PROFILE + DHCP + WANTED_MODULES).getBytes(StandardCharsets.UTF_8)).substring(0, 12);
    }

    static InitramfsBuilder build(String release, byte[] busybox, List<ModuleTree.Module> modules) {
        InitramfsBuilder root = new InitramfsBuilder();
        for (String folder : List.of("bin", "sbin", "usr/bin", "usr/sbin", "dev", "etc", "proc", "sys", "run", "mnt", "lib")) {
            root.directory(folder, 0755);
        }
        root.directory("root", 0700).directory("tmp", 01777);
        root.characterDevice("dev/console", 0600, 5, 1).characterDevice("dev/null", 0666, 1, 3);
        root.file("bin/busybox", 0755, busybox).symlink("bin/sh", "busybox");
        root.file("init", 0755, init()).file("sbin/hv-halt", 0755, HALT);
        for (String name : List.of("poweroff", "reboot", "halt")) {
            root.file("sbin/" + name, 0755, "#!/bin/busybox sh\nexec /sbin/hv-halt " + name + "\n");
        }
        root.file("etc/passwd", 0644, "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n");
        root.file("etc/group", 0644, "root:x:0:\ntty:x:5:\ndisk:x:6:\nnogroup:x:65534:\n");
        root.file("etc/hostname", 0644, "debian\n").file("etc/hosts", 0644, "127.0.0.1 localhost debian\n::1 localhost\n");
        root.file("etc/profile", 0644, PROFILE).file("etc/udhcpc/default.script", 0755, DHCP);
        String base = "lib/modules/" + release + "/";
        for (ModuleTree.Module module : modules) {
            root.file(base + module.path(), 0644, module.content());
        }
        // modules.dep(5), so that modprobe works in the guest.
        root.file(base + "modules.dep", 0644, modules.stream()
                .map(m -> m.path() + ":" + m.dependencies().stream().map(d -> " " + d).collect(Collectors.joining()) + "\n").collect(Collectors.joining()));
        root.file("etc/hv-modules", 0644, modules.stream().map(m -> m.path() + "\n").collect(Collectors.joining()));
        return root;
    }

    private static String init() {
        try (InputStream in = DebianInitramfs.class.getResourceAsStream("init")) {
            if (in == null) {
                throw new IllegalStateException("the bundle lacks its resource hv/images/internal/init");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
