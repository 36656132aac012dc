package hv.allocator.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import hv.api.allocator.spi.Allocator;
import hv.api.allocator.spi.Decision;
import hv.api.allocator.spi.HostResources;
import hv.api.allocator.spi.ResourceRequest.Admit;
import hv.testkit.AllocatorLaws;
import org.junit.jupiter.api.Test;

class LedgerTest extends AllocatorLaws {
    private static final long GIB = 1L << 30;

    @Override
    protected Allocator create(HostResources host) {
        return new LedgerFactory().create(host);
    }

    @Test
    void theSumsAreShownInUnitsForPeople() {
        try (Allocator a = create(new HostResources((long) (23.4 * GIB), 2, 1.5, 4))) {
            for (String name : new String[] {"a", "b", "c"}) {
                assertInstanceOf(Decision.Granted.class, a.decide(new Admit(name, 11 * GIB, 1)));
            }
            Decision.Refused r = assertInstanceOf(Decision.Refused.class, a.decide(new Admit("x", 4 * GIB, 1)));
            assertEquals("machine x wants 4 GiB; host has 23.4 GiB x 1.5 = 35.1 GiB, of which 33 GiB are promised to a, b, c: 1.9 GiB short; "
                    + "give it less memory, destroy a machine, or raise the memory overcommit", r.arithmetic());
            r = assertInstanceOf(Decision.Refused.class, a.decide(new Admit("x", 1 << 20, 6)));
            assertEquals("machine x wants 6 vCPUs; host has 2 CPUs x 4 = 8, of which 3 are promised to a, b, c: 1 short; "
                    + "give it fewer vCPUs, destroy a machine, or raise the CPU overcommit", r.arithmetic());
        }
    }
}
