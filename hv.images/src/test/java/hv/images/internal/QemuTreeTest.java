package hv.images.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.images.HostQemu;
import hv.images.ImageException;
import hv.images.ImageSettings;
import hv.images.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** QEMU out of a small archive of ours: what is unpacked, what is refused, and what is left behind. Its loader is a script that says a version. */
@Timeout(240)
class QemuTreeTest {
    private static final String PROGRAM = "qemu-system-riscv";
    private static final String LIBRARY = "libtest1";
    private static final String VERSION = "1:10.0.2+ds-1";
    private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");
    private static final String ARCHITECTURE = ARM ? "arm64" : "amd64";
    private static final String LOADER = ARM ? "usr/lib/ld-linux-aarch64.so.1" : "usr/lib64/ld-linux-x86-64.so.2";

    /** A package's entries, in their order. */
    private static final class Tar {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final TarArchiveOutputStream out = new TarArchiveOutputStream(bytes);

        Tar() {
            out.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
        }

        private Tar put(TarArchiveEntry entry, byte[] content) {
            try {
                entry.setSize(content.length);
                out.putArchiveEntry(entry);
                out.write(content);
                out.closeArchiveEntry();
                return this;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        Tar file(String name, int mode, String content) {
            TarArchiveEntry entry = new TarArchiveEntry(name, true);
            entry.setMode(0100000 | mode);
            return put(entry, content.getBytes(StandardCharsets.UTF_8));
        }

        /** @param type of {@link TarConstants} */
        Tar special(String name, byte type, String target) {
            TarArchiveEntry entry = new TarArchiveEntry(name, type, true);
            entry.setLinkName(target);
            return put(entry, new byte[0]);
        }

        Tar link(String name, String target) {
            return special(name, TarConstants.LF_SYMLINK, target);
        }

        byte[] tar() {
            try {
                out.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return bytes.toByteArray();
        }

        byte[] deb() {
            return QemuTreeTest.deb(TestArchive.gzip(new Tar().file("./control", 0644, "Package: x\n").tar()), TestArchive.xz(tar()));
        }
    }

    @TempDir
    Path temp;
    private TestArchive archive;
    private Path cache;
    private Path launcher;
    private byte[] program;
    private final List<String> said = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        String os = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        assumeTrue(os.matches("Linux (amd64|aarch64)"), "QEMU is fetched for Linux on amd64 and aarch64, and this is " + os);
        archive = new TestArchive();
        cache = temp.resolve("cache");
        launcher = cache.resolve("debian/qemu/qemu-system-riscv64");
        program = good("10.0.2").deb();
        publish(program);
    }

    @AfterEach
    void stop() {
        if (archive != null) {
            archive.close();
        }
    }

    private static byte[] deb(byte[] controlGz, byte[] dataXz) {
        Map<String, byte[]> members = new LinkedHashMap<>();
        members.put("debian-binary", "2.0\n".getBytes(StandardCharsets.UTF_8));
        members.put("control.tar.gz", controlGz);
        members.put("data.tar.xz", dataXz);
        return TestArchive.ar(members);
    }

    private static Tar good(String version) {
        return new Tar().file("./usr/bin/qemu-system-riscv64", 0755, "the program").file("./" + LOADER, 0755, "#!/bin/sh\necho QEMU emulator version " + version + "\n");
    }

    /** Made once: it has the time of day in it. */
    private static final byte[] LIBRARY_DEB = library();

    private static byte[] library() {
        return new Tar().file("./usr/lib/libtest.so.1.2", 0644, "a library").link("./usr/lib/libtest.so.1", "libtest.so.1.2").deb();
    }

    /** The stanzas of the program and its library, whose packages the mirror has. */
    private String stanzas(String version, byte[] programDeb) {
        archive.files.put("/debian/pool/program_" + version, programDeb);
        archive.files.put("/debian/pool/library_" + version, LIBRARY_DEB);
        return TestArchive.stanza(PROGRAM, version, LIBRARY + " (= " + version + ")", "pool/program_" + version, programDeb)
            + TestArchive.stanza(LIBRARY, version, "", "pool/library_" + version, LIBRARY_DEB);
    }

    private void publish(byte[] programDeb) {
        archive.publishSuite("trixie", "Debian", ARCHITECTURE, stanzas(VERSION, programDeb));
    }

    private Path fetch() throws ImageException, IOException {
        ImageSettings settings = new ImageSettings(cache, Optional.of(archive.mirror()), Optional.empty());
        PinnedKeys keys = new PinnedKeys(List.of(TestArchive.publicKey(TestArchive.KEY)));
        Progress progress = (what, done, total) -> said.add(what);
        return QemuTree.fetch(10, settings, keys, temp, InstantSource.fixed(TestArchive.NOW), progress);
    }

    private String packages() throws IOException {
        return Files.readString(launcher.resolveSibling("packages"));
    }

    private void refused(String why) throws IOException {
        ImageException e = assertThrows(ImageException.class, this::fetch);
        assertTrue(e.getMessage().contains(why), e.getMessage());
        nothingIsLeft();
    }

    private void refused(String why, byte[] programDeb) throws IOException {
        publish(programDeb);
        refused(why);
    }

    /** Of all files there may be packages that were verified, the lock, and the dates of indexes. */
    private void nothingIsLeft() throws IOException {
        try (Stream<Path> all = Files.walk(temp)) {
            List<String> files = all.filter(p -> !Files.isDirectory(p, LinkOption.NOFOLLOW_LINKS)).map(p -> temp.relativize(p).toString())
                .filter(p -> !p.matches("cache/(lock|debian/accepted\\.properties|debian/pool/[0-9a-f]{64}\\.deb)")).toList();
            assertEquals(List.of(), files);
        }
        assertFalse(Files.exists(cache.resolve("debian/qemu")));
        assertFalse(Files.exists(cache.resolve("debian/tmp")));
    }

    @Test
    void whatIsFetchedRunsUnderItsOwnLoader() throws Exception {
        assertEquals(launcher, fetch());
        assertEquals("10.0.2", HostQemu.of(launcher).version());
        assertEquals("a library", Files.readString(launcher.resolveSibling("usr/lib/libtest.so.1")));
        assertEquals("# Debian trixie\n" + LIBRARY + " " + VERSION + "\n" + PROGRAM + " " + VERSION + "\n", packages());
        Path moved = Files.move(launcher.getParent(), temp.resolve("moved"));
        assertEquals("10.0.2", HostQemu.of(moved.resolve(launcher.getFileName())).version(), "wherever it lies");
    }

    @Test
    void theSecondFetchNeedsNoNetwork() throws Exception {
        fetch();
        archive.close();
        assertEquals(launcher, fetch());
    }

    @Test
    void ofAPackageOnlyFilesAndLinksOfLibrariesAreTaken() throws Exception {
        publish(good("10.0.2")
            .file("./usr/bin/other", 0755, "another program").file("./etc/passwd", 0644, "root").file("./usr/share/doc/x", 0644, "words")
            .file("./usr/lib/setuid", 04755, "a program").file("./usr/share/qemu/bios", 0644, "a ROM")
            .special("./usr/lib/hard", TarConstants.LF_LINK, "/etc/passwd").special("./usr/lib/device", TarConstants.LF_CHR, "")
            .special("./usr/lib/pipe", TarConstants.LF_FIFO, "")
            .link("./usr/lib/absolute", "/etc/passwd").link("./usr/lib/outside", "../../../../../../etc/passwd").link("./usr/lib/devious", "x/../../../../y")
            .link("./usr/lib/inside", "../share/qemu/../qemu/bios").deb());
        fetch();
        Path root = launcher.getParent();
        for (String absent : List.of("usr/bin/other", "etc", "usr/share/doc", "usr/lib/hard", "usr/lib/device", "usr/lib/pipe", "usr/lib/absolute", "usr/lib/outside",
            "usr/lib/devious")) {
            assertFalse(Files.exists(root.resolve(absent), LinkOption.NOFOLLOW_LINKS), absent);
        }
        assertEquals(PosixFilePermissions.fromString("rwxr-xr-x"), Files.getPosixFilePermissions(root.resolve("usr/lib/setuid")));
        assertEquals(Path.of("../share/qemu/bios"), Files.readSymbolicLink(root.resolve("usr/lib/inside")));
    }

    @Test
    void noFileIsWrittenThroughALink() throws Exception {
        publish(good("10.0.2").file("./usr/share/qemu/a", 0644, "kept").link("./usr/lib/folder", "../share/qemu").file("./usr/lib/folder/a", 0644, "other").deb());
        fetch();
        assertEquals("kept", Files.readString(launcher.resolveSibling("usr/share/qemu/a")));
        assertEquals("other", Files.readString(launcher.resolveSibling("usr/lib/folder/a")));
    }

    @Test
    void aLinkBehindALinkIsRefused() throws Exception {
        // The second would stand in the root and lead out of it; the third would be made there.
        refused("lies behind the link", good("10.0.2").link("./usr/lib/a", "../..").link("./usr/lib/a/b", "../../../x").link("./usr/lib/a/b/c", "../../../../y").deb());
    }

    @Test
    void aPathOutOfThePackageIsRefused() throws Exception {
        for (String name : List.of("../../../x", "./usr/lib/../../../../x", "/tmp/x", "./usr/lib/a\\b")) {
            refused("outside the package", good("10.0.2").file(name, 0644, "evil").deb());
        }
        refused("cannot unpack", good("10.0.2").file("./usr/lib/a", 0644, "a file").file("./usr/lib/a/b", 0644, "in it").deb());
    }

    @Test
    void aPackageThatEndsEarlyIsRefused() throws Exception {
        byte[] control = TestArchive.gzip(new Tar().file("./control", 0644, "Package: x\n").tar());
        byte[] tar = good("10.0.2").tar();
        // Behind the last entry there are zeros alone.
        int used = tar.length;
        while (tar[used - 1] == 0) {
            used--;
        }
        for (int length = 0; length < used; length += 199) {
            refused("", deb(control, TestArchive.xz(Arrays.copyOf(tar, length))));
        }
        for (int length = 0; length < program.length - 16; length += 127) {
            refused("", Arrays.copyOf(program, length));
        }
    }

    @Test
    void aPackageOfNonsenseIsRefused() throws Exception {
        byte[] data = TestArchive.xz(good("10.0.2").tar());
        refused("no control.tar", TestArchive.debOf("data.tar.xz", good("10.0.2").tar()));
        refused("", "no archive at all".getBytes(StandardCharsets.UTF_8));
        byte[] long1 = program.clone();
        // Size of the first member, in decimal, at offset 48 of its header behind the 8 bytes of the archive's (ar(5)).
        System.arraycopy("9999999999".getBytes(StandardCharsets.UTF_8), 0, long1, 8 + 48, 10);
        refused("", long1);
        byte[] negative = program.clone();
        System.arraycopy("-1        ".getBytes(StandardCharsets.UTF_8), 0, negative, 8 + 48, 10);
        refused("", negative);
        refused("", deb(new byte[100], data));
        refused("control file", deb(TestArchive.gzip(new Tar().file("./control", 0644, "x".repeat(5 << 20)).tar()), data));
    }

    @Test
    void anEntryThatSaysItIsLongerThanCanBeIsRefused() throws Exception {
        byte[] tar = good("10.0.2").tar();
        // Size in base 256, at 124; checksum at 148 (POSIX ustar).
        Arrays.fill(tar, 124, 136, (byte) 0);
        tar[124] = (byte) 0x80;
        tar[130] = 1;
        Arrays.fill(tar, 148, 156, (byte) ' ');
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += tar[i] & 0xff;
        }
        System.arraycopy(String.format("%06o\0 ", sum).getBytes(StandardCharsets.UTF_8), 0, tar, 148, 8);
        refused("bytes", deb(TestArchive.gzip(new Tar().file("./control", 0644, "Package: x\n").tar()), TestArchive.xz(tar)));
    }

    @Test
    void packagesWithoutProgramOrLoaderAreRefused() throws Exception {
        refused("none of the packages has usr/bin/qemu-system-riscv64", new Tar().file("./" + LOADER, 0755, "a loader").deb());
        refused("none of the packages has " + LOADER, new Tar().file("./usr/bin/qemu-system-riscv64", 0755, "the program").deb());
    }

    @Test
    void anotherPackageThanTheListSaysIsRefused() throws Exception {
        archive.files.put("/debian/pool/program_" + VERSION, TestArchive.tampered(program));
        refused("tampered");
        archive.files.put("/debian/pool/program_" + VERSION, Arrays.copyOf(program, program.length - 1));
        refused("truncated");
        archive.files.remove("/debian/pool/program_" + VERSION);
        refused("mirror is incomplete");
    }

    @Test
    void aPackageThatNeedsWhatIsNotThereIsRefused() throws Exception {
        archive.publishSuite("trixie", "Debian", ARCHITECTURE, TestArchive.stanza(PROGRAM, VERSION, "absent1", "pool/program_" + VERSION, program));
        refused("absent1");
        archive.publishSuite("trixie", "Debian", ARCHITECTURE, TestArchive.stanza("other", VERSION, "", "pool/program_" + VERSION, program));
        refused("has no package " + PROGRAM);
    }

    @Test
    void anInterruptedFetchLeavesNothingAndTheNextSucceeds() throws Exception {
        archive.faults.put("/debian/pool/program_" + VERSION, TestArchive.Fault.STALL);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Thread[] fetcher = new Thread[1];
            Future<ImageException> refusal = threads.submit(() -> {
                fetcher[0] = Thread.currentThread();
                return assertThrows(ImageException.class, this::fetch);
            });
            archive.stalled.await();
            fetcher[0].interrupt();
            assertTrue(refusal.get().getMessage().contains("interrupted"), refusal.get().getMessage());
        }
        nothingIsLeft();
        archive.faults.clear();
        assertEquals("10.0.2", HostQemu.of(fetch()).version());
    }

    @Test
    void whatADeadWriterLeftIsSweptAway() throws Exception {
        for (String left : List.of("debian/tmp/qemu/usr/lib/evil", "debian/qemu/usr/lib/old")) {
            Files.createDirectories(cache.resolve(left).getParent());
            Files.writeString(cache.resolve(left), "half");
        }
        assertEquals("10.0.2", HostQemu.of(fetch()).version());
        assertFalse(Files.exists(launcher.resolveSibling("usr/lib/evil")));
        assertFalse(Files.exists(launcher.resolveSibling("usr/lib/old")), "a folder without its launcher is replaced");
    }

    @Test
    void ofManyAtOnceOneFetches() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<Path>> all = new ArrayList<>();
            for (int k = 0; k < 4; k++) {
                all.add(threads.submit(this::fetch));
            }
            for (Future<Path> one : all) {
                assertEquals(launcher, one.get());
            }
        }
        assertEquals(1, archive.requested().stream().filter(("/debian/pool/program_" + VERSION)::equals).count());
    }

    @Test
    void aNewerOneOfTheSameNumberIsTakenFromBackports() throws Exception {
        String other = TestArchive.stanza("libother", "9", "", "pool/none", new byte[0]);
        archive.publishSuite("trixie-backports", "Debian Backports", ARCHITECTURE, stanzas("1:10.2.0-1~bpo13+1", good("10.2.0").deb()) + other
            + stanzas("1:11.0.0-1~bpo13+1", good("11.0.0").deb()));
        assertEquals("10.2.0", HostQemu.of(fetch()).version());
        assertEquals("# Debian trixie-backports\n" + LIBRARY + " 1:10.2.0-1~bpo13+1\n" + PROGRAM + " 1:10.2.0-1~bpo13+1\n", packages());
    }

    @Test
    void backportsOfAnotherNumberOrOlderLeaveTheSuites() throws Exception {
        archive.publishSuite("trixie-backports", "Debian Backports", ARCHITECTURE,
            stanzas("1:10.0.1-1~bpo13+1", good("10.0.1").deb()) + stanzas("1:100.0.0-1~bpo13+1", good("100.0.0").deb()));
        assertEquals("10.0.2", HostQemu.of(fetch()).version());
    }

    @Test
    void aNewerIndexForTheHostDoesNotMakeTheGuestsTooOld() throws Exception {
        archive.publish();
        for (String path : List.of(TestArchive.INDEX, TestArchive.PACKAGES)) {
            archive.files.put(path.replace("trixie", "stable"), archive.files.get(path));
        }
        // Of today's lists the mirror has the host's, and not yet the guest's.
        archive.date = TestArchive.DATE.plusSeconds(3600);
        publish(program);
        fetch();
        PinnedKeys keys = new PinnedKeys(List.of(TestArchive.publicKey(TestArchive.KEY)));
        DebianGuest guest = new DebianGuest(DebianPort.RISCV64, () -> keys, InstantSource.fixed(TestArchive.NOW), temp, Duration.ofSeconds(10));
        ImageSettings settings = new ImageSettings(cache, Optional.of(archive.mirror()), Optional.empty());
        assertEquals(TestArchive.VERSION, guest.get(settings, false, Progress.NONE).version());
    }

    @Test
    void backportsThatCannotBeTrustedAreLeftOutAndSaid() throws Exception {
        archive.signer = TestArchive.OTHER_KEY;
        archive.publishSuite("trixie-backports", "Debian Backports", ARCHITECTURE, stanzas("1:10.2.0-1~bpo13+1", good("10.2.0").deb()));
        assertEquals("10.0.2", HostQemu.of(fetch()).version());
        assertTrue(said.stream().anyMatch(s -> s.startsWith("going on without backports") && s.contains("not signed by a known key")), said.toString());
    }
}
