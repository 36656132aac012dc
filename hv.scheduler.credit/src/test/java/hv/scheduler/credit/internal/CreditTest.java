package hv.scheduler.credit.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.part.PartFactory;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.SchedulerPolicyFactory;
import hv.api.scheduler.spi.Share;
import hv.testkit.SchedulerPolicyLaws;
import hv.testkit.SchedulerSimulation;
import hv.testkit.Workload;
import java.util.EnumSet;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CreditTest extends SchedulerPolicyLaws {
    @Override
    protected SchedulerPolicy create() {
        return new CreditFactory().create();
    }

    @Override
    protected Set<Keeps> keeps() {
        return EnumSet.of(Keeps.CAPS, Keeps.WEIGHTS);
    }

    @Test
    void itIsFoundWithoutAFramework() {
        PartFactory factory = ServiceLoader.load(PartFactory.class).findFirst().orElseThrow();
        assertEquals("credit", factory.type());
        assertTrue(((SchedulerPolicyFactory) factory).ranking() > 0, "it is the usual one");
    }

    @Test
    void whoSleptRunsSoonBesideHogs() {
        try (SchedulerPolicy p = create()) {
            SchedulerSimulation s = new SchedulerSimulation(p, 2, 3);
            int interactive = s.add(0, Share.USUAL, Workload.interactive(300_000, 10_000_000));
            for (int i = 1; i < 9; i++) {
                s.add(i, Share.USUAL, Workload.hog());
            }
            s.run(60_000_000_000L);
            long[] latencies = s.wakeUpLatencies(interactive);
            assertTrue(latencies.length > 3_000, latencies.length + " wake-ups");
            long p99 = latencies[latencies.length * 99 / 100];
            assertTrue(p99 <= 1_000_000, "it waits for " + p99 + " ns (p99)");
        }
    }

    @Test
    void sleepingDoesNotSaveUpCredit() {
        try (SchedulerPolicy p = create()) {
            SchedulerSimulation s = new SchedulerSimulation(p, 1, 4);
            int hog = s.add(0, Share.USUAL, Workload.hog());
            int burst = s.add(1, Share.USUAL, Workload.bursts(2_000_000_000L, 20_000_000_000L));
            s.run(10_000_000L);
            long before = s.ranNanos(hog);
            for (int i = 0; i < 100; i++) {
                long at = s.ranNanos(burst);
                long hogAt = s.ranNanos(hog);
                s.run(1_000_000_000L);
                assertTrue(s.ranNanos(hog) - hogAt >= 400_000_000L, "the hog got " + (s.ranNanos(hog) - hogAt) + " ns of a second beside " + (s.ranNanos(burst) - at));
            }
            assertTrue(s.ranNanos(hog) - before > 60_000_000_000L);
        }
    }
}
