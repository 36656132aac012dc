package hv.api.time;

import org.osgi.annotation.versioning.ProviderType;

/** A one-shot timer on a machine's clock. Its action runs in the owner's I/O context. */
@ProviderType
public interface Timer {
    /** (Re)arms for a guest time, nanoseconds; one in the past fires at once. */
    void arm(long deadlineNanos);

    /** After the call the action will not begin, unless armed again. */
    void cancel();
}
