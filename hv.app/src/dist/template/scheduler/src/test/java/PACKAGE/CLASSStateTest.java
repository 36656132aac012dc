package @PACKAGE@;

import hv.api.scheduler.spi.SchedulerPolicy;
import hv.testkit.SchedulerPolicyStateLaws;

/** That it can be put down and picked up again by a newer version of itself. */
class @CLASS@StateTest extends SchedulerPolicyStateLaws {
    @Override
    protected SchedulerPolicy createPart() {
        return new @CLASS@Factory().create();
    }
}
