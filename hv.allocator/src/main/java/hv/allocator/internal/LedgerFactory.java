package hv.allocator.internal;

import hv.api.allocator.spi.Allocator;
import hv.api.allocator.spi.AllocatorFactory;
import hv.api.allocator.spi.HostResources;
import hv.api.part.PartFactory;
import org.osgi.service.component.annotations.Component;

/** Offers the allocator. */
@Component(service = PartFactory.class)
public final class LedgerFactory implements AllocatorFactory {
    @Override
    public String type() {
        return "allocator";
    }

    @Override
    public Allocator create(HostResources host) {
        return new Ledger(host);
    }
}
