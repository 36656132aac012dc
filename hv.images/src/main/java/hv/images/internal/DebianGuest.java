package hv.images.internal;

import hv.images.GuestImage;
import hv.images.GuestSource;
import hv.images.ImageException;
import hv.images.ImageSettings;
import hv.images.InitramfsBuilder;
import hv.images.Progress;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.zip.Deflater;
import org.osgi.service.component.annotations.Component;

/** Debian 13 (trixie), by default for riscv64: the distribution's own kernel, and an initramfs made here of its busybox and kernel modules. */
@Component(service = GuestSource.class)
public final class DebianGuest implements GuestSource {
    /**
     * Without the self-tests of the kernel's ciphers, hashes and signatures: they were half of all instructions to the shell (0.75 of 1.34 G), and check generic code
     * against the machine it runs on, which the platform's own tests do. Signatures of modules are checked as before. Kernel parameter {@code cryptomgr.notests},
     * Documentation/admin-guide/kernel-parameters.txt.
     */
    private static final String COMMAND_LINE = "console=ttyS0 cryptomgr.notests";
    private static final Duration STALL = Duration.ofSeconds(60);

    /** Read only when something is fetched: a guest in the cache needs none. */
    private final Supplier<PinnedKeys> keys;
    private final InstantSource clock;
    private final Path apt;
    private final Duration stall;
    private final DebianPort port;

    public DebianGuest() {
        this(DebianPort.RISCV64);
    }

    DebianGuest(DebianPort port) {
        this(port, PinnedKeys::debian, InstantSource.system(), Path.of("/etc/apt"), STALL);
    }

    /** For tests: other keys, clock, package sources of the host, and patience with the network. */
    DebianGuest(DebianPort port, Supplier<PinnedKeys> keys, InstantSource clock, Path apt, Duration stall) {
        this.port = port;
        this.keys = keys;
        this.clock = clock;
        this.apt = apt;
        this.stall = stall;
    }

    @Override
    public String name() {
        return port.guest();
    }

    @Override
    public String summary() {
        return "Debian 13 (trixie), " + port.isa() + ": the distribution's kernel with a busybox shell";
    }

    @Override
    public GuestImage get(ImageSettings settings, boolean update, Progress progress) throws ImageException {
        GuestStore store = new GuestStore(settings.cacheDir(), port);
        String recipe = DebianInitramfs.recipe(port);
        try {
            if (!update) {
                Optional<GuestStore.Made> made = store.find(settings.kernel()).filter(m -> m.good(recipe));
                if (made.isPresent()) {
                    return image(made.get());
                }
            }
            try (TidyExit _ = new TidyExit(); CacheLock _ = CacheLock.take(settings.cacheDir(), progress)) {
                store.sweep();
                try {
                    return image(make(settings, store, recipe, update, progress));
                } finally {
                    store.clear();
                }
            }
        } catch (IOException e) {
            throw new ImageException("cannot make the guest " + port.guest() + " in " + settings.cacheDir() + ": " + Download.reason(e), e);
        }
    }

    private GuestStore.Made make(ImageSettings settings, GuestStore store, String recipe, boolean update, Progress progress) throws ImageException, IOException {
        Optional<GuestStore.Made> old = update ? Optional.empty() : store.find(settings.kernel());
        // Another process may have made it while this one waited for the lock.
        if (old.isPresent() && old.get().good(recipe)) {
            return old.get();
        }
        Selection selection = null;
        if (old.isPresent()) {
            Selection known = old.get().selection();
            // Our part of the guest changed, or its files were damaged: the packages in the cache will do.
            if (DebianArchive.intact(store.pool(known.kernel().sha256()), known.kernel(), progress)
                    && DebianArchive.intact(store.pool(known.busybox().sha256()), known.busybox(), progress)) {
                selection = known;
            }
        }
        if (selection == null) {
            try (DebianArchive archive = new DebianArchive(keys.get(), clock, apt, stall, store)) {
                selection = archive.fetch(port, settings, progress);
            }
        }
        Optional<GuestStore.Made> there = store.load(store.folder(selection, recipe));
        GuestStore.Made made = there.isPresent() && there.get().good(recipe) ? there.get() : build(store, selection, recipe, progress);
        if (settings.kernel().isEmpty()) {
            store.setCurrent(made);
        }
        return made;
    }

    private GuestStore.Made build(GuestStore store, Selection selection, String recipe, Progress progress) throws ImageException, IOException {
        Path folder = Files.createDirectories(store.tmp().resolve("guest"));
        byte[] busybox = busybox(store.pool(selection.busybox().sha256()));
        try (ModuleTree modules = new ModuleTree(store.tmp().resolve("modules"))) {
            Files.write(folder.resolve("kernel"), unpackKernel(store.pool(selection.kernel().sha256()), selection, modules, progress));
            InitramfsBuilder root = DebianInitramfs.build(selection.release(), busybox, modules.withDependencies(port.modules()));
            progress.report("making the initramfs", 0, -1);
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(folder.resolve("initrd.gz")), 1 << 16)) {
                // Stored: the guest pays for unpacking at each boot, and the large modules are packed already.
                root.writeGzip(out, Deflater.NO_COMPRESSION);
            }
        }
        return store.publish(folder, selection, recipe);
    }

    static byte[] busybox(Path deb) throws IOException {
        byte[][] found = new byte[1][];
        DebPackage.read(deb, (path, sizeBytes, content) -> {
            if (path.equals("bin/busybox") || path.equals("usr/bin/busybox")) {
                found[0] = whole(path, sizeBytes, content, 64 << 20);
            }
        });
        if (found[0] == null) {
            throw new IOException("the package busybox-static has no bin/busybox");
        }
        return found[0];
    }

    static byte[] unpackKernel(Path deb, Selection selection, ModuleTree modules, Progress progress) throws IOException {
        byte[][] found = new byte[1][];
        String what = "unpacking " + selection.kernel().name();
        String tree = "lib/modules/" + selection.release() + "/";
        long[] done = new long[1];
        DebPackage.read(deb, (file, sizeBytes, content) -> {
            String path = file.startsWith("usr/lib/") ? file.substring("usr/".length()) : file;
            if (path.equals("boot/vmlinux-" + selection.release()) || path.equals("boot/vmlinuz-" + selection.release())) {
                found[0] = whole(path, sizeBytes, content, KernelFile.MAX_BYTES);
            } else if (path.startsWith(tree) && ModuleTree.isModule(path)) {
                modules.add(path.substring(tree.length()), whole(path, sizeBytes, content, ModuleTree.MAX_MODULE_BYTES));
            } else if (path.startsWith(tree + "modules.")) {
                modules.listing(path.substring(tree.length()), whole(path, sizeBytes, content, 16 << 20));
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException(what + " was interrupted");
            }
            done[0] += sizeBytes;
            progress.report(what, done[0], -1);
        });
        if (found[0] == null) {
            throw new IOException("the package " + selection.kernel().name() + " has no boot/vmlinux-" + selection.release());
        }
        return KernelFile.unpack("boot/vmlinux-" + selection.release(), found[0]);
    }

    private static byte[] whole(String path, long sizeBytes, InputStream content, int maxBytes) throws IOException {
        if (sizeBytes > maxBytes) {
            throw new IOException(path + " has " + sizeBytes + " bytes, more than the " + maxBytes + " possible");
        }
        byte[] bytes = content.readNBytes((int) sizeBytes);
        if (bytes.length != sizeBytes) {
            throw new IOException(path + " is cut off in its package");
        }
        return bytes;
    }

    private GuestImage image(GuestStore.Made made) {
        return new GuestImage(port.guest(), made.selection().kernel().version(), port.isa(), made.kernel(), made.initrd(), COMMAND_LINE);
    }
}
