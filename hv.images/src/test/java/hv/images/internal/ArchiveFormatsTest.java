package hv.images.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The formats that a guest comes in: kernels, modules, packages, lists of packages, sources of the host, versions, keys. */
class ArchiveFormatsTest {
    @TempDir
    Path temp;

    private interface Reading {
        void read(byte[] bytes) throws IOException;
    }

    @Test
    void everyWrapperGivesTheKernelInside() throws IOException {
        byte[] image = TestArchive.image("x");
        byte[] elf = Arrays.copyOf(new byte[] {0x7F, 'E', 'L', 'F'}, 100);
        assertArrayEquals(image, KernelFile.unpack("k", image));
        assertArrayEquals(elf, KernelFile.unpack("k", elf));
        assertArrayEquals(image, KernelFile.unpack("k", TestArchive.gzip(image)));
        assertArrayEquals(image, KernelFile.unpack("k", TestArchive.xz(image)));
        assertArrayEquals(image, KernelFile.unpack("k", zboot("gzip", TestArchive.gzip(image))));
        assertArrayEquals(image, KernelFile.unpack("k", TestArchive.gzip(zboot("xz", TestArchive.xz(image)))));
    }

    @Test
    void whatIsNoKernelIsNamed() {
        assertTrue(assertThrows(IOException.class, () -> KernelFile.unpack("k", new byte[0])).getMessage().contains("k is no kernel"));
        assertTrue(assertThrows(IOException.class, () -> KernelFile.unpack("k", zboot("zstd22", new byte[9]))).getMessage().contains("'zstd22'"));
        byte[] outside = zboot("gzip", new byte[9]);
        ByteBuffer.wrap(outside).order(ByteOrder.LITTLE_ENDIAN).putInt(12, -1);
        assertTrue(assertThrows(IOException.class, () -> KernelFile.unpack("k", outside)).getMessage().contains("outside the file"));
        byte[] endless = TestArchive.gzip(TestArchive.gzip(TestArchive.gzip(TestArchive.gzip(TestArchive.gzip(TestArchive.image("x"))))));
        assertThrows(IOException.class, () -> KernelFile.unpack("k", endless));
    }

    @Test
    void aModuleSaysWhatItNeeds() throws IOException {
        ModInfo info = ModInfo.read("m", TestArchive.module("m", "a-b,c", "pre: crypto-x d post: e"));

        assertEquals(List.of("a_b", "c"), info.depends());
        assertEquals(List.of("crypto_x", "d"), info.softPre());
    }

    @Test
    void damagedInputIsRefusedWithAnIoException() throws IOException {
        byte[] module = TestArchive.module("m", "a,b", "pre: c");
        damage(1, 5_000, module, bytes -> ModInfo.read("m", bytes));
        damage(2, 1_000, zboot("gzip", TestArchive.gzip(TestArchive.image("x"))), bytes -> KernelFile.unpack("k", bytes));
        Path file = temp.resolve("damaged");
        byte[] deb = TestArchive.deb("data.tar", Map.of("a/b", new byte[700], "usr/" + "l".repeat(150), new byte[3]));
        damage(3, 600, deb, bytes -> DebPackage.read(Files.write(file, bytes), (path, size, content) -> content.readAllBytes()));
        damage(4, 30, TestArchive.deb("data.tar.xz", Map.of("a/b", new byte[70])),
                bytes -> DebPackage.read(Files.write(file, bytes), (path, size, content) -> content.readAllBytes()));
        byte[] list = ("Package: a\nVersion: 1\nFilename: pool/a.deb\nSize: 5\nSHA256: " + "0".repeat(64) + "\n\n").getBytes(StandardCharsets.UTF_8);
        damage(5, 100, list, bytes -> PackagesIndex.read(Files.write(file, TestArchive.xz(bytes)), name -> true, entry -> { }));
        damage(6, 30, TestArchive.xz(list), bytes -> PackagesIndex.read(Files.write(file, bytes), name -> true, entry -> { }));
    }

    /** Whatever a few changed bytes or an early end do: the reading ends, well or with an IOException; anything else fails the test. */
    private static void damage(long seed, int rounds, byte[] good, Reading reading) throws IOException {
        reading.read(good);
        Random random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < rounds; round++) {
            byte[] bytes = random.nextInt(4) == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
            for (int i = random.nextInt(4); i >= 0 && bytes.length > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                reading.read(bytes);
            } catch (IOException e) {
                refused++;
            }
        }
        assertTrue(refused > 0, "seed " + seed + ": no damage was noticed");
    }

    @Test
    void anEntryOfAListOutsideTheArchiveIsRefused() throws IOException {
        for (String filename : List.of("../x.deb", "pool/../../x.deb", "/etc/x.deb", "http://a.test/x", "pool/a b.deb", "")) {
            String list = "Package: a\nVersion: 1\nFilename: " + filename + "\nSize: 5\nSHA256: " + "0".repeat(64) + "\n\n";
            Path file = Files.write(temp.resolve("p"), TestArchive.xz(list.getBytes(StandardCharsets.UTF_8)));
            boolean address = filename.startsWith("http");
            if (address) {
                // A colon is possible in a file's name: below the mirror it is a path like any other.
                PackagesIndex.read(file, name -> true, entry -> assertEquals(filename, entry.filename()));
            } else {
                assertThrows(IOException.class, () -> PackagesIndex.read(file, name -> true, entry -> { }), filename);
            }
        }
    }

    @Test
    void bothFormsOfTheHostsSourcesAreRead() throws IOException {
        Path apt = Files.createDirectories(temp.resolve("apt/sources.list.d")).getParent();
        Files.writeString(apt.resolve("sources.list"), """
                # deb http://no.test/debian trixie main
                deb-src http://no.test/debian trixie main
                deb  [arch=amd64 signed-by=/x y]  http://a.test/debian  bookworm  contrib main # note
                deb cdrom:[Debian]/ trixie main
                deb http://no.test/other trixie contrib
                """);
        Files.writeString(apt.resolve("sources.list.d/b.sources"), """
                Types: deb deb-src
                # URIs: http://no.test/debian
                URIs: https://b.test/debian
                 http://c.test/debian
                Suites: trixie
                Components: main

                Enabled: no
                Types: deb
                URIs: http://no.test/disabled
                Components: main

                Types: deb-src
                URIs: http://no.test/source
                Components: main
                """);
        Files.writeString(apt.resolve("sources.list.d/c.list.save"), "deb http://no.test/saved trixie main\n");

        assertEquals(List.of(URI.create("http://a.test/debian"), URI.create("https://b.test/debian"), URI.create("http://c.test/debian")), AptSources.archives(apt));
        assertEquals(List.of(), AptSources.archives(temp.resolve("absent")));
    }

    @Test
    void versionsSortAsDpkgSortsThem() {
        List<String> sorted = List.of("1.0~rc1-1", "1.0-1~bpo1", "1.0-1", "1.0-1+b1", "1.0-1+b10", "1.0a-1", "1.0+x-1", "1.9-1", "1.10-1", "1:0.1-1");
        List<String> shuffled = new ArrayList<>(sorted.reversed());
        shuffled.sort(DebianVersion.ORDER);

        assertEquals(sorted, shuffled);
        assertEquals(0, DebianVersion.ORDER.compare("0:01.0-0", "1.00"));
    }

    @Test
    void theKeysInTheBundleAreThoseOfItsTable() throws IOException {
        String table = new String(PinnedKeys.class.getResourceAsStream("keys/README.md").readAllBytes(), StandardCharsets.UTF_8);
        Set<String> written = new TreeSet<>();
        Matcher fingerprint = Pattern.compile("\\b[0-9A-F]{40}\\b").matcher(table);
        while (fingerprint.find()) {
            written.add(fingerprint.group());
        }
        assertEquals(written, new TreeSet<>(PinnedKeys.debian().fingerprints()));
        assertEquals(6, written.size());
    }

    @Test
    void sha256IsThatOfTheStandard() {
        // FIPS 180-4, example "abc".
        assertEquals("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", Sha256.hex("abc".getBytes(StandardCharsets.UTF_8)));
        assertEquals(32, HexFormat.of().parseHex(Sha256.hex(new byte[0])).length);
    }

    private static byte[] zboot(String compression, byte[] payload) {
        ByteBuffer wrapper = ByteBuffer.allocate(128 + payload.length).order(ByteOrder.LITTLE_ENDIAN);
        wrapper.put(new byte[] {'M', 'Z', 0, 0, 'z', 'i', 'm', 'g'}).putInt(128).putInt(payload.length);
        wrapper.put(24, compression.getBytes(StandardCharsets.UTF_8)).put(128, payload);
        return wrapper.array();
    }
}
