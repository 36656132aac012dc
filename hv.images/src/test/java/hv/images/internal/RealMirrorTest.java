package hv.images.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.images.GuestImage;
import hv.images.ImageException;
import hv.images.ImageSettings;
import hv.images.Images;
import hv.images.Progress;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive itself, where this host knows a mirror and reaches it: 120 MB. */
@Tag("full")
class RealMirrorTest {
    @TempDir
    Path cache;

    @Test
    void theCurrentKernelOfTheArchiveIsFetchedAndUnpacked() throws Exception {
        ImageSettings environment = ImageSettings.fromEnvironment();
        Images images = new Images(new ImageSettings(cache, environment.mirror(), Optional.empty()));
        GuestImage guest = null;
        try {
            guest = images.get("debian", Progress.NONE);
        } catch (ImageException e) {
            boolean unreachable = e.getMessage().startsWith("no Debian mirror is known") || e.getMessage().startsWith("cannot fetch");
            assumeTrue(!unreachable, "lacks a reachable mirror of Debian: " + e.getMessage());
            throw e;
        }
        assertEquals(guest, images.get("debian", Progress.NONE));
        assertTrue(DebianGuestTest.cpio(guest.initrd()).keySet().stream().anyMatch(path -> path.endsWith("/virtio_mmio.ko")));
    }
}
