package hv.api.time;

import org.osgi.annotation.versioning.ProviderType;

/** A machine's clock. Any thread, never blocks. */
@ProviderType
public interface MachineClock {
    /** Guest time since the machine was first started, nanoseconds; never goes back, stands while the machine is paused. */
    long nowNanos();

    /** Wall-clock time, nanoseconds since 1970-01-01T00:00Z. */
    long wallNanos();
}
