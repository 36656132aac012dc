package hv.images.internal;

import hv.images.ImageException;
import hv.images.ImageSettings;
import hv.images.Progress;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A Debian archive on the network, from its signed index down: InRelease (OpenPGP), Packages.xz (SHA-256 in InRelease), packages (SHA-256 in Packages).
 * Used by the holder of the {@link CacheLock}.
 */
final class DebianArchive implements AutoCloseable {
    static final String SUITE = "trixie";
    private static final Suite MAIN = new Suite(SUITE, "Debian", List.of(SUITE, "stable"));
    private static final Suite BACKPORTS = new Suite(SUITE + "-backports", "Debian Backports", List.of(SUITE + "-backports", "stable-backports"));
    private static final String BUSYBOX = "busybox-static";
    private static final Pattern DEPENDENCY = Pattern.compile("(linux-image-[0-9][0-9a-z.+~-]*) \\(= ([^)]+)\\)");
    private static final long MAX_INDEX_BYTES = 4 << 20;
    private static final long MAX_PACKAGES_BYTES = 128 << 20;
    static final long MAX_DEB_BYTES = 1L << 30;

    /**
     * @param origin  who publishes it, as its index says
     * @param folders of {@code dists} that hold it, in the order they are tried
     */
    private record Suite(String codename, String origin, List<String> folders) {
        /** What the date of its last accepted index is kept by: a mirror in the middle of an update may have the lists of one architecture and not of another. */
        String accepted(String architecture) {
            return codename + "-" + architecture;
        }
    }

    /** @param list the verified list of packages; who uses it deletes it */
    private record Accepted(URI mirror, String folder, ReleaseIndex index, Path list) { }

    private final PinnedKeys keys;
    private final InstantSource clock;
    private final Path apt;
    private final GuestStore store;
    private final Download download;

    DebianArchive(PinnedKeys keys, InstantSource clock, Path apt, Duration stall, GuestStore store) {
        this.keys = keys;
        this.clock = clock;
        this.apt = apt;
        this.store = store;
        this.download = new Download(stall);
    }

    /** Finds the packages to make the guest of, and brings them into the pool. */
    Selection fetch(DebianPort port, ImageSettings settings, Progress progress) throws ImageException, IOException {
        Accepted accepted = accept(settings, port.debian(), progress);
        progress.report("reading the list of packages", 0, -1);
        Selection selection = select(port, accepted, settings.kernel());
        Files.delete(accepted.list());
        fetchPackage(accepted.mirror(), selection.busybox(), progress);
        fetchPackage(accepted.mirror(), selection.kernel(), progress);
        return selection;
    }

    /**
     * What a disk is made of.
     *
     * @param suite    the folder of {@code dists} that was whole
     * @param kernel   kernel and busybox, as for the guest
     * @param packages all packages, what is needed before what needs it
     */
    record DiskPackages(URI mirror, String suite, Selection kernel, List<BinaryPackage> packages) { }

    /** Finds kernel, wanted packages and all they need, and brings them into the pool. */
    DiskPackages fetchDisk(ImageSettings settings, List<String> wanted, Progress progress) throws ImageException, IOException {
        DebianPort port = DebianPort.RISCV64;
        Accepted accepted = accept(settings, port.debian(), progress);
        progress.report("reading the list of packages", 0, -1);
        Selection kernel = select(port, accepted, settings.kernel());
        PackageClosure suite = new PackageClosure(readAll(accepted));
        List<String> all = new ArrayList<>(suite.required());
        all.addAll(wanted);
        List<BinaryPackage> packages = suite.of(all);
        fetchPackage(accepted.mirror(), kernel.busybox(), progress);
        fetchPackage(accepted.mirror(), kernel.kernel(), progress);
        fetchAll(accepted.mirror(), packages, progress);
        return new DiskPackages(accepted.mirror(), accepted.folder(), kernel, packages);
    }

    /**
     * A program for the host.
     *
     * @param suite    that it was taken from
     * @param packages it and all it needs, what is needed before what needs it
     */
    record ProgramPackages(String suite, List<BinaryPackage> packages) { }

    /**
     * Finds a package for the host and all it needs, and brings them into the pool: the newest of the version's first number, be it in the suite or in its
     * backports; where neither has that, the suite's.
     *
     * @param architecture Debian's name of the host's
     */
    ProgramPackages fetchProgram(ImageSettings settings, String architecture, String wanted, int major, Progress progress) throws ImageException, IOException {
        Accepted accepted = accept(settings, architecture, progress);
        progress.report("reading the list of packages", 0, -1);
        List<BinaryPackage> suite = readAll(accepted);
        List<BinaryPackage> backports = backports(accepted.mirror(), architecture, progress);
        Optional<BinaryPackage> mains = newest(suite, wanted, major);
        Optional<BinaryPackage> later = newest(backports, wanted, major).filter(p -> mains.isEmpty() || DebianVersion.ORDER.compare(p.version(), mains.get().version()) > 0);
        if (later.isPresent()) {
            // What was built with it, and nothing else of the backports.
            List<BinaryPackage> together = backports.stream().filter(p -> p.version().equals(later.get().version())).toList();
            Set<String> names = together.stream().map(BinaryPackage::name).collect(Collectors.toSet());
            suite.removeIf(p -> names.contains(p.name()));
            suite.addAll(together);
        }
        List<BinaryPackage> packages = new PackageClosure(suite).of(List.of(wanted));
        fetchAll(accepted.mirror(), packages, progress);
        return new ProgramPackages(later.isPresent() ? BACKPORTS.codename() : MAIN.codename(), packages);
    }

    private static Optional<BinaryPackage> newest(List<BinaryPackage> packages, String name, int major) {
        Pattern version = Pattern.compile("(?:[0-9]+:)?" + major + "[^0-9].*");
        return packages.stream().filter(p -> p.name().equals(name) && version.matcher(p.version()).matches())
            .max((a, b) -> DebianVersion.ORDER.compare(a.version(), b.version()));
    }

    private static List<BinaryPackage> readAll(Accepted accepted) throws IOException {
        List<BinaryPackage> all = PackagesIndex.readAll(accepted.list());
        Files.delete(accepted.list());
        return all;
    }

    /** Not every mirror has them. */
    private List<BinaryPackage> backports(URI mirror, String architecture, Progress progress) throws ImageException, IOException {
        try {
            return readAll(accept(mirror, BACKPORTS, architecture, progress));
        } catch (ImageException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e;
            }
            progress.report("going on without backports: " + e.getMessage(), 0, -1);
            return List.of();
        }
    }

    private void fetchAll(URI mirror, List<BinaryPackage> packages, Progress progress) throws ImageException, IOException {
        for (BinaryPackage p : packages) {
            refuseLarge(p.entry());
            fetchPackage(mirror, p.entry(), progress);
        }
    }

    /** The newest index whose list of packages is there too, with that list, of the mirror that is set or else of the host's own sources. */
    private Accepted accept(ImageSettings settings, String architecture, Progress progress) throws ImageException, IOException {
        if (settings.mirror().isPresent()) {
            return accept(settings.mirror().get(), MAIN, architecture, progress);
        }
        List<String> refused = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (URI candidate : AptSources.archives(apt)) {
            try {
                return accept(candidate, MAIN, architecture, progress);
            } catch (ImageException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                // An archive of something else, such as security updates, is told of only where there is nothing else to tell.
                (isMissing(e) ? others : refused).add(e.getMessage());
            }
        }
        refused.addAll(refused.isEmpty() ? others : List.of());
        String set = "set " + ImageSettings.MIRROR + " (or the environment's HV_DEBIAN_MIRROR) to the URL of a Debian archive, the folder that holds dists/ and pool/";
        throw new ImageException(refused.isEmpty() ? "no Debian mirror is known, as this host's own package sources name none: " + set
                : "none of this host's own package sources will do: " + String.join(" | ", refused) + "; else " + set);
    }

    /**
     * A mirror in the middle of an update has an index of one day and lists of another. Mirrors hold the suite under its other name as well, which may be whole: the
     * index says the code name and is signed, whatever folder it lies in. What was accepted is kept only when the list is there, else no older one would do either.
     */
    private Accepted accept(URI mirror, Suite suite, String architecture, Progress progress) throws ImageException, IOException {
        List<ImageException> refused = new ArrayList<>();
        for (String folder : suite.folders()) {
            try {
                ReleaseIndex index = index(mirror, suite, folder, architecture, progress);
                Accepted accepted = new Accepted(mirror, folder, index, packagesList(mirror, folder, index, "main/binary-" + architecture + "/Packages.xz", progress));
                store.accept(suite.accepted(architecture), index.date());
                return accepted;
            } catch (ImageException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                refused.add(e);
            }
        }
        ImageException first = refused.getFirst();
        ImageException second = refused.getLast();
        // That there is no such name is no news; why it would not do is.
        if (first == second || isMissing(second)) {
            throw first;
        }
        throw isMissing(first) ? second : new ImageException(first.getMessage() + "; nor will its folder " + suite.folders().getLast() + " do: " + second.getMessage(), first);
    }

    private static boolean isMissing(ImageException e) {
        return e.getCause() instanceof Download.NotThere;
    }

    private ReleaseIndex index(URI mirror, Suite suite, String folder, String architecture, Progress progress) throws ImageException, IOException {
        URI from = below(mirror, "dists/" + folder + "/InRelease");
        Path file = store.tmp().resolve("InRelease");
        try {
            download.fetch("fetching the index of Debian " + suite.codename(), from, file, MAX_INDEX_BYTES, progress);
        } catch (Download.NotThere e) {
            throw new ImageException(mirror + " has no Debian " + suite.codename() + ": " + e.getMessage() + "; set " + ImageSettings.MIRROR
                    + " to the folder that holds dists/ and pool/", e);
        }
        Instant now = clock.instant();
        ReleaseIndex index = ReleaseIndex.parse(from.toString(), keys.verify(from.toString(), Files.readAllBytes(file), now));
        Files.delete(file);
        if (!index.origin().equals(suite.origin()) || !index.codename().equals(suite.codename())) {
            throw new ImageException(from + " is the index of " + index.origin() + " " + index.codename() + ", not of Debian " + suite.codename() + ": set another mirror");
        }
        if (index.validUntil().isPresent() && now.isAfter(index.validUntil().get())) {
            throw new ImageException(from + " was valid until " + index.validUntil().get() + ": set a mirror that is up to date, or correct the clock (it is " + now + ")");
        }
        Optional<Instant> last = store.accepted(suite.accepted(architecture));
        if (last.isPresent() && index.date().isBefore(last.get())) {
            throw new ImageException(from + " is of " + index.date() + ", older than the one accepted before, of " + last.get()
                    + ": wait until the mirror is whole, set another, or delete " + store.acceptedFile() + " if older packages will do");
        }
        return index;
    }

    private Path packagesList(URI mirror, String folder, ReleaseIndex index, String list, Progress progress) throws ImageException {
        ReleaseIndex.FileHash expected = index.files().get(list);
        if (expected == null || expected.sizeBytes() > MAX_PACKAGES_BYTES) {
            throw new ImageException("the index of " + mirror + (expected == null ? " has no " + list
                    : " says " + list + " has " + expected.sizeBytes() + " bytes, more than the " + MAX_PACKAGES_BYTES + " possible") + ": set another mirror");
        }
        Path file = store.tmp().resolve("Packages.xz");
        String what = "fetching the list of packages";
        String suite = "dists/" + folder + "/";
        try {
            if (index.byHash()) {
                try {
                    String byHash = list.substring(0, list.lastIndexOf('/')) + "/by-hash/SHA256/" + expected.sha256();
                    download.fetch(what, below(mirror, suite + byHash), file, expected, progress);
                    return file;
                } catch (Download.NotThere e) {
                    // A mirror may lack the names by hash: then it has the plain one, fetched below, and if not that is the error.
                    progress.report(what, 0, expected.sizeBytes());
                }
            }
            download.fetch(what, below(mirror, suite + list), file, expected, progress);
            return file;
        } catch (Download.NotThere e) {
            throw new ImageException("the mirror is incomplete: " + e.getMessage() + "; try again or set another mirror", e);
        }
    }

    private Selection select(DebianPort port, Accepted accepted, Optional<String> pin) throws ImageException, IOException {
        List<PackagesIndex.Entry> kernels = new ArrayList<>();
        List<PackagesIndex.Entry> metas = new ArrayList<>();
        List<PackagesIndex.Entry> busyboxes = new ArrayList<>();
        PackagesIndex.read(accepted.list(), name -> name.equals(port.metaPackage()) || name.equals(BUSYBOX) || port.kernelPackage().matcher(name).matches(), entry ->
                (entry.name().equals(port.metaPackage()) ? metas : entry.name().equals(BUSYBOX) ? busyboxes : kernels).add(entry));
        PackagesIndex.Entry busybox = newest(busyboxes).orElseThrow(() -> lacks(port, accepted, BUSYBOX));
        PackagesIndex.Entry kernel = pin.isPresent() ? pinned(accepted, kernels, pin.get()) : current(port, accepted, metas, kernels);
        Matcher name = port.kernelPackage().matcher(kernel.name());
        if (!name.matches()) {
            throw lacks(port, accepted, kernel.name());
        }
        for (PackagesIndex.Entry entry : List.of(kernel, busybox)) {
            refuseLarge(entry);
        }
        return new Selection(name.group(1), kernel, busybox, accepted.index().date().toString(),
                String.join(" ", accepted.index().signers().stream().sorted().toList()));
    }

    private static void refuseLarge(PackagesIndex.Entry entry) throws ImageException {
        if (entry.sizeBytes() > MAX_DEB_BYTES) {
            throw new ImageException("package " + entry.name() + " has " + entry.sizeBytes() + " bytes, more than the " + MAX_DEB_BYTES + " possible: set another mirror");
        }
    }

    private static PackagesIndex.Entry current(DebianPort port, Accepted accepted, List<PackagesIndex.Entry> metas, List<PackagesIndex.Entry> kernels) throws ImageException {
        PackagesIndex.Entry meta = newest(metas).orElseThrow(() -> lacks(port, accepted, port.metaPackage()));
        Matcher dependency = DEPENDENCY.matcher(meta.depends());
        while (dependency.find()) {
            for (PackagesIndex.Entry kernel : kernels) {
                if (kernel.name().equals(dependency.group(1)) && kernel.version().equals(dependency.group(2))) {
                    return kernel;
                }
            }
        }
        throw lacks(port, accepted, "the kernel that " + port.metaPackage() + " " + meta.version() + " names");
    }

    private static PackagesIndex.Entry pinned(Accepted accepted, List<PackagesIndex.Entry> kernels, String pin) throws ImageException {
        for (PackagesIndex.Entry kernel : kernels) {
            if (kernel.name().equals("linux-image-" + pin) || kernel.version().equals(pin)) {
                return kernel;
            }
        }
        String has = String.join(", ", kernels.stream().map(PackagesIndex.Entry::version).distinct().limit(8).toList());
        throw new ImageException(accepted.mirror() + " has no kernel " + pin + " (any more): it has " + (has.isEmpty() ? "none" : has) + "; change or remove "
                + ImageSettings.KERNEL);
    }

    private static Optional<PackagesIndex.Entry> newest(List<PackagesIndex.Entry> entries) {
        return entries.stream().max((a, b) -> DebianVersion.ORDER.compare(a.version(), b.version()));
    }

    private static ImageException lacks(DebianPort port, Accepted accepted, String what) {
        return new ImageException(accepted.mirror() + " does not list " + what + " for " + port.debian() + ": set another mirror");
    }

    private void fetchPackage(URI mirror, PackagesIndex.Entry entry, Progress progress) throws ImageException, IOException {
        Path file = store.pool(entry.sha256());
        if (intact(file, entry, progress)) {
            return;
        }
        try {
            // '+' and '~' are plain characters in a path; nothing else in these names needs quoting.
            download.fetch("fetching " + entry.name() + " " + entry.version(), below(mirror, entry.filename()), file,
                    new ReleaseIndex.FileHash(entry.sizeBytes(), entry.sha256()), progress);
        } catch (Download.NotThere e) {
            throw new ImageException("the mirror is incomplete: " + e.getMessage() + "; try again or set another mirror", e);
        }
    }

    /** Whether the pool has the package, whole. */
    static boolean intact(Path file, PackagesIndex.Entry entry, Progress progress) throws IOException {
        if (!Files.isRegularFile(file) || Files.size(file) != entry.sizeBytes()) {
            return false;
        }
        progress.report("checking " + entry.name() + " " + entry.version(), 0, entry.sizeBytes());
        return Sha256.hex(file).equals(entry.sha256());
    }

    private static URI below(URI mirror, String path) {
        String base = mirror.toString();
        return URI.create((base.endsWith("/") ? base : base + "/") + path);
    }

    @Override
    public void close() {
        download.close();
    }
}
