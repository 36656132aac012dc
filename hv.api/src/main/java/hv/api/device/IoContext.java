package hv.api.device;

import org.osgi.annotation.versioning.ProviderType;

/** The one serial context in which everything of a device runs that is not a register access: queue work, timers, completions, input. */
@ProviderType
public interface IoContext {
    /** Runs the task after those posted before; any thread. Tasks of a sleeping device wait until it wakes; after its revocation they are dropped. */
    void post(Runnable task);
}
