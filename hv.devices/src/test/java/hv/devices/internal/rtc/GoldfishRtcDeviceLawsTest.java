package hv.devices.internal.rtc;

import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.testkit.DeviceLaws;
import java.util.Map;
import java.util.Random;

class GoldfishRtcDeviceLawsTest extends DeviceLaws {
    private static final long REGION_BYTES = 0x1000;

    @Override
    protected Device create(DeviceContext context) throws Exception {
        return new GoldfishRtcFactory().create(new DeviceSpec("device", "rtc", 0x1000_0000L, REGION_BYTES, 1, Map.of()), context);
    }

    @Override
    protected long regionBytes() {
        return REGION_BYTES;
    }

    @Override
    protected long interestingOffset(Random random) {
        return random.nextInt(9) * 4L;
    }
}
