package hv.scheduler.realtime.internal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.Share;
import hv.testkit.SchedulerPolicyLaws;
import hv.testkit.SchedulerSimulation;
import hv.testkit.Workload;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConstantBandwidthTest extends SchedulerPolicyLaws {
    @Override
    protected SchedulerPolicy create() {
        return new ConstantBandwidthFactory().create();
    }

    @Override
    protected Set<Keeps> keeps() {
        return EnumSet.of(Keeps.CAPS, Keeps.RESERVATIONS);
    }

    @Test
    void nobodyTakesMoreThanItReserved() {
        try (SchedulerPolicy p = create()) {
            SchedulerSimulation s = new SchedulerSimulation(p, 1, 3);
            int greedy = s.add(0, Share.USUAL.withReservation(4_000_000, 20_000_000), Workload.hog());
            int other = s.add(1, Share.USUAL, Workload.hog());
            s.run(20_000_000_000L);
            assertTrue(Math.abs(s.ranNanos(greedy) - 4_000_000_000L) < 80_000_000L, "of 20 s it ran " + s.ranNanos(greedy) + " ns");
            assertTrue(s.ranNanos(other) > 15_900_000_000L, "what is left: " + s.ranNanos(other) + " ns");
        }
    }

    @Test
    void eachPeriodOfAReservationIsServedInTime() {
        try (SchedulerPolicy p = create()) {
            SchedulerSimulation s = new SchedulerSimulation(p, 1, 3).keepingTurns();
            int reserved = s.add(0, Share.USUAL.withReservation(4_000_000, 20_000_000), Workload.periodic(4_000_000, 20_000_000));
            s.add(1, Share.USUAL.withReservation(9_000_000, 30_000_000), Workload.hog());
            for (int i = 2; i < 6; i++) {
                s.add(i, Share.USUAL, Workload.hog());
            }
            long begun = s.nowNanos();
            s.run(60_000_000_000L);
            long[] served = new long[3_000];
            for (SchedulerSimulation.Turn t : s.turns()) {
                if (t.key() == reserved) {
                    served[(int) ((t.fromNanos() - begun) / 20_000_000)] += t.toNanos() - t.fromNanos();
                }
            }
            int missed = 0;
            for (int i = 0; i < served.length - 1; i++) {
                missed += served[i] < 3_900_000 ? 1 : 0;
            }
            assertTrue(missed == 0, missed + " of 2,999 periods had less than 3.9 ms");
        }
    }
}
