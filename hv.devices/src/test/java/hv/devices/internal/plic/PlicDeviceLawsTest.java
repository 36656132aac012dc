package hv.devices.internal.plic;

import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.testkit.DeviceLaws;
import java.util.Map;
import java.util.Random;

class PlicDeviceLawsTest extends DeviceLaws {
    private static final long REGION_BYTES = 0x60_0000;

    @Override
    protected Device create(DeviceContext context) throws Exception {
        return new PlicFactory().create(new DeviceSpec("device", "plic", 0x1000_0000L, REGION_BYTES, 1, Map.of("machine-mode", "true")), context);
    }

    @Override
    protected long regionBytes() {
        return REGION_BYTES;
    }

    /** Priorities, pending and enable bits, thresholds and claims of both harts' contexts. */
    @Override
    protected long interestingOffset(Random random) {
        int context = random.nextInt(4);
        return switch (random.nextInt(5)) {
            case 0 -> PlicLayout.PRIORITY + 4L * random.nextInt(PlicLayout.SOURCES);
            case 1 -> PlicLayout.PENDING + 4L * random.nextInt(PlicLayout.WORDS);
            case 2 -> PlicLayout.ENABLE + (long) PlicLayout.ENABLE_STRIDE * context + 4L * random.nextInt(PlicLayout.WORDS);
            case 3 -> PlicLayout.CONTEXT + (long) PlicLayout.CONTEXT_STRIDE * context;
            default -> PlicLayout.CONTEXT + (long) PlicLayout.CONTEXT_STRIDE * context + 4;
        };
    }
}
