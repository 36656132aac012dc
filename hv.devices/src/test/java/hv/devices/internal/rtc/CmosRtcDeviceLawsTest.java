package hv.devices.internal.rtc;

import hv.api.bus.PortSpace;
import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.testkit.DeviceLaws;
import java.util.Map;

class CmosRtcDeviceLawsTest extends DeviceLaws {
    private static final long REGION_BYTES = 8;

    @Override
    protected Device create(DeviceContext context) throws Exception {
        return new CmosRtcFactory().create(new DeviceSpec("device", CmosRtcFactory.TYPE, PortSpace.gpa(0x600), REGION_BYTES, 0, Map.of()), context);
    }

    @Override
    protected long regionBytes() {
        return REGION_BYTES;
    }
}
