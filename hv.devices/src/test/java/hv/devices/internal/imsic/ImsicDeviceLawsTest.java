package hv.devices.internal.imsic;

import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.testkit.DeviceLaws;
import java.util.Map;
import java.util.Random;

/** Of the pages; what harts reach through CSRs is in {@link ImsicTest}. */
class ImsicDeviceLawsTest extends DeviceLaws {
    @Override
    protected Device create(DeviceContext context) throws Exception {
        return new ImsicFactory().create(new DeviceSpec("device", "riscv-imsic", 0x2800_0000L, 0x2000, 0, Map.of()), context);
    }

    @Override
    protected long regionBytes() {
        return 0x2000;
    }

    @Override
    protected long interestingOffset(Random random) {
        return 0x1000L * random.nextInt(2) + 4L * random.nextInt(3);
    }
}
