package hv.images.internal;

import hv.images.InitramfsBuilder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** The root file system of the Debian guest: busybox, kernel modules with what modprobe needs to find them, and our first process. */
final class DebianInitramfs {
    private static final String HALT = """
            #!/bin/busybox sh
            # Usage: hv-halt poweroff|reboot|halt. Asks the kernel directly: there are no services to end one by one.
            bb=/bin/busybox
            $bb sync
            $bb umount -a -r -t notmpfs,nodevtmpfs,noproc,nosysfs,nodevpts 2>/dev/null
            $bb sync
            exec $bb "$1" -f
            """;
    private static final String SESSION = """
            #!/bin/busybox sh
            # The console's session: a shell, and the machine ends with it. Ctrl-C is the shell's.
            export HOME=/root
            trap : INT QUIT
            cd /root
            sh -l
            exec /sbin/hv-halt poweroff
            """;
    private static final String SYNC = """
            #!/bin/busybox sh
            # What init does last: disks are left clean.
            /bin/busybox sync
            /bin/busybox umount -a -r -t notmpfs,nodevtmpfs,noproc,nosysfs,nodevpts 2>/dev/null
            """;
    private static final String FSTAB = """
            proc /proc proc nosuid,nodev,noexec 0 0
            sysfs /sys sysfs nosuid,nodev,noexec 0 0
            devpts /dev/pts devpts nosuid,noexec,gid=5,mode=620,ptmxmode=666 0 0
            tmpfs /dev/shm tmpfs nosuid,nodev,mode=1777 0 0
            tmpfs /run tmpfs nosuid,nodev,mode=0755 0 0
            tmpfs /tmp tmpfs nosuid,nodev,mode=1777 0 0
            """;
    private static final String PROFILE = """
            export PS1='\\u@\\h:\\w\\$ '
            # The builtins of busybox ask init, which takes a second or two.
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
    private static final String REVISION = "2";

    private DebianInitramfs() {
    }

    /** Stands for all that this class puts in by itself, and the modules of the port. */
    static String recipe(DebianPort port) {
        return Sha256.hex((REVISION + Resource.text("init") + HALT + SESSION + SYNC + FSTAB + PROFILE + DHCP + port.modules()).getBytes(StandardCharsets.UTF_8)).substring(0, 12);
    }

    static InitramfsBuilder build(String release, byte[] busybox, List<ModuleTree.Module> modules) {
        InitramfsBuilder root = new InitramfsBuilder();
        for (String folder : List.of("bin", "sbin", "usr/bin", "usr/sbin", "dev", "etc", "proc", "sys", "run", "mnt", "lib")) {
            root.directory(folder, 0755);
        }
        root.directory("root", 0700).directory("tmp", 01777);
        root.characterDevice("dev/console", 0600, 5, 1).characterDevice("dev/null", 0666, 1, 3);
        root.file("bin/busybox", 0755, busybox).symlink("bin/sh", "busybox").symlink("sbin/modprobe", "../bin/busybox");
        root.file("init", 0755, Resource.text("init")).file("sbin/hv-halt", 0755, HALT).file("sbin/hv-session", 0755, SESSION)
                .file("sbin/hv-sync", 0755, SYNC);
        for (String name : List.of("poweroff", "reboot", "halt")) {
            root.file("sbin/" + name, 0755, "#!/bin/busybox sh\nexec /sbin/hv-halt " + name + "\n");
        }
        root.file("etc/passwd", 0644, "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n");
        root.file("etc/group", 0644, "root:x:0:\ntty:x:5:\ndisk:x:6:\nnogroup:x:65534:\n");
        root.file("etc/hostname", 0644, "debian\n").file("etc/hosts", 0644, "127.0.0.1 localhost debian\n::1 localhost\n");
        // What mount tries where no type is said: a file system whose module is not loaded yet is not in /proc/filesystems.
        root.file("etc/fstab", 0644, FSTAB).file("etc/filesystems", 0644, "ext4\n");
        root.file("etc/profile", 0644, PROFILE).file("etc/udhcpc/default.script", 0755, DHCP);
        modules(root, release, modules);
        return root;
    }

    /** Puts modules in, with what modprobe needs to find them. */
    static void modules(InitramfsBuilder root, String release, List<ModuleTree.Module> modules) {
        String base = "lib/modules/" + release + "/";
        for (ModuleTree.Module module : modules) {
            root.file(base + module.path(), 0644, module.content());
        }
        // modules.dep(5), and the aliases by which the kernel and devices ask for a module.
        root.file(base + "modules.dep", 0644, modules.stream()
                .map(m -> m.path() + ":" + m.dependencies().stream().map(d -> " " + d).collect(Collectors.joining()) + "\n").collect(Collectors.joining()));
        root.file(base + "modules.alias", 0644, modules.stream()
                .flatMap(m -> m.aliases().stream().map(alias -> "alias " + alias + " " + m.name() + "\n")).collect(Collectors.joining()));
    }
}
