package hv.api.part;

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
}
