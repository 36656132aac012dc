package hv.devices.internal.aclint;

import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.testkit.DeviceLaws;
import java.util.Map;
import java.util.Random;

class AclintDeviceLawsTest extends DeviceLaws {
    private static final long REGION_BYTES = 0x10000;

    @Override
    protected Device create(DeviceContext context) throws Exception {
        return new AclintFactory().create(new DeviceSpec("device", "aclint", 0x1000_0000L, REGION_BYTES, 1, Map.of("machine-mode", "true")), context);
    }

    @Override
    protected long regionBytes() {
        return REGION_BYTES;
    }

    @Override
    protected long interestingOffset(Random random) {
        return new long[] {0, 4, 0x4000, 0x4004, 0x4008, 0x400c, 0xbff8, 0xbffc}[random.nextInt(8)];
    }
}
