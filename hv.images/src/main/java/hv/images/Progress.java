package hv.images;

import org.osgi.annotation.versioning.ConsumerType;

/** Told how far the making of a guest is. Called often and from any thread (one at a time); must return at once and not throw. */
@ConsumerType
@FunctionalInterface
public interface Progress {
    /** Tells nobody. */
    Progress NONE = (what, doneBytes, totalBytes) -> { };

    /**
     * @param what       the step, for people: {@code "fetching busybox-static"}
     * @param doneBytes  bytes of the step done so far, 0 or more
     * @param totalBytes bytes of the whole step, -1 where unknown
     */
    void report(String what, long doneBytes, long totalBytes);
}
