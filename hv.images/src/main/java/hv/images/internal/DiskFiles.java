package hv.images.internal;

import hv.images.DiskImage;
import hv.images.DiskRecipe;
import hv.images.InitramfsBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

/** What is in a disk's root file system and in the guest that makes it, beside the packages. */
final class DiskFiles {
    /** What every image has beside the required packages: an init, a console's login, network, SSH. */
    static final List<String> BASE_PACKAGES = List.of("apt", "ca-certificates", "dbus", "debian-archive-keyring", "e2fsprogs", "iproute2", "iputils-ping", "kmod", "less",
            "libpam-systemd", "netbase", "openssh-server", "procps", "sudo", "systemd-resolved", "systemd-sysv", "udev", "vim-tiny");
    /** Modules for what machines of ours can have, file systems and networks; those the kernel has not are left out. */
    static final List<String> MODULES = List.of("autofs4", "isofs", "vfat", "nls_ascii", "nls_cp437", "nls_iso8859_1", "nls_utf8", "fuse", "loop", "dm_mod", "overlay",
            "squashfs", "xfs", "btrfs", "ext4", "sr_mod", "sg", "tun", "bridge", "veth", "dummy", "8021q", "nf_tables", "nft_ct", "nft_masq", "nft_nat", "nft_chain_nat",
            "nft_compat", "xt_conntrack", "xt_MASQUERADE", "xt_tcpudp", "ip_tables", "iptable_nat", "iptable_filter", "sch_fq_codel", "tcp_bbr", "zram",
            "vmw_vsock_virtio_transport", "virtiofs", "configfs", "efi_pstore", "binfmt_misc", "virtio_gpu", "virtio_input", "rtc_goldfish", "qrtr");
    /** Packages whose programs and libraries the building guest runs. */
    private static final List<String> TOOL_PACKAGES = List.of("e2fsprogs", "libext2fs2t64", "libcom-err2", "libblkid1", "libuuid1", "libc6", "libss2");
    private static final List<String> RESOURCES = List.of("drivers", "init", "build", "configure", "seed", "hv-seed.service", "hv-seed-late.service", "hv-hostkey.service");
    private static final String NETWORK = """
            [Match]
            Type=ether
            Kind=!*

            [Network]
            DHCP=yes
            """;
    /** Without translated descriptions: 6 of the 16 MB of an update, and much of its time in a guest. */
    private static final String APT = """
            Acquire::Languages "none";
            """;
    private static final String SSHD = """
            # One key is enough, and quick to make at the first boot; more by lines such as HostKey /etc/ssh/ssh_host_rsa_key.
            HostKey /etc/ssh/ssh_host_ed25519_key
            """;

    /** The console shows what both terminals print: one login is enough. */
    private static final String SERIAL_LOGIN = """
            [Unit]
            ConditionPathExists=!/dev/hvc0
            """;

    private DiskFiles() {
    }

    static String resource(String name) {
        return Resource.text("disk/" + name).replace("ROOT_LABEL", DiskImage.ROOT_LABEL);
    }

    /** Stands for all that this class puts in by itself. */
    static String revision() {
        StringBuilder all = new StringBuilder("2").append(BASE_PACKAGES).append(MODULES).append(TOOL_PACKAGES).append(NETWORK).append(SSHD).append(APT).append(SERIAL_LOGIN);
        RESOURCES.forEach(name -> all.append(resource(name)));
        return Sha256.hex(all.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Everything that is no package's. */
    static void write(RootTar tar, DiskRecipe recipe, DebianArchive.DiskPackages from, KernelTree kernel, byte[] initrd, DpkgDatabase database) throws IOException {
        String release = from.kernel().release();
        for (String folder : DpkgDatabase.folders()) {
            tar.folder(folder, 0755);
        }
        for (Map.Entry<String, byte[]> file : database.files().entrySet()) {
            boolean script = file.getKey().matches(".*\\.(preinst|postinst|prerm|postrm|config)");
            tar.file(file.getKey(), script ? 0755 : 0644, file.getValue());
        }
        String modules = "usr/lib/modules/" + release + "/";
        for (Map.Entry<String, byte[]> file : kernel.modules().entrySet()) {
            tar.file(modules + file.getKey(), 0644, file.getValue());
        }
        tar.file("boot/vmlinux-" + release, 0644, kernel.image()).file("boot/initrd.img-" + release, 0644, initrd);
        tar.file("boot/extlinux/extlinux.conf", 0644, "default debian\ntimeout 10\nlabel debian\n    menu label Debian, Linux " + release + "\n    linux /boot/vmlinux-" + release
                + "\n    initrd /boot/initrd.img-" + release + "\n    append " + DiskImage.of(Path.of("disk")).defaultCommandLine() + "\n");
        tar.file("etc/hostname", 0644, recipe.hostname() + "\n");
        tar.file("etc/hosts", 0644, "127.0.0.1 localhost\n127.0.1.1 " + recipe.hostname() + "\n::1 localhost ip6-localhost ip6-loopback\n");
        tar.file("etc/fstab", 0644, "LABEL=" + DiskImage.ROOT_LABEL + " / ext4 noatime,errors=remount-ro 0 1\n");
        tar.file("etc/default/locale", 0644, "LANG=C.UTF-8\n");
        // The suite under the name by which the mirror was whole; apt refuses it when it has become another release.
        tar.file("etc/apt/sources.list.d/debian.sources", 0644, "Types: deb\nURIs: " + from.mirror() + "\nSuites: " + from.suite()
                + "\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n");
        tar.file("etc/systemd/network/50-dhcp.network", 0644, NETWORK).file("etc/ssh/sshd_config.d/10-hv.conf", 0644, SSHD).file("etc/apt/apt.conf.d/10-hv", 0644, APT);
        tar.file("etc/systemd/system/serial-getty@ttyS0.service.d/hv.conf", 0644, SERIAL_LOGIN);
        tar.file("usr/lib/hv/seed", 0755, resource("seed"));
        for (String unit : List.of("hv-seed.service", "hv-seed-late.service", "hv-hostkey.service")) {
            tar.file("etc/systemd/system/" + unit, 0644, resource(unit));
        }
        tar.file("var/lib/hv-build/configure", 0755, resource("configure")).file("var/lib/hv-build/packages", 0644, database.order())
                .file("var/lib/hv-build/release", 0644, release + "\n");
    }

    /** The initial RAM disk that the image boots with. */
    static InitramfsBuilder initrd(String release, byte[] busybox, List<ModuleTree.Module> modules) {
        return drivers(release, busybox, modules).file("init", 0755, resource("init")).directory("newroot", 0755);
    }

    /** That of the guest that makes a disk, with the programs it needs. @param pool a package's file, by name */
    static InitramfsBuilder builder(String release, byte[] busybox, List<ModuleTree.Module> modules, Map<String, Path> pool) throws IOException {
        InitramfsBuilder root = drivers(release, busybox, modules).file("init", 0755, resource("build")).directory("target", 0755);
        for (String name : TOOL_PACKAGES) {
            Path deb = pool.get(name);
            if (deb == null) {
                throw new IOException("the packages of a disk lack " + name + ", which the making of one needs");
            }
            DebPackage.readWhole(deb, (path, entry, content) -> tool(root, path, entry, content));
        }
        return root;
    }

    private static void tool(InitramfsBuilder root, String path, TarArchiveEntry entry, InputStream content) throws IOException {
        String plain = path.startsWith("usr/") ? path.substring("usr/".length()) : path;
        boolean wanted = plain.equals("sbin/mke2fs") || plain.equals("sbin/e2fsck") || plain.matches("lib/(riscv64-linux-gnu/)?(ld-linux[^/]*|lib(c|e2p|ext2fs|com_err|blkid|uuid|ss|pthread)\\.so[^/]*)");
        if (!wanted || entry.isDirectory()) {
            return;
        }
        if (entry.isSymbolicLink()) {
            // Links such as /lib/ld-linux-riscv64-lp64d.so.1 lead into the same tree, relative or from the root.
            root.symlink(plain, entry.getLinkName().replaceFirst("^/usr/lib/", "/lib/"));
        } else if (DebPackage.isFile(entry)) {
            root.file(plain, 0755, content.readAllBytes());
        }
    }

    private static InitramfsBuilder drivers(String release, byte[] busybox, List<ModuleTree.Module> modules) {
        InitramfsBuilder root = new InitramfsBuilder();
        for (String folder : List.of("bin", "sbin", "usr/bin", "usr/sbin", "dev", "etc", "proc", "sys", "run", "lib")) {
            root.directory(folder, 0755);
        }
        root.characterDevice("dev/console", 0600, 5, 1).characterDevice("dev/null", 0666, 1, 3);
        root.file("bin/busybox", 0755, busybox).symlink("bin/sh", "busybox").symlink("sbin/modprobe", "../bin/busybox").file("drivers", 0644, resource("drivers"));
        DebianInitramfs.modules(root, release, modules);
        return root;
    }

    /**
     * What a kernel's package gives to a disk.
     *
     * @param modules files below {@code /lib/modules/RELEASE}
     */
    record KernelTree(byte[] image, Map<String, byte[]> modules) {
        static KernelTree of(byte[] image, ModuleTree tree) throws IOException {
            Map<String, byte[]> files = new LinkedHashMap<>(tree.listings());
            List<String> wanted = new ArrayList<>(DebianPort.RISCV64.modules());
            MODULES.stream().filter(tree::has).forEach(wanted::add);
            for (ModuleTree.Module module : tree.withDependencies(wanted)) {
                files.put(module.path(), module.content());
            }
            return new KernelTree(image, files);
        }
    }
}
