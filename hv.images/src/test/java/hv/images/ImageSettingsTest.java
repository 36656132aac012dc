package hv.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ImageSettingsTest {
    @Test
    void aPropertyComesBeforeTheEnvironment() throws ImageException {
        ImageSettings both = ImageSettings.from(Map.of(ImageSettings.MIRROR, "http://a.test/debian", ImageSettings.CACHE, "/c")::get,
                Map.of("HV_DEBIAN_MIRROR", "http://b.test/", "XDG_CACHE_HOME", "/x")::get);
        assertEquals(new ImageSettings(Path.of("/c"), Optional.of(URI.create("http://a.test/debian")), Optional.empty()), both);

        ImageSettings environment = ImageSettings.from(Map.of(ImageSettings.KERNEL, "6.1", ImageSettings.MIRROR, " ")::get,
                Map.of("HV_DEBIAN_MIRROR", "https://b.test/debian", "XDG_CACHE_HOME", "/x")::get);
        assertEquals(new ImageSettings(Path.of("/x/hv"), Optional.of(URI.create("https://b.test/debian")), Optional.of("6.1")), environment);

        assertEquals(Path.of("/home/u/.cache/hv"), ImageSettings.from(Map.of("user.home", "/home/u")::get, Map.<String, String>of()::get).cacheDir());
    }

    @Test
    void whatIsNoMirrorIsRefusedWithTheNameOfTheSetting() {
        for (String text : List.of("ftp://a.test/debian", "debian", "http:///x", "http://a b/", "file:/etc", "http://a.test/?q=1")) {
            ImageException refusal = assertThrows(ImageException.class, () -> ImageSettings.from(Map.of(ImageSettings.MIRROR, text)::get, Map.<String, String>of()::get));
            assertTrue(refusal.getMessage().contains(text) && refusal.getMessage().contains(ImageSettings.MIRROR), refusal.getMessage());
        }
    }
}
