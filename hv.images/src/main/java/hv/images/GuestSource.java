package hv.images;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Makes one guest of the catalog. To add a guest: implement this, register it as a service, and list it in
 * {@code META-INF/services/hv.images.GuestSource}. Stateless; any thread, several at once; may block.
 */
@ConsumerType
public interface GuestSource {
    /** The guest's name in the catalog: a lower-case word. */
    String name();

    /** What the guest is, in one line for people. */
    String summary();

    /**
     * The guest, made or fetched where it is not in the cache yet.
     *
     * @param update false: what the cache holds will do, and then no network is used; true: look for a newer one first
     * @throws ImageException with a line for the user; the cache is as before
     */
    GuestImage get(ImageSettings settings, boolean update, Progress progress) throws ImageException;
}
