package hv.suite.internal;

import static org.junit.jupiter.api.Assertions.assertThrows;

import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.api.part.PartException;
import hv.testkit.DeviceLaws;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HtifTest extends DeviceLaws {
    @Override
    protected Device create(DeviceContext context) throws Exception {
        return new HtifFactory().create(new DeviceSpec("htif0", "htif", 0x1200_0000L, 16, 0, Map.of("tohost", "80000100")), context);
    }

    @Override
    protected long regionBytes() {
        return 16;
    }

    @Override
    protected long interestingOffset(Random random) {
        return 8L * random.nextInt(2);
    }

    @Test
    void anAddressIsNeeded() {
        assertThrows(PartException.class, () -> new HtifFactory().create(new DeviceSpec("htif0", "htif", 0x1200_0000L, 16, 0, Map.of()), null));
    }
}
