package hv.api.scheduler.spi;

import hv.api.part.PartFactory;
import hv.api.part.PartKind;
import org.osgi.annotation.versioning.ConsumerType;

/** Makes policies; the host has one at a time. The type is the policy's name, e.g. "round-robin". */
@ConsumerType
public interface SchedulerPolicyFactory extends PartFactory {
    @Override
    default PartKind kind() {
        return PartKind.POLICY;
    }

    SchedulerPolicy create();
}
