package hv.devices.internal.pci;

import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.testkit.DeviceLaws;
import java.util.Map;

class EcamHostDeviceLawsTest extends DeviceLaws {
    private static final long REGION_BYTES = 0x1000;

    @Override
    protected Device create(DeviceContext context) throws Exception {
        return new EcamHostFactory().create(new DeviceSpec("device", "pci-host-ecam", 0x1000_0000L, REGION_BYTES, 1, Map.of()), context);
    }

    @Override
    protected long regionBytes() {
        return REGION_BYTES;
    }
}
