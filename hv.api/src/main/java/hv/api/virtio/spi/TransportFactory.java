package hv.api.virtio.spi;

import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.part.PartFactory;
import hv.api.part.PartKind;
import org.osgi.annotation.versioning.ConsumerType;

/** Makes virtio transports, without a model yet. The type is "virtio-mmio" or "virtio-pci". Property "packed" = "on" offers packed rings. */
@ConsumerType
public interface TransportFactory extends PartFactory {
    @Override
    default PartKind kind() {
        return PartKind.TRANSPORT;
    }

    TransportDevice create(DeviceSpec spec, DeviceContext context);
}
