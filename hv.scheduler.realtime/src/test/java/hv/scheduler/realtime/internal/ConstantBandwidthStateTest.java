package hv.scheduler.realtime.internal;

import hv.api.scheduler.spi.SchedulerPolicy;
import hv.testkit.SchedulerPolicyStateLaws;

class ConstantBandwidthStateTest extends SchedulerPolicyStateLaws {
    @Override
    protected SchedulerPolicy createPart() {
        return new ConstantBandwidthFactory().create();
    }
}
