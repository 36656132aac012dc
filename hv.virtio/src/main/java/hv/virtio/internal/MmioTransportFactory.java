package hv.virtio.internal;

import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.part.PartFactory;
import hv.api.virtio.spi.TransportDevice;
import hv.api.virtio.spi.TransportFactory;
import org.osgi.service.component.annotations.Component;

/** Offers "virtio-mmio". */
@Component(service = PartFactory.class)
public final class MmioTransportFactory implements TransportFactory {
    public static final String TYPE = "virtio-mmio";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public TransportDevice create(DeviceSpec spec, DeviceContext context) {
        return new MmioTransport(spec, context);
    }
}
