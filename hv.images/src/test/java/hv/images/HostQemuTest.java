package hv.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.images.internal.QemuTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which QEMU is taken. The programs are scripts that say a version. */
class HostQemuTest {
    @TempDir
    Path dir;
    private ImageSettings settings;

    @BeforeEach
    void settings() {
        settings = new ImageSettings(dir.resolve("cache"), Optional.empty(), Optional.empty());
    }

    private static Path program(Path file, String says) throws Exception {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\necho '" + says + "'\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Optional<HostQemu> find(Map<String, String> environment) throws ImageException {
        return HostQemu.find(10, settings, environment::get);
    }

    @Test
    void theNamedOneIsTakenWhateverItsVersion() throws Exception {
        Path named = program(dir.resolve("mine"), "QEMU emulator version 7.2.0 (Debian 1:7.2)");
        program(QemuTree.launcher(settings), "QEMU emulator version 10.0.2");
        assertEquals(Optional.of(new HostQemu(named, "7.2.0")), find(Map.of("HV_QEMU", named.toString())));
    }

    @Test
    void aNamedOneThatDoesNotRunIsAnError() throws Exception {
        Path named = program(dir.resolve("mine"), "no such library");
        ImageException e = assertThrows(ImageException.class, () -> find(Map.of("HV_QEMU", named.toString())));
        assertTrue(e.getMessage().contains("no such library"), e.getMessage());
        assertThrows(ImageException.class, () -> find(Map.of("HV_QEMU", dir.resolve("none").toString())));
    }

    @Test
    void theFetchedOneComesBeforeTheSearchPath() throws Exception {
        Path fetched = program(QemuTree.launcher(settings), "QEMU emulator version 10.0.2");
        program(dir.resolve("bin/qemu-system-riscv64"), "QEMU emulator version 11.0.0");
        assertEquals(Optional.of(new HostQemu(fetched, "10.0.2")), find(Map.of("PATH", dir.resolve("bin").toString())));
    }

    @Test
    void anOldOneOnTheSearchPathIsPassedOver() throws Exception {
        program(dir.resolve("old/qemu-system-riscv64"), "QEMU emulator version 7.2.17");
        assertEquals(Optional.empty(), find(Map.of("PATH", dir.resolve("old").toString())));
        Path newer = program(dir.resolve("new/qemu-system-riscv64"), "QEMU emulator version 11.1.0");
        assertEquals(Optional.of(new HostQemu(newer, "11.1.0")), find(Map.of("PATH", dir.resolve("old") + ":" + dir.resolve("new"))));
    }
}
