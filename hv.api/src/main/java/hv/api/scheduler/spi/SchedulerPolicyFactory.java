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

    /**
     * Of the policies on offer that of the highest ranking schedules, unless the user has chosen one: a new one of a higher ranking takes over, and gives
     * back when it goes. The platform's own have 0, its usual one 100, so that a positive number above takes over at once and a negative one only offers itself.
     */
    int ranking();

    /** For people: what it is good for, in one line. */
    String description();

    SchedulerPolicy create();
}
