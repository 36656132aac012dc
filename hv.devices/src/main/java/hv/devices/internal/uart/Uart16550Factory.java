package hv.devices.internal.uart;

import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.api.device.spi.DeviceFactory;
import hv.api.part.PartFactory;
import org.osgi.service.component.annotations.Component;

/** Offers "uart16550". */
@Component(service = PartFactory.class)
public final class Uart16550Factory implements DeviceFactory {
    public static final String TYPE = "uart16550";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Device create(DeviceSpec spec, DeviceContext context) {
        return new Uart16550(spec.path(), context);
    }
}
