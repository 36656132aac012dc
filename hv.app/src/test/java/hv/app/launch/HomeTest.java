package hv.app.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {
    @TempDir
    Path temporary;

    @Test
    void aHomeIsItsOwnersAlone() throws Exception {
        Path folder = temporary.resolve("a/b/hv");
        try (Home home = Home.take(folder)) {
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(home.folder())));
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (Home home = Home.take(folder)) {
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(home.folder())));
        }
    }

    @Test
    void neverTwoPlatformsOnOneHome() throws Exception {
        try (Home first = Home.take(temporary.resolve("hv"))) {
            LaunchException refusal = assertThrows(LaunchException.class, () -> Home.take(first.folder()));
            assertEquals(ExitStatus.BUSY, refusal.status());
            assertTrue(refusal.getMessage().contains("process " + ProcessHandle.current().pid()), refusal.getMessage());
        }
        Home.take(temporary.resolve("hv")).close();
    }

    @Test
    void aFileInItsPlaceIsRefusedWithWhatToDo() throws Exception {
        Path file = Files.writeString(temporary.resolve("file"), "x");
        LaunchException refusal = assertThrows(LaunchException.class, () -> Home.take(file));
        assertTrue(refusal.getMessage().contains("HV_HOME"), refusal.getMessage());
        assertTrue(assertThrows(LaunchException.class, () -> Home.take(file.resolve("below"))).getMessage().contains("HV_HOME"));
    }

    @Test
    void aHomeThatCannotServeIsRefusedInOneLine() throws Exception {
        Path file = Files.createFile(temporary.resolve("file"));
        for (Path wrong : new Path[] {file, file.resolve("below"), temporary.resolve("x".repeat(150))}) {
            LaunchException refusal = assertThrows(LaunchException.class, () -> Home.take(wrong));
            assertEquals(ExitStatus.UNAVAILABLE, refusal.status());
            assertEquals(1, refusal.getMessage().lines().count());
            assertTrue(refusal.getMessage().contains("set HV_HOME to a folder"), refusal.getMessage());
        }
    }
}
