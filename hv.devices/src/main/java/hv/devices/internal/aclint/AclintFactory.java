package hv.devices.internal.aclint;

import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.api.device.spi.DeviceFactory;
import hv.api.part.PartFactory;
import org.osgi.service.component.annotations.Component;

/** Offers "riscv-aclint". */
@Component(service = PartFactory.class)
public final class AclintFactory implements DeviceFactory {
    public static final String TYPE = "riscv-aclint";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Device create(DeviceSpec spec, DeviceContext context) {
        return new Aclint(spec.path(), context, Boolean.parseBoolean(spec.property("machine-mode", "false")));
    }
}
