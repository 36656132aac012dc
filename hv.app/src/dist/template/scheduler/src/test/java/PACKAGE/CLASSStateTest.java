package @PACKAGE@;

import hv.api.scheduler.spi.Pick;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.Share;
import hv.testkit.StatefulLaws;

/** That it can be put down and picked up again by a newer version of itself. */
class @CLASS@StateTest extends StatefulLaws<SchedulerPolicy> {
    @Override
    protected SchedulerPolicy createPart() {
        return new @CLASS@Factory().create();
    }

    @Override
    protected void exercise(SchedulerPolicy part) {
        part.hostCpus(2);
        for (int key = 1; key < 9; key++) {
            part.add(key, key / 2, Share.USUAL.withWeight(key), 0);
            part.ready(key, 0);
        }
        part.pick(1, 0, new Pick());
    }
}
