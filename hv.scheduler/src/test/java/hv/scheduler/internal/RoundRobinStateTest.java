package hv.scheduler.internal;

import hv.api.scheduler.spi.SchedulerPolicy;
import hv.testkit.SchedulerPolicyStateLaws;

class RoundRobinStateTest extends SchedulerPolicyStateLaws {
    @Override
    protected SchedulerPolicy createPart() {
        return new RoundRobinFactory().create();
    }
}
