package @PACKAGE@;

import hv.api.scheduler.spi.SchedulerPolicy;
import hv.testkit.SchedulerPolicyLaws;
import java.util.EnumSet;
import java.util.Set;

/** What holds for every policy, and what this one says it keeps to. */
class @CLASS@Test extends SchedulerPolicyLaws {
    @Override
    protected SchedulerPolicy create() {
        return new @CLASS@Factory().create();
    }

    @Override
    protected Set<Keeps> keeps() {
        return EnumSet.of(Keeps.CAPS, Keeps.WEIGHTS);
    }
}
