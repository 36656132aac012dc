package hv.images.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.images.GuestImage;
import hv.images.GuestSource;
import hv.images.ImageException;
import hv.images.ImageSettings;
import hv.images.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServiceCatalogTest {
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
    void theServiceFollowsItsSourcesAndItsConfiguration() throws ImageException {
        ServiceCatalog catalog = new ServiceCatalog(Map.of(ImageSettings.CACHE, "/first"));
        Fixed source = new Fixed("a");
        catalog.bind(source);
        assertEquals(Path.of("/first/k"), catalog.get("a", Progress.NONE).kernel());

        catalog.modified(Map.of(ImageSettings.CACHE, "/second"));
        assertEquals(Path.of("/second/k"), catalog.get("a", Progress.NONE).kernel());
        assertEquals("new", catalog.update("a", Progress.NONE).version());

        catalog.unbind(source);
        assertEquals(List.of(), catalog.names());
    }
}
