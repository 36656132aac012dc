package hv.images.internal;

import hv.images.ImageException;
import hv.images.ImageSettings;
import hv.images.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

/**
 * Debian's QEMU for this host, unpacked with its dependencies into {@code CACHE/debian/qemu}, which appears whole, by a rename. It runs under its own dynamic
 * loader and C library (ld.so(8), {@code --library-path}), so that the host may have any distribution.
 */
public final class QemuTree {
    private static final String PACKAGE = "qemu-system-riscv";
    private static final String PROGRAM = "qemu-system-riscv64";
    private static final Duration STALL = Duration.ofSeconds(60);

    /** Debian's name of an architecture, its folder of libraries, and the loader's path. */
    private record Host(String architecture, String triplet, String loader) {
        static Host here() throws ImageException {
            String os = System.getProperty("os.name") + " " + System.getProperty("os.arch");
            return switch (os) {
                case "Linux amd64" -> new Host("amd64", "x86_64-linux-gnu", "usr/lib64/ld-linux-x86-64.so.2");
                case "Linux aarch64" -> new Host("arm64", "aarch64-linux-gnu", "usr/lib/ld-linux-aarch64.so.1");
                default -> throw new ImageException("Debian's QEMU is fetched for Linux on amd64 and aarch64, and this is " + os + ": name one by HV_QEMU");
            };
        }

        /** Paths are seen from the script itself, so that the cache may move. */
        String script() {
            return """
                    #!/bin/sh
                    here=$(dirname "$(readlink -f "$0")")
                    exec "$here/%s" --library-path "$here/usr/lib/%s" "$here/usr/bin/%s" -L "$here/usr/share/qemu" "$@"
                    """.formatted(loader, triplet, PROGRAM);
        }
    }

    private final Path root;
    private final Map<Path, Path> links = new TreeMap<>();

    private QemuTree(Path root) {
        this.root = root;
    }

    private static Path folder(ImageSettings settings) {
        return settings.cacheDir().resolve("debian/qemu");
    }

    /** What starts it, where it was fetched. */
    public static Path launcher(ImageSettings settings) {
        return folder(settings).resolve(PROGRAM);
    }

    /** Fetches it, the newest of that first number of the version, unless another has in the meantime; gives {@link #launcher}. */
    public static Path fetch(int major, ImageSettings settings, Progress progress) throws ImageException {
        return fetch(major, settings, PinnedKeys.debian(), Path.of("/etc/apt"), InstantSource.system(), progress);
    }

    static Path fetch(int major, ImageSettings settings, PinnedKeys keys, Path apt, InstantSource clock, Progress progress) throws ImageException {
        Host host = Host.here();
        Path launcher = launcher(settings);
        GuestStore store = new GuestStore(settings.cacheDir());
        try (TidyExit _ = new TidyExit(); CacheLock _ = CacheLock.take(settings.cacheDir(), progress)) {
            if (Files.exists(launcher)) {
                return launcher;
            }
            store.sweep();
            try (DebianArchive archive = new DebianArchive(keys, clock, apt, STALL, store)) {
                Path tmp = Files.createDirectories(store.tmp().resolve("qemu"));
                QemuTree tree = new QemuTree(tmp);
                DebianArchive.ProgramPackages found = archive.fetchProgram(settings, host.architecture(), PACKAGE, major, progress);
                for (BinaryPackage p : found.packages()) {
                    progress.report("unpacking " + p.name(), 0, -1);
                    tree.unpack(store.pool(p.entry().sha256()));
                }
                tree.link();
                tree.needs("usr/bin/" + PROGRAM);
                tree.needs(host.loader());
                String list = found.packages().stream().map(p -> p.name() + " " + p.version() + "\n").collect(Collectors.joining());
                Files.writeString(tmp.resolve("packages"), "# Debian " + found.suite() + "\n" + list);
                Path script = Files.writeString(tmp.resolve(PROGRAM), host.script());
                Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
                // What stands there has no launcher.
                GuestStore.deleteTree(folder(settings));
                Files.move(tmp, folder(settings), StandardCopyOption.ATOMIC_MOVE);
                return launcher;
            } finally {
                store.clear();
            }
        } catch (IOException e) {
            throw new ImageException("cannot unpack QEMU into " + folder(settings) + ": " + Download.reason(e), e);
        }
    }

    private void unpack(Path deb) throws IOException {
        // Nothing is installed: no script of a package runs.
        DebPackage.readWhole(deb, (path, entry, content) -> {
            if (wanted(path)) {
                put(root.resolve(path), entry, content);
            }
        });
    }

    private static boolean wanted(String path) {
        return path.equals("usr/bin/" + PROGRAM) || path.startsWith("usr/lib/") || path.startsWith("usr/lib64/") || path.startsWith("usr/share/qemu/");
    }

    /** Links are made when all files are there, so that no file is written through one. */
    private void put(Path to, TarArchiveEntry entry, InputStream content) throws IOException {
        if (entry.isSymbolicLink()) {
            Path target = to.getParent().resolve(entry.getLinkName()).normalize();
            // Others are no libraries, but what a system has at a fixed place.
            if (!Path.of(entry.getLinkName()).isAbsolute() && target.startsWith(root)) {
                links.put(to, to.getParent().relativize(target));
            }
        } else if (DebPackage.isFile(entry)) {
            Files.createDirectories(to.getParent());
            Files.copy(content, to, StandardCopyOption.REPLACE_EXISTING);
            if ((entry.getMode() & 0100) != 0) {
                Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
    }

    private void link() throws IOException {
        for (Map.Entry<Path, Path> link : links.entrySet()) {
            if (!Files.exists(link.getKey(), LinkOption.NOFOLLOW_LINKS)) {
                refuseBehindLink(link.getKey());
                Files.createDirectories(link.getKey().getParent());
                Files.createSymbolicLink(link.getKey(), link.getValue());
            }
        }
    }

    private void needs(String path) throws IOException {
        if (!Files.isRegularFile(root.resolve(path))) {
            throw new IOException("none of the packages has " + path);
        }
    }

    /** A link whose folder is a link itself would be made elsewhere, and lead elsewhere. */
    private void refuseBehindLink(Path path) throws IOException {
        for (Path p = path.getParent(); !p.equals(root); p = p.getParent()) {
            if (Files.isSymbolicLink(p)) {
                throw new IOException("a package is refused: its link " + root.relativize(path) + " lies behind the link " + root.relativize(p));
            }
        }
    }
}
