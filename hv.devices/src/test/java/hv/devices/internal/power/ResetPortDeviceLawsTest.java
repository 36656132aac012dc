package hv.devices.internal.power;

import hv.api.bus.PortSpace;
import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.testkit.DeviceLaws;
import java.util.Map;

class ResetPortDeviceLawsTest extends DeviceLaws {
    private static final long REGION_BYTES = 8;

    @Override
    protected Device create(DeviceContext context) throws Exception {
        return new ResetPortFactory().create(new DeviceSpec("device", ResetPortFactory.TYPE, PortSpace.gpa(0x600), REGION_BYTES, 0, Map.of("mask", "ff", "value", "fe")), context);
    }

    @Override
    protected long regionBytes() {
        return REGION_BYTES;
    }
}
