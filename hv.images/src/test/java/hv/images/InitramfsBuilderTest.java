package hv.images;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitramfsBuilderTest {
    @TempDir
    Path temp;

    @Test
    void aReaderFindsWhatWasPutIn() throws IOException {
        Path source = Files.writeString(temp.resolve("source"), "from disk");
        byte[] cpio = cpio(new InitramfsBuilder().file("/usr/bin/tool", 0755, source).file("etc/motd", 0644, "hallo\n").symlink("bin", "usr/bin")
                .directory("tmp", 01777).characterDevice("dev/console", 0600, 5, 1).file("empty", 04711, new byte[0]));

        List<String> seen = new ArrayList<>();
        try (CpioArchiveInputStream in = new CpioArchiveInputStream(new ByteArrayInputStream(cpio))) {
            for (CpioArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                String content = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                seen.add(entry.getName() + " " + Long.toOctalString(entry.getMode()) + " " + entry.getUID() + " " + entry.getTime() + " "
                        + (entry.isCharacterDevice() ? entry.getRemoteDeviceMaj() + ":" + entry.getRemoteDeviceMin() : content));
            }
        }
        assertEquals(List.of("bin 120777 0 0 usr/bin", "dev 40755 0 0 ", "dev/console 20600 0 0 5:1", "empty 104711 0 0 ", "etc 40755 0 0 ", "etc/motd 100644 0 0 hallo\n",
                "tmp 41777 0 0 ", "usr 40755 0 0 ", "usr/bin 40755 0 0 ", "usr/bin/tool 100755 0 0 from disk"), seen);
    }

    @Test
    void anIndependentReaderAgrees() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/cpio")), "lacks /usr/bin/cpio");
        Path archive = temp.resolve("a.cpio");
        try (OutputStream out = Files.newOutputStream(archive)) {
            new InitramfsBuilder().file("a/b", 0644, "12345").symlink("a/l", "b").writeCpio(out);
        }
        Process process = new ProcessBuilder("/usr/bin/cpio", "-tv", "--quiet", "--numeric-uid-gid").redirectInput(archive.toFile()).redirectErrorStream(true).start();
        String listed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), listed);
        assertEquals(List.of("drwxr-xr-x 2 0 0 0 a", "-rw-r--r-- 1 0 0 5 a/b", "lrwxrwxrwx 1 0 0 1 a/l -> b"),
                listed.lines().map(line -> line.replaceAll("\\s+", " ").replaceAll(" [A-Z][a-z]{2} \\d+ \\S+ ", " ")).toList());
    }

    @Test
    void theSameEntriesInAnyOrderGiveTheSameBytes() throws IOException {
        ByteArrayOutputStream one = new ByteArrayOutputStream();
        ByteArrayOutputStream two = new ByteArrayOutputStream();
        new InitramfsBuilder().file("a/b/c", 0644, "1").directory("x", 0755).file("a/d", 0644, "old").file("a/d", 0600, "2").writeGzip(one);
        new InitramfsBuilder().file("a/d", 0600, "2").directory("x", 0755).file("a/b/c", 0644, "1").writeGzip(two);

        assertArrayEquals(one.toByteArray(), two.toByteArray());
        assertArrayEquals(new GZIPInputStream(new ByteArrayInputStream(one.toByteArray())).readAllBytes(),
                cpio(new InitramfsBuilder().file("a/b/c", 0644, "1").directory("x", 0755).file("a/d", 0600, "2")));
    }

    @Test
    void anyLevelOfGzipHoldsTheSameArchive() throws IOException {
        InitramfsBuilder root = new InitramfsBuilder().file("a", 0644, "x".repeat(100_000));
        int[] lengths = new int[10];
        for (int level = 0; level <= 9; level++) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            root.writeGzip(out, level);
            lengths[level] = out.size();
            assertArrayEquals(cpio(root), new GZIPInputStream(new ByteArrayInputStream(out.toByteArray())).readAllBytes());
        }
        assertTrue(lengths[0] > 100_000 && lengths[1] < 10_000, lengths[0] + " " + lengths[1]);
    }

    @Test
    void whatTheKernelWouldNotUnpackIsRefused() {
        InitramfsBuilder root = new InitramfsBuilder().file("file", 0644, "x").file("dir/file", 0644, "x");
        for (String path : List.of("", "/", "a//b", "../a", "a/./b", "a/../b", "a/", "a\0b", "TRAILER!!!", "x".repeat(4096))) {
            assertThrows(IllegalArgumentException.class, () -> root.file(path, 0644, "x"), path);
        }
        assertThrows(IllegalArgumentException.class, () -> root.file("file/below", 0644, "x"));
        assertThrows(IllegalArgumentException.class, () -> root.file("dir", 0644, "x"));
        assertThrows(IllegalArgumentException.class, () -> root.file("a", 0100644, "x"));
        assertThrows(IllegalArgumentException.class, () -> root.symlink("a", ""));
        assertThrows(IllegalArgumentException.class, () -> root.characterDevice("a", 0600, 4096, 0));
    }

    private static byte[] cpio(InitramfsBuilder builder) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        builder.writeCpio(out);
        return out.toByteArray();
    }
}
