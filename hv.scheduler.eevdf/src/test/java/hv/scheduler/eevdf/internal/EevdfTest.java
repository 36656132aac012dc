package hv.scheduler.eevdf.internal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.Share;
import hv.testkit.SchedulerPolicyLaws;
import hv.testkit.SchedulerSimulation;
import hv.testkit.Workload;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EevdfTest extends SchedulerPolicyLaws {
    @Override
    protected SchedulerPolicy create() {
        return new EevdfFactory().create();
    }

    @Override
    protected Set<Keeps> keeps() {
        return EnumSet.of(Keeps.CAPS, Keeps.WEIGHTS);
    }

    /** A request is done by its virtual deadline and one slice more: the bound on lag of the paper, theorem 1. */
    @Test
    void whoWakesIsServedByItsDeadline() {
        try (SchedulerPolicy p = create()) {
            SchedulerSimulation s = new SchedulerSimulation(p, 2, 3);
            int interactive = s.add(0, Share.USUAL, Workload.interactive(300_000, 10_000_000));
            for (int i = 1; i < 9; i++) {
                s.add(i, Share.USUAL, Workload.hog());
            }
            s.run(60_000_000_000L);
            long[] latencies = s.wakeUpLatencies(interactive);
            assertTrue(latencies.length > 3_000, latencies.length + " wake-ups");
            // Virtual time passes at 2 host CPUs for 9 vCPUs.
            long bound = 2_800_000L * 9 / 2 + 2_800_000;
            assertTrue(latencies[latencies.length - 1] <= bound, "it waits for " + latencies[latencies.length - 1] + " ns, beyond " + bound);
        }
    }
}
