package hv.devices.internal.power;

import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.api.device.spi.DeviceFactory;
import hv.api.part.PartFactory;
import org.osgi.service.component.annotations.Component;

/** Offers "acpi-sleep". */
@Component(service = PartFactory.class)
public final class AcpiSleepFactory implements DeviceFactory {
    public static final String TYPE = "acpi-sleep";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Device create(DeviceSpec spec, DeviceContext context) {
        return new AcpiSleep(spec.path(), context);
    }
}
