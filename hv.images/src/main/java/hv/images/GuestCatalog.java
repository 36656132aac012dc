package hv.images;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** The guests that can be booted by name. Any thread; {@code get} and {@code update} block while they fetch and build. */
@ProviderType
public interface GuestCatalog {
    /** The names, sorted. */
    List<String> names();

    /** One line about a guest, for people. */
    String summary(String name) throws ImageException;

    /** The guest as the cache has it; fetched and made first where it has none. Once made, it needs no network. */
    GuestImage get(String name, Progress progress) throws ImageException;

    /** The newest version of the guest; where that fails, the one in the cache stays. */
    GuestImage update(String name, Progress progress) throws ImageException;
}
