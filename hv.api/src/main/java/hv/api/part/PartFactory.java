package hv.api.part;

import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Makes parts of one kind and type. The service interface of every plugin: register as {@code PartFactory}, implement the kind's own
 * sub-interface (DeviceFactory, SchedulerPolicyFactory, ...). Stateless, without service references; called on any thread.
 */
@ConsumerType
public interface PartFactory {
    PartKind kind();

    /** What is made, e.g. "uart16550", "virtio-blk", "round-robin"; 1 .. 64 characters of [a-z0-9.-]. Factories of the same type are interchangeable. */
    String type();

    /**
     * Names of the settings of a machine's description that its parts read, each 1 .. 64 characters of [a-z0-9.-], a plugin's own with its name and a dot before
     * them: "mmu", "riscv.tier". A machine is refused that has a setting of which neither the host nor its parts know.
     */
    default Set<String> settings() {
        return Set.of();
    }
}
