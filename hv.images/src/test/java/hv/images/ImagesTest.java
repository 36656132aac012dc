package hv.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ImagesTest {
    private static final ImageSettings SETTINGS = new ImageSettings(Path.of("/cache"), Optional.empty(), Optional.empty());

    private record Fixed(String name) implements GuestSource {
        @Override
        public String summary() {
            return name + " for tests";
        }

        @Override
        public GuestImage get(ImageSettings settings, boolean update, Progress progress) {
            return new GuestImage(name, update ? "new" : "old", "riscv64", settings.cacheDir().resolve("k"), settings.cacheDir().resolve("i"), "");
        }
    }

    @Test
    void withoutOsgiTheCatalogHasDebian() throws ImageException {
        Images images = new Images(SETTINGS);

        assertTrue(images.names().contains("debian"), images.names().toString());
        assertFalse(images.summary("debian").isBlank());
    }

    @Test
    void anUnknownGuestIsNamedWithThoseThereAre() {
        Images images = new Images(SETTINGS, List.of(new Fixed("b"), new Fixed("a")));

        assertEquals(List.of("a", "b"), images.names());
        assertEquals("no guest named 'c': the catalog has a, b", assertThrows(ImageException.class, () -> images.get("c", Progress.NONE)).getMessage());
    }
}
