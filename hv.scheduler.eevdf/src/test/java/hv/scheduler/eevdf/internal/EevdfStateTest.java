package hv.scheduler.eevdf.internal;

import hv.api.scheduler.spi.SchedulerPolicy;
import hv.testkit.SchedulerPolicyStateLaws;

class EevdfStateTest extends SchedulerPolicyStateLaws {
    @Override
    protected SchedulerPolicy createPart() {
        return new EevdfFactory().create();
    }
}
