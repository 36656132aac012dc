package hv.devices.internal.power;

import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.api.device.spi.DeviceFactory;
import hv.api.part.PartException;
import hv.api.part.PartFactory;
import org.osgi.service.component.annotations.Component;

/** Offers "reset-port": properties "mask" and "value", in hexadecimal. */
@Component(service = PartFactory.class)
public final class ResetPortFactory implements DeviceFactory {
    public static final String TYPE = "reset-port";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Device create(DeviceSpec spec, DeviceContext context) throws PartException {
        return new ResetPort(spec.path(), context, hex(spec, "mask"), hex(spec, "value"));
    }

    private static int hex(DeviceSpec spec, String name) throws PartException {
        String text = spec.property(name, "");
        if (!text.matches("[0-9a-f]{1,2}")) {
            throw new PartException("device " + spec.path() + ": property " + name + " = \"" + text + "\"; it takes a byte in hexadecimal");
        }
        return Integer.parseInt(text, 16);
    }
}
