package hv.images;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;

/** The catalog for programs without OSGi: {@code new Images(ImageSettings.fromEnvironment()).get("debian", Progress.NONE)}. */
public final class Images implements GuestCatalog {
    private final ImageSettings settings;
    private final List<GuestSource> sources;

    /** All sources that {@link ServiceLoader} finds beside this class. */
    public Images(ImageSettings settings) {
        this(settings, ServiceLoader.load(GuestSource.class, Images.class.getClassLoader()).stream().map(ServiceLoader.Provider::get).toList());
    }

    /** The given sources; of two with one name the first counts. */
    public Images(ImageSettings settings, List<GuestSource> sources) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.sources = List.copyOf(sources);
    }

    @Override
    public List<String> names() {
        return sources.stream().map(GuestSource::name).distinct().sorted().toList();
    }

    @Override
    public String summary(String name) throws ImageException {
        return source(name).summary();
    }

    @Override
    public GuestImage get(String name, Progress progress) throws ImageException {
        return source(name).get(settings, false, progress);
    }

    @Override
    public GuestImage update(String name, Progress progress) throws ImageException {
        return source(name).get(settings, true, progress);
    }

    private GuestSource source(String name) throws ImageException {
        for (GuestSource source : sources) {
            if (source.name().equals(name)) {
                return source;
            }
        }
        List<String> known = new ArrayList<>(names());
        throw new ImageException("no guest named '" + name + "': the catalog has "
                + (known.isEmpty() ? "none" : String.join(", ", known)));
    }
}
