package hv.images;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Where guests come from and where they are kept.
 *
 * @param cacheDir the folder for all that is fetched or made; made when missing
 * @param mirror   a Debian archive (the folder that holds {@code dists} and {@code pool}), http or https; empty: the host's own package source
 * @param kernel   the Debian kernel to keep to, as package version ({@code 6.12.107-1}) or release ({@code 6.12.107+deb13-riscv64}); empty: the current one
 */
public record ImageSettings(Path cacheDir, Optional<URI> mirror, Optional<String> kernel) {
    /** System property and configuration key of {@code mirror}; the environment's {@code HV_DEBIAN_MIRROR} comes second. */
    public static final String MIRROR = "hv.images.mirror";
    /** System property and configuration key of {@code cacheDir}; then {@code $XDG_CACHE_HOME/hv}, then {@code ~/.cache/hv}. */
    public static final String CACHE = "hv.images.cache";
    /** System property and configuration key of {@code kernel}. */
    public static final String KERNEL = "hv.images.kernel";

    public ImageSettings {
        Objects.requireNonNull(cacheDir, "cacheDir");
        Objects.requireNonNull(mirror, "mirror");
        Objects.requireNonNull(kernel, "kernel");
    }

    /** The settings that system properties and environment variables say. */
    public static ImageSettings fromEnvironment() throws ImageException {
        return from(System::getProperty, System::getenv);
    }

    /** The settings that the given look-ups say (null or empty: not set); {@code user.home} is looked up among the properties. */
    public static ImageSettings from(UnaryOperator<String> properties, UnaryOperator<String> environment) throws ImageException {
        Optional<String> mirror = set(properties.apply(MIRROR)).or(() -> set(environment.apply("HV_DEBIAN_MIRROR")));
        Optional<String> cache = set(properties.apply(CACHE));
        Optional<String> xdg = set(environment.apply("XDG_CACHE_HOME"));
        String home = set(properties.apply("user.home")).orElse(".");
        try {
            Path cacheDir = cache.isPresent() ? Path.of(cache.get())
                    : xdg.isPresent() ? Path.of(xdg.get(), "hv") : Path.of(home, ".cache", "hv");
            return new ImageSettings(cacheDir.toAbsolutePath().normalize(), mirror.isPresent() ? Optional.of(mirrorUri(mirror.get())) : Optional.empty(),
                    set(properties.apply(KERNEL)));
        } catch (InvalidPathException e) {
            throw new ImageException("the cache folder's name is no path (" + e.getMessage() + "): correct " + CACHE + " or XDG_CACHE_HOME", e);
        }
    }

    private static URI mirrorUri(String text) throws ImageException {
        try {
            URI uri = new URI(text);
            if (("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme())) && uri.getHost() != null
                    && uri.getQuery() == null && uri.getFragment() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw notAMirror(text, e);
        }
        throw notAMirror(text, null);
    }

    private static ImageException notAMirror(String text, Throwable cause) {
        return new ImageException("'" + text + "' is no address of a Debian archive: set " + MIRROR
                + " (or HV_DEBIAN_MIRROR) to an http or https URL, the folder that holds dists/ and pool/", cause);
    }

    private static Optional<String> set(String value) {
        return value == null || value.isBlank() ? Optional.empty() : Optional.of(value.strip());
    }
}
