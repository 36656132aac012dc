package hv.testkit;

import hv.api.scheduler.spi.Pick;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.Share;
import hv.api.scheduler.spi.TurnEnd;

/** What holds for every policy that is put down and picked up, with vCPUs of all kinds of shares: waiting, running and blocked. */
public abstract class SchedulerPolicyStateLaws extends StatefulLaws<SchedulerPolicy> {
    @Override
    protected void exercise(SchedulerPolicy part) {
        part.hostCpus(2);
        for (int key = 9; key > 2; key--) {
            Share share = Share.USUAL.withWeight(key).withCap(key).withPriority(key).withReservation(key % 2 * 2_000_000L, key % 2 * 10_000_000L);
            part.add(key, key / 3, share, 0);
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
