package hv.images.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.images.GuestImage;
import hv.images.ImageException;
import hv.images.ImageSettings;
import hv.images.Progress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveInputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Debian guest against a small archive of ours: what is accepted, what is refused, and what is left behind. */
@Timeout(240)
class DebianGuestTest {
    @TempDir
    Path temp;
    private TestArchive archive;
    private Path cache;

    @BeforeEach
    void start() throws IOException {
        archive = new TestArchive();
        cache = temp.resolve("cache");
    }

    @AfterEach
    void stop() {
        archive.close();
    }

    @Test
    void aFetchedGuestHasTheKernelAndItsModulesWithWhatTheyNeed() throws Exception {
        GuestImage guest = get(false);

        assertEquals("debian", guest.name());
        assertEquals(TestArchive.VERSION, guest.version());
        assertArrayEquals(TestArchive.image("kernel"), Files.readAllBytes(guest.kernel()));
        Map<String, byte[]> root = cpio(guest.initrd());
        assertEquals("a busybox", text(root, "bin/busybox"));
        assertTrue(text(root, "init").startsWith("#!/bin/busybox sh\n"));
        String base = "lib/modules/" + TestArchive.RELEASE + "/";
        List<String> modules = root.keySet().stream().filter(path -> path.startsWith(base + "kernel/") && path.contains(".ko")).map(path -> path.substring(base.length())).toList();
        assertTrue(modules.containsAll(List.of("kernel/a/ext4.ko", "kernel/a/9p.ko", "kernel/b/9pnet.ko", "kernel/a/virtio-rng.ko", "kernel/b/zlib.ko")), modules.toString());
        assertFalse(modules.toString().contains("unwanted") || modules.toString().contains("virtio_console"), modules.toString());
        assertArrayEquals(TestArchive.module("ext4", "jbd2,mbcache", "pre: crypto-crc32c zlib post: x"), root.get(base + "kernel/a/ext4.ko"), "unpacked, else as it was");
    }

    @Test
    void anotherArchitectureHasItsOwnKernelInTheSameCache() throws Exception {
        GuestImage riscv = get(false);
        String release = "6.12.107+deb13-cloud-amd64";
        byte[] bzImage = new byte[0x300];
        System.arraycopy("HdrS".getBytes(StandardCharsets.US_ASCII), 0, bzImage, 0x202, 4);
        byte[] deb = TestArchive.deb("data.tar.xz", TestArchive.kernelFiles(release, bzImage));
        archive.files.put("/debian/pool/amd64.deb", deb);
        archive.publishSuite("trixie", "Debian", "amd64", TestArchive.stanza("busybox-static", "1:1.37.0-6", "", "pool/busybox-static.deb", archive.busyboxDeb)
                + TestArchive.stanza("linux-image-cloud-amd64", TestArchive.VERSION, "linux-image-" + release + " (= " + TestArchive.VERSION + ")", "pool/none.deb", new byte[0])
                + TestArchive.stanza("linux-image-" + release + "-unsigned", TestArchive.VERSION, "", "pool/none.deb", new byte[0])
                + TestArchive.stanza("linux-image-" + release, TestArchive.VERSION, "", "pool/amd64.deb", deb));
        DebianGuest source = new DebianGuest(DebianPort.AMD64, DebianGuestTest::keys, InstantSource.fixed(TestArchive.NOW), temp.resolve("no-apt"), Duration.ofSeconds(2));

        GuestImage x86 = source.get(settings(Optional.empty()), false, Progress.NONE);

        assertEquals("debian-x86-64", x86.name());
        assertEquals("x86-64", x86.isa());
        assertArrayEquals(bzImage, Files.readAllBytes(x86.kernel()));
        Map<String, byte[]> root = cpio(x86.initrd());
        assertTrue(root.containsKey("lib/modules/" + release + "/kernel/a/virtio_mmio.ko"), "over ACPI it is a module there");
        assertFalse(root.containsKey("lib/modules/" + release + "/kernel/a/9p.ko"), "the kernel for clouds has none");
        archive.requests.clear();
        assertEquals(riscv, get(false));
        assertEquals(x86, source.get(settings(Optional.empty()), false, Progress.NONE));
        assertEquals(x86, source.get(settings(Optional.of(TestArchive.VERSION)), false, Progress.NONE), "the version is that of both");
        assertEquals(List.of(), archive.requests, "each is kept apart from the other");
    }

    @Test
    void modprobeFindsEachModuleByItsAliasesAndAllItNeeds() throws Exception {
        Map<String, byte[]> root = cpio(get(false).initrd());
        String base = "lib/modules/" + TestArchive.RELEASE + "/";

        Map<String, List<String>> needs = new LinkedHashMap<>();
        text(root, base + "modules.dep").lines().forEach(line -> needs.put(line.substring(0, line.indexOf(':')),
                Stream.of(line.substring(line.indexOf(':') + 1).split(" ")).filter(path -> !path.isEmpty()).toList()));

        assertEquals(List.of("kernel/b/jbd2.ko.xz", "kernel/b/mbcache.ko"), needs.get("kernel/a/ext4.ko"));
        needs.forEach((path, needed) -> {
            assertTrue(root.containsKey(base + path), path);
            assertTrue(needs.keySet().containsAll(needed), path + " needs " + needed);
        });
        List<String> aliases = text(root, base + "modules.alias").lines().toList();
        assertTrue(aliases.contains("alias dev:virtio_rng* virtio_rng"), aliases.toString());
        assertEquals(needs.size(), aliases.size(), "one each, and not the malformed one");
        assertEquals("../bin/busybox", text(root, "sbin/modprobe"), "where the kernel looks");
    }

    @Test
    void aLargeModuleStaysPackedAsThePackageHasIt() throws Exception {
        Map<String, byte[]> root = cpio(get(false).initrd());
        String base = "lib/modules/" + TestArchive.RELEASE + "/";

        assertArrayEquals(TestArchive.xz(TestArchive.module("jbd2", "virtio-console", "", ModuleTree.MAX_PLAIN_BYTES)), root.get(base + "kernel/b/jbd2.ko.xz"));
        assertFalse(root.containsKey(base + "kernel/b/jbd2.ko"));
    }

    @Test
    void theSecondGetNeedsNoNetwork() throws Exception {
        GuestImage first = get(false);
        archive.close();

        assertEquals(first, get(false));
    }

    @Test
    void whatIsDamagedInTheCacheIsMadeAgainOfThePackagesThere() throws Exception {
        GuestImage first = get(false);
        byte[] initrd = Files.readAllBytes(first.initrd());
        archive.close();
        try (FileChannel file = FileChannel.open(first.initrd(), StandardOpenOption.WRITE)) {
            file.truncate(10);
        }

        GuestImage second = get(false);

        assertEquals(first, second);
        assertArrayEquals(initrd, Files.readAllBytes(second.initrd()));
    }

    @Test
    void aDamagedPackageInTheCacheIsFetchedAgain() throws Exception {
        GuestImage first = get(false);
        Files.delete(first.initrd());
        Path deb = cache.resolve("debian/pool/" + Sha256.hex(archive.kernelDeb) + ".deb");
        Files.write(deb, TestArchive.tampered(archive.kernelDeb));

        assertEquals(first, get(false));
        assertArrayEquals(archive.kernelDeb, Files.readAllBytes(deb));
    }

    @Test
    void aGuestMadeByAnOlderRecipeIsMadeAgainWithoutNetwork() throws Exception {
        GuestImage first = get(false);
        archive.close();
        Path properties = first.kernel().resolveSibling("guest.properties");
        Files.writeString(properties, Files.readString(properties).replace("recipe=" + DebianInitramfs.recipe(DebianPort.RISCV64), "recipe=old"));
        Path old = Files.move(first.kernel().getParent(), first.kernel().getParent().resolveSibling("old"));
        Files.writeString(cache.resolve("debian/current"), "old\n");

        GuestImage second = get(false);

        assertNotEquals(old, second.kernel().getParent());
        assertTrue(Files.isRegularFile(second.initrd()));
        assertTrue(Files.isRegularFile(old.resolve("kernel")), "a folder in use stays");
    }

    @Test
    void aTamperedIndexIsRefused() {
        archive.files.computeIfPresent(TestArchive.INDEX, (path, bytes) -> new String(bytes, StandardCharsets.UTF_8)
                .replace("Suite: stable", "Suite: stAble").getBytes(StandardCharsets.UTF_8));

        assertRefused("tampered", false);
        assertNothingLeft();
    }

    @Test
    void anIndexSignedByAnotherKeyIsRefused() throws Exception {
        archive.signer = TestArchive.OTHER_KEY;
        archive.publish();

        assertRefused("not signed by a known key", false);
        assertNothingLeft();
    }

    @Test
    void aSignatureOverAWeakHashDoesNotCount() throws Exception {
        archive.hash = HashAlgorithmTags.SHA1;
        archive.publish();

        assertRefused("not signed by a known key", false);
        assertNothingLeft();
    }

    @Test
    void anIndexWithoutSignatureIsRefused() {
        archive.files.put(TestArchive.INDEX, "Origin: Debian\nCodename: trixie\n".getBytes(StandardCharsets.UTF_8));

        assertRefused("no cleartext signature", false);
        assertNothingLeft();
    }

    @Test
    void textOutsideTheSignatureIsNotRead() throws Exception {
        String signed = new String(archive.files.get(TestArchive.INDEX), StandardCharsets.UTF_8);
        String fields = "Origin: Evil\nCodename: evil\n";
        archive.files.put(TestArchive.INDEX, (fields + "\n" + signed + "\n" + fields).getBytes(StandardCharsets.UTF_8));

        assertEquals(TestArchive.VERSION, get(false).version());
    }

    @Test
    void anIndexThatEndsAnywhereIsRefused() {
        byte[] whole = archive.files.get(TestArchive.INDEX);
        for (int length = 0; length < whole.length - 40; length += 7) {
            archive.files.put(TestArchive.INDEX, Arrays.copyOf(whole, length));
            assertRefused("", false);
        }
        assertNothingLeft();
    }

    @Test
    void anIndexOfAnotherDistributionIsRefused() throws Exception {
        archive.origin = "Devuan";
        archive.publish();

        assertRefused("not of Debian trixie", false);
        assertNothingLeft();
    }

    @Test
    void anIndexPastItsValidUntilIsRefused() throws Exception {
        archive.validUntil = TestArchive.NOW.plusSeconds(60);
        archive.publish();
        get(true);
        archive.validUntil = TestArchive.NOW.minusSeconds(60);
        archive.publish();

        assertRefused("was valid until", true);
    }

    @Test
    void anIndexOlderThanTheLastAcceptedOneIsRefused() throws Exception {
        GuestImage first = get(false);
        assertEquals(first, get(true), "the same index again is none older");
        archive.date = TestArchive.DATE.minusSeconds(1);
        archive.publish();

        assertRefused("older than the one accepted before", true);
        assertEquals(first, get(false), "what is in the cache stays");
    }

    @Test
    void aRefusedIndexIsNotRememberedAsAccepted() throws Exception {
        archive.date = TestArchive.DATE.plusSeconds(1000);
        archive.signer = TestArchive.OTHER_KEY;
        archive.publish();
        assertRefused("not signed", false);
        archive.date = TestArchive.DATE;
        archive.signer = TestArchive.KEY;
        archive.publish();

        assertEquals(TestArchive.VERSION, get(false).version());
    }

    @Test
    void aTamperedListOfPackagesIsRefused() {
        archive.files.computeIfPresent(TestArchive.PACKAGES, (path, bytes) -> TestArchive.tampered(bytes));

        assertRefused("tampered", false);
        assertNothingLeft();
    }

    @Test
    void aMirrorInTheMiddleOfAnUpdateServesByTheSuitesOtherName() throws Exception {
        byte[] olderIndex = archive.files.get(TestArchive.INDEX);
        byte[] olderList = archive.files.get(TestArchive.PACKAGES);
        archive.date = TestArchive.DATE.plusSeconds(3600);
        archive.version = "6.12.2-1";
        archive.publish();
        archive.files.put(TestArchive.PACKAGES, olderList);   // the index is new already, its list is not there yet
        archive.files.put("/debian/pool/linux-image-" + TestArchive.RELEASE + "_" + TestArchive.VERSION + ".deb", archive.kernelDeb);
        assertRefused("/Packages.xz", false);   // truncated, tampered with or too long: that depends on how small xz makes the two

        archive.files.put(TestArchive.INDEX.replace("trixie", "stable"), olderIndex);
        archive.files.put(TestArchive.PACKAGES.replace("trixie", "stable"), olderList);
        assertEquals(TestArchive.VERSION, get(false).version(), "the index that could not be used does not make the older one too old");
    }

    @Test
    void whyNeitherNameOfTheSuiteWillDoIsSaidOfBoth() throws Exception {
        byte[] olderIndex = archive.files.get(TestArchive.INDEX);
        byte[] olderList = archive.files.get(TestArchive.PACKAGES);
        archive.date = TestArchive.DATE.plusSeconds(3600);
        archive.version = "6.12.2-1";
        archive.publish();
        assertEquals("6.12.2-1", get(false).version());
        archive.files.put(TestArchive.PACKAGES, olderList);
        archive.files.put(TestArchive.INDEX.replace("trixie", "stable"), olderIndex);
        archive.files.put(TestArchive.PACKAGES.replace("trixie", "stable"), olderList);
        assertRefused("/Packages.xz", true);
        assertRefused("older than the one accepted before", true);
        assertRefused("delete " + cache.resolve("debian/accepted.properties"), true);
    }

    @Test
    void aTamperedPackageIsRefused() {
        archive.files.computeIfPresent(archive.kernelPath(), (path, bytes) -> TestArchive.tampered(bytes));

        assertRefused("tampered", false);
        assertNothingLeftBut("busybox");
    }

    @Test
    void aTruncatedTransferIsRefused() {
        for (String path : List.of(TestArchive.INDEX, TestArchive.PACKAGES, archive.kernelPath())) {
            archive.faults.put(path, TestArchive.Fault.TRUNCATE);
            assertRefused("cannot fetch", false);
            archive.faults.clear();
        }
        assertNothingLeftBut("busybox");
    }

    @Test
    void aPackageShorterThanTheIndexSaysIsRefused() {
        archive.files.computeIfPresent(archive.kernelPath(), (path, bytes) -> Arrays.copyOf(bytes, bytes.length - 1));

        assertRefused("truncated", false);
        assertNothingLeftBut("busybox");
    }

    @Test
    void anAnswerWithoutEndIsCutOff() {
        archive.faults.put(TestArchive.INDEX, TestArchive.Fault.ENDLESS);
        assertRefused("longer than", false);
        archive.faults.clear();
        archive.faults.put(archive.kernelPath(), TestArchive.Fault.ENDLESS);
        assertRefused("longer than", false);
        assertNothingLeftBut("busybox");
    }

    @Test
    void aSilentMirrorIsGivenUp() {
        archive.faults.put(TestArchive.PACKAGES, TestArchive.Fault.STALL);

        assertRefused("nothing came for", false);
        assertNothingLeft();
    }

    @Test
    void aMirrorThatIsDownOrBrokenIsNamed() {
        archive.faults.put(TestArchive.INDEX, TestArchive.Fault.SERVER_ERROR);
        assertRefused("HTTP 503", false);
        archive.faults.clear();
        archive.files.remove(archive.kernelPath());
        assertRefused("mirror is incomplete", false);
        archive.files.remove(TestArchive.INDEX);
        assertRefused("has no Debian trixie", false);
        archive.close();
        assertRefused(archive.mirror().toString(), false);
        assertNothingLeftBut("busybox");
    }

    @Test
    void anInterruptedFetchLeavesNothing() throws Exception {
        archive.faults.put(TestArchive.PACKAGES, TestArchive.Fault.STALL);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Thread[] fetcher = new Thread[1];
            Future<ImageException> refusal = threads.submit(() -> {
                fetcher[0] = Thread.currentThread();
                DebianGuest patient = new DebianGuest(DebianPort.RISCV64, DebianGuestTest::keys, InstantSource.fixed(TestArchive.NOW), temp, Duration.ofMinutes(1));
                return assertThrows(ImageException.class, () -> patient.get(settings(Optional.empty()), false, Progress.NONE));
            });
            archive.stalled.await();
            fetcher[0].interrupt();
            assertTrue(refusal.get().getMessage().contains("interrupted"), refusal.get().getMessage());
        }
        assertNothingLeft();
    }

    @Test
    void aHostilePackageIsRefused() throws Exception {
        Map<String, byte[]> good = TestArchive.kernelFiles(TestArchive.RELEASE, TestArchive.image("kernel"));
        refusedKernelPackage("outside the package", TestArchive.deb("data.tar.xz", with(good, "../../etc/passwd", new byte[1])));
        refusedKernelPackage("outside the package", TestArchive.deb("data.tar.xz", with(good, "a/../../b", new byte[1])));
        refusedKernelPackage("cannot be unpacked here", TestArchive.deb("data.tar.zst", good));
        refusedKernelPackage("no data.tar", TestArchive.deb("other.tar.xz", good));
        refusedKernelPackage("", "no archive at all".getBytes(StandardCharsets.UTF_8));
        refusedKernelPackage("has no boot/vmlinux", TestArchive.deb("data.tar.xz", TestArchive.kernelFiles("6.1-other-riscv64", TestArchive.image("kernel"))));
        refusedKernelPackage("is no kernel known here", TestArchive.deb("data.tar.xz", TestArchive.kernelFiles(TestArchive.RELEASE, new byte[300])));
        String module = "usr/lib/modules/" + TestArchive.RELEASE + "/kernel/a/ext4.ko.xz";
        refusedKernelPackage("in a circle", TestArchive.deb("data.tar.xz", with(good, module, TestArchive.xz(TestArchive.module("ext4", "jbd2,ext4", "")))));
        refusedKernelPackage("no module absent", TestArchive.deb("data.tar.xz", with(good, module, TestArchive.xz(TestArchive.module("ext4", "absent", "")))));
        refusedKernelPackage("no 64-bit little-endian ELF", TestArchive.deb("data.tar.xz", with(good, module, TestArchive.xz(new byte[100]))));
        refusedKernelPackage("unpacks to more than", TestArchive.deb("data.tar.xz", with(good, module, TestArchive.xz(new byte[ModuleTree.MAX_MODULE_BYTES + 1]))));
    }

    @Test
    void aPackageThatLiesAboutItsSizesIsRefused() throws Exception {
        // One tar header that says 1 TiB, and nothing after it: octal size field at offset 124, checksum at 148 (POSIX ustar).
        byte[] header = new byte[1024];
        byte[] name = ("./boot/vmlinux-" + TestArchive.RELEASE).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(name, 0, header, 0, name.length);
        System.arraycopy("0000644\0000000000\0000000000\000".getBytes(StandardCharsets.UTF_8), 0, header, 100, 24);
        header[124] = (byte) 0x80;      // base 256
        header[130] = 1;                // 2^40
        header[156] = '0';
        System.arraycopy("ustar\00000".getBytes(StandardCharsets.UTF_8), 0, header, 257, 8);
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += header[i] & 0xFF;
        }
        System.arraycopy(String.format("%06o\0 ", sum).getBytes(StandardCharsets.UTF_8), 0, header, 148, 8);

        refusedKernelPackage("bytes", TestArchive.debOf("data.tar.gz", header));
    }

    @Test
    void theHostsOwnSourcesAreUsedWhereNoMirrorIsSet() throws Exception {
        Path apt = Files.createDirectories(temp.resolve("apt/sources.list.d")).getParent();
        Files.writeString(apt.resolve("sources.list"), "# deb http://127.0.0.1:1/commented trixie main\ndeb [arch=riscv64] " + archive.mirror()
                + "-security trixie-security main\n");
        Files.writeString(apt.resolve("sources.list.d/debian.sources"), "Types: deb\nURIs: " + archive.mirror() + "/\nSuites: bookworm\nComponents: contrib main\n");
        DebianGuest guest = new DebianGuest(DebianPort.RISCV64, DebianGuestTest::keys, InstantSource.fixed(TestArchive.NOW), apt, Duration.ofSeconds(10));

        assertEquals(TestArchive.VERSION, guest.get(new ImageSettings(cache, Optional.empty(), Optional.empty()), false, Progress.NONE).version());
        assertEquals("/debian-security/dists/trixie/InRelease", archive.requested().getFirst());
    }

    @Test
    void withoutAnyMirrorTheLineSaysHowToSetOne() {
        ImageException refusal = assertThrows(ImageException.class,
                () -> source().get(new ImageSettings(cache, Optional.empty(), Optional.empty()), false, Progress.NONE));

        assertTrue(refusal.getMessage().contains("HV_DEBIAN_MIRROR") && refusal.getMessage().contains(ImageSettings.MIRROR), refusal.getMessage());
        assertNothingLeft();
    }

    @Test
    void anUpdateBringsTheNewerKernelBesideTheOlder() throws Exception {
        GuestImage first = get(false);
        archive.version = "6.12.2-1";
        archive.kernelRelease = "6.12.2+test-riscv64";
        archive.kernelDeb = TestArchive.deb("data.tar.xz", TestArchive.kernelFiles(archive.kernelRelease, TestArchive.image("newer")));
        archive.date = TestArchive.DATE.plusSeconds(3600);
        archive.publish();

        assertEquals(first, get(false), "nothing is looked up unasked");
        GuestImage second = get(true);

        assertEquals("6.12.2-1", second.version());
        assertEquals(second, get(false));
        assertTrue(Files.isRegularFile(first.kernel()));
        assertEquals(first, source().get(settings(Optional.of(TestArchive.VERSION)), false, Progress.NONE), "the pinned one is still there");
        assertEquals(first, source().get(settings(Optional.of(TestArchive.RELEASE)), false, Progress.NONE));
    }

    @Test
    void aPinnedKernelThatTheArchiveLacksIsNamedWithWhatItHas() {
        ImageException refusal = assertThrows(ImageException.class, () -> source().get(settings(Optional.of("6.1.0-9")), false, Progress.NONE));

        assertTrue(refusal.getMessage().contains("6.1.0-9") && refusal.getMessage().contains(TestArchive.VERSION), refusal.getMessage());
    }

    @Test
    void ofManyAtOnceOneFetches() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<GuestImage>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                all.add(threads.submit(() -> get(false)));
            }
            for (Future<GuestImage> one : all) {
                assertEquals(all.getFirst().get(), one.get());
            }
        }
        assertEquals(1, archive.requested().stream().filter(archive.kernelPath()::equals).count());
    }

    @Test
    void anotherProcessThatFetchesIsWaitedFor() throws Exception {
        Files.createDirectories(cache);
        Process other = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xshare:auto", "-cp",
                System.getProperty("java.class.path"), LockHolder.class.getName(), cache.resolve("lock").toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader out = other.inputReader()) {
            assertEquals("locked", out.readLine());
            List<String> steps = new ArrayList<>();
            GuestImage guest = source().get(settings(Optional.empty()), false, (what, done, total) -> {
                steps.add(what);
                if (what.contains("another process")) {
                    closeInput(other);
                }
            });
            assertEquals(TestArchive.VERSION, guest.version());
            assertTrue(steps.getFirst().contains("another process"), steps.getFirst());
        } finally {
            other.destroyForcibly().waitFor();
        }
    }

    @Test
    void aProgramThatIsEndedInTheMiddleLeavesNothing() throws Exception {
        archive.faults.put(TestArchive.PACKAGES, TestArchive.Fault.STALL);
        Path keyring = Files.write(temp.resolve("keyring"), TestArchive.publicKey(TestArchive.KEY));
        Process other = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", System.getProperty("java.class.path"),
                Fetcher.class.getName(), keyring.toString(), cache.toString(), archive.mirror().toString()).inheritIO().start();
        try {
            archive.stalled.await();
            other.destroy();   // SIGTERM
            assertNotEquals(0, other.waitFor());
        } finally {
            other.destroyForcibly().waitFor();
        }
        assertNothingLeft();
        assertFalse(Files.exists(cache.resolve("debian/tmp")));
    }

    @Test
    void aCacheThatCannotBeWrittenIsNamed() throws Exception {
        Files.writeString(cache, "a file");

        assertRefused(cache.toString(), false);
        assertEquals("a file", Files.readString(cache));
    }

    @Test
    void whatADeadWriterLeftIsSweptAway() throws Exception {
        Files.createDirectories(cache.resolve("debian/tmp/guest"));
        Files.writeString(cache.resolve("debian/tmp/guest/kernel"), "half");
        Files.createDirectories(cache.resolve("debian/pool"));
        Files.writeString(cache.resolve("debian/pool/x.deb.part"), "half");

        get(false);

        assertFalse(Files.exists(cache.resolve("debian/tmp")));
        assertFalse(Files.exists(cache.resolve("debian/pool/x.deb.part")));
    }

    @Test
    void progressEndsAtTheWholeOfEachPackage() throws Exception {
        Map<String, Long> last = new LinkedHashMap<>();
        source().get(settings(Optional.empty()), false, (what, done, total) -> {
            assertTrue(done >= 0 && (total < 0 || done <= total), what + " " + done + " of " + total);
            last.put(what, done);
        });

        assertEquals((long) archive.kernelDeb.length, last.get("fetching linux-image-" + TestArchive.RELEASE + " " + TestArchive.VERSION));
    }

    /** Holds the cache's lock until its input ends. */
    static final class LockHolder {
        private LockHolder() {
        }

        public static void main(String[] arguments) throws IOException {
            try (FileChannel channel = FileChannel.open(Path.of(arguments[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                channel.lock();
                System.out.println("locked");
                System.in.readAllBytes();
            }
        }
    }

    /** Fetches the guest: keyring, cache, mirror. */
    static final class Fetcher {
        private Fetcher() {
        }

        public static void main(String[] arguments) throws IOException, ImageException {
            PinnedKeys keys = new PinnedKeys(List.of(Files.readAllBytes(Path.of(arguments[0]))));
            ImageSettings settings = new ImageSettings(Path.of(arguments[1]), Optional.of(URI.create(arguments[2])), Optional.empty());
            try {
                new DebianGuest(DebianPort.RISCV64, () -> keys, InstantSource.fixed(TestArchive.NOW), Path.of("/"), Duration.ofMinutes(1)).get(settings, false, Progress.NONE);
            } catch (ImageException e) {
                if (!e.getMessage().contains("interrupted")) {
                    throw e;
                }
            }
        }
    }

    private static void closeInput(Process process) {
        try {
            process.outputWriter().close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void refusedKernelPackage(String reason, byte[] deb) throws Exception {
        archive.kernelDeb = deb;
        archive.publish();
        assertRefused(reason, false);
        assertFalse(Files.exists(cache.resolve("debian/guests")), "no guest of a refused package");
        assertFalse(Files.exists(cache.resolve("debian/tmp")), "nothing half-made");
        assertFalse(Files.exists(temp.resolve("etc")), "nothing outside the cache");
    }

    private static Map<String, byte[]> with(Map<String, byte[]> files, String path, byte[] content) {
        Map<String, byte[]> all = new LinkedHashMap<>(files);
        all.put(path, content);
        return all;
    }

    private static PinnedKeys keys() {
        try {
            return new PinnedKeys(List.of(TestArchive.publicKey(TestArchive.KEY)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private DebianGuest source() {
        return new DebianGuest(DebianPort.RISCV64, DebianGuestTest::keys, InstantSource.fixed(TestArchive.NOW), temp.resolve("no-apt"), Duration.ofSeconds(2));
    }

    private ImageSettings settings(Optional<String> pin) {
        return new ImageSettings(cache, Optional.of(archive.mirror()), pin);
    }

    private GuestImage get(boolean update) throws ImageException {
        return source().get(settings(Optional.empty()), update, Progress.NONE);
    }

    private void assertRefused(String reason, boolean update) {
        ImageException refusal = assertThrows(ImageException.class, () -> get(update));
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
        assertEquals(1, refusal.getMessage().lines().count(), refusal.getMessage());
    }

    private void assertNothingLeft() {
        assertEquals(List.of(), left().stream().filter(name -> !name.equals("lock") && !name.equals("debian/accepted.properties")).toList());
    }

    /** Of what was fetched, only the verified package with this content stays. */
    private void assertNothingLeftBut(String kept) {
        List<String> pool = left().stream().filter(name -> !name.equals("lock") && !name.equals("debian/accepted.properties")).toList();
        assertEquals(List.of("debian/pool/" + Sha256.hex(archive.busyboxDeb) + ".deb"), pool, kept);
    }

    private List<String> left() {
        if (!Files.isDirectory(cache)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(cache)) {
            return all.filter(Files::isRegularFile).map(file -> cache.relativize(file).toString()).sorted().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String text(Map<String, byte[]> root, String path) {
        return new String(root.get(path), StandardCharsets.UTF_8);
    }

    static Map<String, byte[]> cpio(Path initrd) throws IOException {
        Map<String, byte[]> all = new LinkedHashMap<>();
        try (InputStream in = Files.newInputStream(initrd); CpioArchiveInputStream cpio = new CpioArchiveInputStream(new GZIPInputStream(in))) {
            for (CpioArchiveEntry entry = cpio.getNextEntry(); entry != null; entry = cpio.getNextEntry()) {
                all.put(entry.getName(), cpio.readAllBytes());
            }
        }
        return all;
    }
}
