package hv.devices.internal.pci;

import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.api.device.spi.DeviceFactory;
import hv.api.part.PartFactory;
import org.osgi.service.component.annotations.Component;

/** Offers "pci-host-ecam". */
@Component(service = PartFactory.class)
public final class EcamHostFactory implements DeviceFactory {
    public static final String TYPE = "pci-host-ecam";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Device create(DeviceSpec spec, DeviceContext context) {
        return new EcamHost(spec.path(), context);
    }
}
