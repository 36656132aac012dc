package hv.scheduler.credit.internal;

import hv.api.scheduler.spi.SchedulerPolicy;
import hv.testkit.SchedulerPolicyStateLaws;

class CreditStateTest extends SchedulerPolicyStateLaws {
    @Override
    protected SchedulerPolicy createPart() {
        return new CreditFactory().create();
    }
}
