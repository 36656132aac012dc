package hv.scheduler.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.scheduler.spi.Pick;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.Share;
import hv.api.scheduler.spi.TurnEnd;
import hv.testkit.SchedulerPolicyLaws;
import java.lang.management.ManagementFactory;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class RoundRobinTest extends SchedulerPolicyLaws {
    @Override
    protected SchedulerPolicy create() {
        return new RoundRobinFactory().create();
    }

    @Override
    protected Set<Keeps> keeps() {
        return EnumSet.of(Keeps.CAPS);
    }

    @Test
    void runnableVcpusTakeTurnsInTheOrderInWhichTheyBecameReady() {
        RoundRobin p = new RoundRobin();
        p.hostCpus(1);
        for (int key : new int[] {5, 3, 9}) {
            p.add(key, key, Share.USUAL.withPriority(key), 0);
            p.ready(key, 0);
        }
        Pick pick = new Pick();
        StringBuilder order = new StringBuilder();
        for (int i = 0; i < 7; i++) {
            p.pick(0, i, pick);
            order.append(pick.key());
            assertEquals(5_000_000, pick.sliceNanos());
            p.ran(pick.key(), 0, 5_000_000, TurnEnd.EXPIRED, i);
        }
        assertEquals("5395395", order.toString());
    }

    @Test
    void decisionsAllocateNothing() {
        Assumptions.assumeTrue(ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean,
                "this JVM does not count what a thread allocates");
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        RoundRobin p = new RoundRobin();
        p.hostCpus(4);
        for (int key = 0; key < 100; key++) {
            p.add(key, key, Share.USUAL, 0);
            p.ready(key, 0);
        }
        Pick pick = new Pick();
        turn(p, pick, 2_000);
        long before = threads.getCurrentThreadAllocatedBytes();
        turn(p, pick, 100_000);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(bytes < 10_000, "100,000 decisions allocated " + bytes + " bytes");
    }

    private static void turn(RoundRobin p, Pick pick, int decisions) {
        for (int i = 0; i < decisions; i++) {
            p.pick(i & 3, i, pick);
            int key = pick.key();
            p.ran(key, i & 3, 1_000, (i & 7) != 0 ? TurnEnd.EXPIRED : TurnEnd.BLOCKED, i);
            if ((i & 7) == 0) {
                p.ready(key, i);
                p.blocked(key, i);
                p.ready(key, i);
            }
        }
    }
}
