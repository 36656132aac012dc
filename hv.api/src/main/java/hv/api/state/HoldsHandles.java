package hv.api.state;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A part that holds host handles (open files, sockets). Handles are moved, never copied; a rollback attaches them back.
 * Asleep only.
 */
@ConsumerType
public interface HoldsHandles {
    /** Gives the handles up; the part keeps none. */
    Handles detach();

    /** @throws StateException these are not the handles of such a part; they are left as they were, the part has none */
    void attach(Handles handles) throws StateException;
}
