package hv.devices.internal.rtc;

import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.api.device.spi.DeviceFactory;
import hv.api.part.PartFactory;
import org.osgi.service.component.annotations.Component;

/** Offers "cmos-rtc". */
@Component(service = PartFactory.class)
public final class CmosRtcFactory implements DeviceFactory {
    public static final String TYPE = "cmos-rtc";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Device create(DeviceSpec spec, DeviceContext context) {
        return new CmosRtc(spec.path(), context);
    }
}
