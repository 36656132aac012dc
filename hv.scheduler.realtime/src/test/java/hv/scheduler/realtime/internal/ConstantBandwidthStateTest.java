package hv.scheduler.realtime.internal;

import hv.api.scheduler.spi.Pick;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.Share;
import hv.api.scheduler.spi.TurnEnd;
import hv.testkit.StatefulLaws;

class ConstantBandwidthStateTest extends StatefulLaws<SchedulerPolicy> {
    @Override
    protected SchedulerPolicy createPart() {
        return new ConstantBandwidthFactory().create();
    }

    @Override
    protected void exercise(SchedulerPolicy part) {
        part.hostCpus(2);
        for (int key = 9; key > 2; key--) {
            part.add(key, key / 3, Share.USUAL.withWeight(key).withPriority(key).withReservation(key % 2 * 2_000_000L, key % 2 * 10_000_000L), 0);
            part.machineCap(key / 3, 40, 0);
            if (key != 4) {
                part.ready(key, 0);
            }
        }
        Pick pick = new Pick();
        part.pick(1, 0, pick);
        part.ran(pick.key(), 1, 3_000_000, TurnEnd.EXPIRED, 3_000_000);
        part.pick(0, 3_000_000, pick);
        part.pick(1, 3_000_000, pick);
    }
}
