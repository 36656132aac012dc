package hv.allocator.internal;

import hv.api.allocator.spi.Allocator;
import hv.api.allocator.spi.HostResources;
import hv.api.allocator.spi.ResourceRequest.Admit;
import hv.api.allocator.spi.ResourceRequest.StartVcpu;
import hv.testkit.StatefulLaws;

class LedgerStateTest extends StatefulLaws<Allocator> {
    @Override
    protected Allocator createPart() {
        return new LedgerFactory().create(new HostResources(8L << 30, 4, 1.5, 4));
    }

    @Override
    protected void exercise(Allocator part) {
        part.decide(new Admit("one", 1L << 30, 2));
        part.decide(new Admit("two", 2L << 30, 4));
        part.decide(new StartVcpu("two", 3));
        part.touched("one", 4711);
    }
}
