package hv.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.machine.DiskSpec;
import hv.api.machine.NicSpec;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Disks and network cards as people write them on command lines. */
class DeviceTextTest {
    private static final Path FOLDER = Path.of("/somewhere");

    @Test
    void diskWordsAreTakenInAnyOrder() {
        assertEquals(DiskSpec.raw(FOLDER.resolve("a.img")), DiskSpec.parse(FOLDER, "a.img"));
        assertEquals(new DiskSpec(Path.of("/b"), "raw", true, DiskSpec.SCSI), DiskSpec.parse(FOLDER, "/b,bus=scsi,ro"));
        assertEquals(new DiskSpec(Path.of("/b"), "qcow2", false, DiskSpec.VIRTIO), DiskSpec.parse(FOLDER, "/b,format=qcow2,bus=virtio"));
    }

    @Test
    void nicWordsAreTakenAndRepeatedOnesJoined() {
        assertEquals(new NicSpec("user", "52:54:00:00:00:01", Map.of("hostfwd", "2222:22;8080:80")), NicSpec.parse("user,hostfwd=2222:22,mac=52:54:00:00:00:01,hostfwd=8080:80"));
        assertEquals(new NicSpec("user", "", Map.of()), NicSpec.parse("user"));
    }

    @Test
    void mistakesGetOneLine() {
        for (String text : new String[] {"", ",ro", "a,rw", "a,bus=ide", "a,"}) {
            refused(() -> DiskSpec.parse(FOLDER, text));
        }
        for (String text : new String[] {"", "User", "user,", "user,x", "user,=x", "user,mac=1:2:3:4:5:6", "user,mac=33:33:00:00:00:01", "user,mac=00:00:00:00:00:00"}) {
            refused(() -> NicSpec.parse(text));
        }
    }

    private static void refused(org.junit.jupiter.api.function.Executable parse) {
        String line = assertThrows(IllegalArgumentException.class, parse).getMessage();
        assertTrue(!line.isEmpty() && line.indexOf('\n') < 0, line);
    }
}
