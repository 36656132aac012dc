package hv.scheduler.internal;

import hv.api.scheduler.spi.Pick;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.Share;
import hv.testkit.StatefulLaws;

class RoundRobinStateTest extends StatefulLaws<SchedulerPolicy> {
    @Override
    protected SchedulerPolicy createPart() {
        return new RoundRobinFactory().create();
    }

    @Override
    protected void exercise(SchedulerPolicy part) {
        part.hostCpus(2);
        for (int key = 9; key > 2; key--) {
            part.add(key, key / 2, Share.USUAL.withWeight(key), 0);
            if (key != 4) {
                part.ready(key, 0);
            }
        }
        part.pick(1, 0, new Pick());
    }
}
