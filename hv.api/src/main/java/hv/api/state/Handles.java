package hv.api.state;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Open host handles on their way from one part to its successor in the same process. {@link #close()} releases them when nobody took them.
 * In a stream to another process or host stands only the {@link #claim()}.
 */
@ConsumerType
public interface Handles extends AutoCloseable {
    /** What to open on another host to get the same thing, e.g. "file:/srv/disk.img"; at most 4096 characters. */
    String claim();

    @Override
    void close();
}
