package hv.images.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.images.DiskRecipe;
import hv.images.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pieces that a disk image is made of. */
class DiskPartsTest {
    @TempDir
    Path temp;

    /** A path that ends with a slash is a folder; text that begins with "-> " a symbolic link, with "=> " a hard one, "dev" a device. */
    private Path deb(String name, String conffiles, Map<String, String> data) throws IOException {
        Map<String, String> control = new LinkedHashMap<>();
        control.put("control", "Package: " + name + "\nVersion: 1\nArchitecture: riscv64\nMulti-Arch: " + (name.startsWith("lib") ? "same" : "foreign") + "\nDescription: x\n y\n");
        control.put("postinst", "#!/bin/sh\n");
        control.put("triggers", "interest-noawait /usr/lib/x\ninterest ldconfig # why\nactivate other\n");
        if (!conffiles.isEmpty()) {
            control.put("conffiles", conffiles);
        }
        Path file = temp.resolve(name + ".deb");
        try (ArArchiveOutputStream ar = new ArArchiveOutputStream(Files.newOutputStream(file))) {
            put(ar, "debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII));
            put(ar, "control.tar", tar(control));
            put(ar, "data.tar", tar(data));
        }
        return file;
    }

    private static void put(ArArchiveOutputStream ar, String name, byte[] bytes) throws IOException {
        ar.putArchiveEntry(new ArArchiveEntry(name, bytes.length));
        ar.write(bytes);
        ar.closeArchiveEntry();
    }

    private static byte[] tar(Map<String, String> files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (Map.Entry<String, String> f : files.entrySet()) {
                String text = f.getValue();
                byte type = text.startsWith("-> ") ? TarConstants.LF_SYMLINK : text.startsWith("=> ") ? TarConstants.LF_LINK : text.equals("dev") ? TarConstants.LF_CHR
                        : f.getKey().endsWith("/") ? TarConstants.LF_DIR : TarConstants.LF_NORMAL;
                TarArchiveEntry entry = new TarArchiveEntry("./" + f.getKey(), type);
                byte[] content = type == TarConstants.LF_NORMAL ? text.getBytes(StandardCharsets.UTF_8) : new byte[0];
                if (type == TarConstants.LF_SYMLINK || type == TarConstants.LF_LINK) {
                    entry.setLinkName(text.substring(3));
                }
                entry.setSize(content.length);
                entry.setMode(04755);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private Map<String, String> unpacked(DpkgDatabase database, Path... debs) throws IOException {
        Path file = temp.resolve("root.tar");
        try (OutputStream out = Files.newOutputStream(file); RootTar tar = new RootTar(out, 0)) {
            for (Path deb : debs) {
                tar.add(deb.getFileName().toString().replace(".deb", ""), deb, database);
            }
        }
        Map<String, String> all = new LinkedHashMap<>();
        try (TarArchiveInputStream in = new TarArchiveInputStream(Files.newInputStream(file))) {
            for (TarArchiveEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
                assertEquals(04755, e.getMode() & 07777, e.getName());
                String old = all.put(e.getName(), e.isSymbolicLink() ? "-> " + e.getLinkName() : e.isLink() ? "=> " + e.getLinkName() : new String(in.readAllBytes(), StandardCharsets.UTF_8));
                assertEquals(null, old, e.getName() + " comes twice");
            }
        }
        return all;
    }

    @Test
    void whatPackagesPutBelowMergedFoldersGoesIntoUsr() throws Exception {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("lib/", "");
        files.put("lib/x/", "");
        files.put("lib/x/a", "text");
        files.put("lib/x/b", "=> ./lib/x/a");
        files.put("bin/c", "-> ../lib/x/a");
        Map<String, String> got = unpacked(new DpkgDatabase(), deb("p", "", files), deb("q", "", Map.of("lib/x/", "", "lib", "-> usr/lib")));
        assertEquals(Map.of("usr/lib/x/", "", "usr/lib/x/a", "text", "usr/lib/x/b", "=> usr/lib/x/a", "usr/bin/c", "-> ../lib/x/a", "lib", "-> usr/lib"), got);
    }

    @Test
    void twoPackagesWithOneFileAreRefused() throws Exception {
        Path a = deb("a", "", Map.of("bin/x", "1"));
        Path b = deb("b", "", Map.of("usr/bin/x", "2"));
        IOException e = assertThrows(IOException.class, () -> unpacked(new DpkgDatabase(), a, b));
        assertTrue(e.getMessage().contains("a and b both have the file /usr/bin/x"), e.getMessage());
    }

    @Test
    void aDeviceInAPackageIsRefused() throws Exception {
        Path a = deb("a", "", Map.of("dev/x", "dev"));
        assertThrows(IOException.class, () -> unpacked(new DpkgDatabase(), a));
    }

    @Test
    void dpkgFindsItsPackagesUnpackedWithConffilesAndTriggers() throws Exception {
        DpkgDatabase database = new DpkgDatabase();
        unpacked(database, deb("libx", "/etc/x\n/etc/gone\n", Map.of("etc/x", "abc")));
        Map<String, byte[]> files = database.files();
        String status = new String(files.get("var/lib/dpkg/status"), StandardCharsets.UTF_8);
        assertEquals("Package: libx\nStatus: install ok unpacked\nVersion: 1\nArchitecture: riscv64\nMulti-Arch: same\nDescription: x\n y\n"
                + "Conffiles:\n /etc/x 900150983cd24fb0d6963f7d28e17f72\n\n", status);
        assertEquals("/.\n/etc/x\n", new String(files.get("var/lib/dpkg/info/libx:riscv64.list"), StandardCharsets.UTF_8));
        assertEquals("#!/bin/sh\n", new String(files.get("var/lib/dpkg/info/libx:riscv64.postinst"), StandardCharsets.UTF_8));
        assertEquals("/usr/lib/x libx:riscv64/noawait\n", new String(files.get("var/lib/dpkg/triggers/File"), StandardCharsets.UTF_8));
        assertEquals("libx:riscv64\n", new String(files.get("var/lib/dpkg/triggers/ldconfig"), StandardCharsets.UTF_8));
        assertFalse(files.containsKey("var/lib/dpkg/triggers/other"));
        assertEquals("libx:riscv64\n", database.order());
    }

    @Test
    void aPackageThatSaysItIsAnotherIsRefused() throws Exception {
        Path a = deb("a", "", Map.of());
        Files.move(a, temp.resolve("b.deb"));
        assertThrows(IOException.class, () -> unpacked(new DpkgDatabase(), temp.resolve("b.deb")));
    }

    @Test
    void thePartitionTakesTheDiskFromOneMebibyteOn() {
        ByteBuffer mbr = ByteBuffer.wrap(MbrTable.of(2L << 30, 0x12345678)).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(0xaa55, mbr.getShort(510) & 0xffff);
        assertEquals((byte) 0x80, mbr.get(446));
        assertEquals((byte) 0x83, mbr.get(450));
        assertEquals(2048, mbr.getInt(454));
        assertEquals((2L << 30) / 512 - 2048, mbr.getInt(458) & 0xffff_ffffL);
    }

    @Test
    void aCopyOfASparseFileIsTheSame() throws Exception {
        Path from = temp.resolve("from");
        SparseFile.make(from, (200L << 20) + 512, "head".getBytes(StandardCharsets.US_ASCII));
        Path to = temp.resolve("to");
        SparseFile.copy(from, to, Progress.NONE);
        assertEquals(-1, Files.mismatch(from, to));
        assertArrayEquals("head".getBytes(StandardCharsets.US_ASCII), Files.newInputStream(to).readNBytes(4));
    }

    @Test
    void recipesThatMakeNoSenseAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new DiskRecipe(1 << 20, "debian", List.of()));
        assertThrows(IllegalArgumentException.class, () -> new DiskRecipe((2L << 30) + 1, "debian", List.of()));
        assertThrows(IllegalArgumentException.class, () -> new DiskRecipe(2L << 30, "-x", List.of()));
        assertThrows(IllegalArgumentException.class, () -> new DiskRecipe(2L << 30, "debian", List.of("gcc; rm")));
        assertEquals(List.of("gcc", "make"), new DiskRecipe(2L << 30, "debian", List.of("make", "gcc", "make")).packages());
    }
}
