package hv.images.internal;

import hv.api.machine.Hypervisor;
import hv.images.DiskBuilder;
import hv.images.DiskImage;
import hv.images.DiskRecipe;
import hv.images.ImageException;
import hv.images.ImageSettings;
import hv.images.InitramfsBuilder;
import hv.images.Progress;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.zip.Deflater;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * Debian on a disk. The host fetches, verifies and unpacks the packages into one archive, with dpkg's database; a guest makes the file system, copies the
 * archive into it, and configures the packages by their own scripts. <a href="../../../../../../doc/adr/0017-disk-images-in-a-guest.md">ADR 0017</a>.
 * <pre>
 * CACHE/debian/disks/HASH.img, HASH.img.kernel, HASH.img.initrd    made; HASH is that of the recipe and of our part of it
 * CACHE/debian/disks/HASH.log                                      what the guest printed
 * </pre>
 */
@Component(service = DiskBuilder.class)
public final class DebianDisk implements DiskBuilder {
    static final String NAME = "debian";
    private static final Duration STALL = Duration.ofSeconds(60);
    private static final int BUFFER_BYTES = 1 << 16;

    private final Hypervisor hypervisor;
    private final Supplier<PinnedKeys> keys;
    private final Path apt;
    private final ImageSettings fixed;

    @Activate
    public DebianDisk(@Reference Hypervisor hypervisor) {
        this(hypervisor, PinnedKeys::debian, Path.of("/etc/apt"), null);
    }

    /** For tests: other keys, package sources of the host, and settings. */
    DebianDisk(Hypervisor hypervisor, Supplier<PinnedKeys> keys, Path apt, ImageSettings fixed) {
        this.hypervisor = hypervisor;
        this.keys = keys;
        this.apt = apt;
        this.fixed = fixed;
    }

    @Override
    public List<String> names() {
        return List.of(NAME);
    }

    @Override
    public DiskImage build(String distribution, DiskRecipe recipe, Path output, boolean update, Progress progress) throws ImageException {
        if (!distribution.equals(NAME)) {
            throw new ImageException("no disk can be made of \"" + distribution + "\": there is " + NAME);
        }
        ImageSettings settings = fixed == null ? ImageSettings.fromEnvironment() : fixed;
        if (Files.isDirectory(output) || output.getFileName() == null) {
            throw new ImageException(output + " is a folder: name a file");
        }
        GuestStore store = new GuestStore(settings.cacheDir());
        String hash = Sha256.hex((DiskFiles.revision() + recipe + settings.kernel()).getBytes(StandardCharsets.UTF_8)).substring(0, 16);
        Path made = settings.cacheDir().resolve("debian/disks").resolve(hash + ".img");
        try (TidyExit _ = new TidyExit(); CacheLock _ = CacheLock.take(settings.cacheDir(), progress)) {
            if (update || !whole(DiskImage.of(made))) {
                store.sweep();
                try {
                    make(settings, store, recipe, made, progress);
                } finally {
                    store.clear();
                }
            }
            return give(DiskImage.of(made), output, progress);
        } catch (IOException e) {
            throw new ImageException("cannot make the disk " + output + ": " + Download.reason(e), e);
        }
    }

    private static boolean whole(DiskImage image) {
        return Files.isRegularFile(image.file()) && Files.isRegularFile(image.kernel()) && Files.isRegularFile(image.initrd());
    }

    private void make(ImageSettings settings, GuestStore store, DiskRecipe recipe, Path made, Progress progress) throws ImageException, IOException {
        List<String> wanted = new ArrayList<>(DiskFiles.BASE_PACKAGES);
        wanted.addAll(recipe.packages());
        DebianArchive.DiskPackages from;
        try (DebianArchive archive = new DebianArchive(keys.get(), InstantSource.system(), apt, STALL, store)) {
            from = archive.fetchDisk(settings, wanted, progress);
        }
        Path tmp = store.tmp();
        Map<String, Path> pool = new LinkedHashMap<>();
        from.packages().forEach(p -> pool.put(p.name(), store.pool(p.entry().sha256())));
        String release = from.kernel().release();
        byte[] busybox = DebianGuest.busybox(store.pool(from.kernel().busybox().sha256()));
        DiskImage part = DiskImage.of(tmp.resolve("disk.img"));
        Path builder = tmp.resolve("builder.gz");
        Path archive = tmp.resolve("root.tar");
        try (ModuleTree modules = new ModuleTree(tmp.resolve("modules"))) {
            byte[] kernel = DebianGuest.unpackKernel(store.pool(from.kernel().kernel().sha256()), from.kernel(), modules, progress);
            Files.write(part.kernel(), kernel);
            List<ModuleTree.Module> drivers = modules.withDependencies(DebianPort.RISCV64.modules());
            write(DiskFiles.initrd(release, busybox, drivers), part.initrd());
            write(DiskFiles.builder(release, busybox, drivers, pool), builder);
            unpack(recipe, from, pool, DiskFiles.KernelTree.of(kernel, modules), Files.readAllBytes(part.initrd()), archive, progress);
        }
        SparseFile.make(part.file(), recipe.sizeBytes(), MbrTable.of(recipe.sizeBytes(), Sha256.hex(made.toString().getBytes(StandardCharsets.UTF_8)).hashCode()));
        Files.createDirectories(made.getParent());
        Path log = made.resolveSibling(made.getFileName().toString().replace(".img", ".log"));
        new DiskGuest(hypervisor, log, pool.size(), progress).run(part.kernel(), builder, part.file(), archive);
        publish(part, DiskImage.of(made));
    }

    private static void write(InitramfsBuilder root, Path file) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES)) {
            root.writeGzip(out, Deflater.NO_COMPRESSION);
        }
    }

    private static void unpack(DiskRecipe recipe, DebianArchive.DiskPackages from, Map<String, Path> pool, DiskFiles.KernelTree kernel, byte[] initrd, Path archive,
            Progress progress) throws ImageException, IOException {
        Instant date = Instant.parse(from.kernel().indexDate());
        DpkgDatabase database = new DpkgDatabase();
        try (RootTar tar = new RootTar(new BufferedOutputStream(Files.newOutputStream(archive), 1 << 20), date.toEpochMilli())) {
            int done = 0;
            for (Map.Entry<String, Path> p : pool.entrySet()) {
                progress.report("unpacking the packages for the guest", done++, pool.size());
                if (Thread.currentThread().isInterrupted()) {
                    throw new ImageException("the making of the disk was interrupted; nothing is left of it");
                }
                tar.add(p.getKey(), p.getValue(), database);
            }
            progress.report("unpacking the packages for the guest", done, pool.size());
            DiskFiles.write(tar, recipe, from, kernel, initrd, database);
        }
    }

    /** The disk last: it is there only with all that belongs to it. */
    private static void publish(DiskImage part, DiskImage made) throws IOException {
        Files.move(part.kernel(), made.kernel(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Files.move(part.initrd(), made.initrd(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Files.move(part.file(), made.file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static DiskImage give(DiskImage made, Path output, Progress progress) throws IOException {
        Path folder = output.toAbsolutePath().normalize().getParent();
        Files.createDirectories(folder);
        DiskImage image = DiskImage.of(output.toAbsolutePath().normalize());
        DiskImage part = DiskImage.of(folder.resolve("." + output.getFileName() + ".part"));
        try {
            SparseFile.copy(made.file(), part.file(), progress);
            Files.copy(made.kernel(), part.kernel(), StandardCopyOption.REPLACE_EXISTING);
            Files.copy(made.initrd(), part.initrd(), StandardCopyOption.REPLACE_EXISTING);
            publish(part, image);
        } finally {
            for (Path file : List.of(part.file(), part.kernel(), part.initrd())) {
                Files.deleteIfExists(file);
            }
        }
        return image;
    }
}
