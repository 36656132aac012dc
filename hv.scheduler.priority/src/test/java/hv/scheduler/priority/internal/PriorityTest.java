package hv.scheduler.priority.internal;

import hv.api.scheduler.spi.SchedulerPolicy;
import hv.testkit.SchedulerPolicyLaws;
import java.util.EnumSet;
import java.util.Set;

class PriorityTest extends SchedulerPolicyLaws {
    @Override
    protected SchedulerPolicy create() {
        return new PriorityFactory().create();
    }

    @Override
    protected Set<Keeps> keeps() {
        return EnumSet.of(Keeps.CAPS, Keeps.PRIORITIES);
    }
}
