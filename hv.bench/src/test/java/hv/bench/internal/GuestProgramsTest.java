package hv.bench.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.images.GuestImage;
import hv.images.InitramfsBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuestProgramsTest {
    @TempDir
    Path folder;

    private Path initrd(String name, byte[] busybox) throws IOException {
        Path file = folder.resolve("guest.gz");
        try (OutputStream out = Files.newOutputStream(file)) {
            new InitramfsBuilder().file("bin/aaa", 0755, "other").file(name, 0755, busybox).writeGzip(out);
        }
        return file;
    }

    @Test
    void busyboxComesOutOfTheGuestAsItWentIn() throws Exception {
        byte[] busybox = {0x7f, 'E', 'L', 'F', 0, 1, 2, (byte) 200};
        assertArrayEquals(busybox, GuestPrograms.busybox(initrd("bin/busybox", busybox)));
    }

    @Test
    void aGuestWithoutBusyboxIsNamed() throws Exception {
        Path file = initrd("bin/dash", new byte[4]);
        BenchException e = assertThrows(BenchException.class, () -> GuestPrograms.busybox(file));
        assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
    }

    @Test
    void theGuestsFirstProcessRunsEveryProgramByItsName() throws Exception {
        String init = new String(GuestPrograms.resource("init"), StandardCharsets.UTF_8);
        for (Program p : Program.ALL) {
            assertTrue(init.contains("want " + p.name() + " &&") || init.contains("if want " + p.name() + ";"), p.name());
        }
    }

    @Test
    void programsAreBuiltOnceAndKept() throws Exception {
        Assumptions.assumeTrue(Tools.version(GuestPrograms.COMPILER).isPresent(), "no " + GuestPrograms.COMPILER + " on this host");
        GuestImage guest = new GuestImage("debian", "1", "riscv64", folder.resolve("kernel"), initrd("bin/busybox", new byte[100]), "");
        Path first = GuestPrograms.initrd(folder, guest);
        Object key = Files.readAttributes(first, java.nio.file.attribute.BasicFileAttributes.class).fileKey();
        assertArrayEquals(new byte[100], GuestPrograms.busybox(first));
        assertTrue(Files.size(first) > 1 << 20);
        assertEquals(first, GuestPrograms.initrd(folder, guest));
        assertEquals(key, Files.readAttributes(first, java.nio.file.attribute.BasicFileAttributes.class).fileKey());
        try (var left = Files.list(first.getParent())) {
            assertEquals(java.util.List.of(first), left.toList());
        }
    }
}
