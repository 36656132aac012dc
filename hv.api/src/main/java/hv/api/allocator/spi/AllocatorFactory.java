package hv.api.allocator.spi;

import hv.api.part.PartFactory;
import hv.api.part.PartKind;
import org.osgi.annotation.versioning.ConsumerType;

/** Makes allocators; the host has one. The type is "allocator". */
@ConsumerType
public interface AllocatorFactory extends PartFactory {
    @Override
    default PartKind kind() {
        return PartKind.ALLOCATOR;
    }

    Allocator create(HostResources host);
}
