package hv.devices.internal.aplic;

import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.testkit.DeviceLaws;
import java.util.Map;
import java.util.Random;

/** With both domains, by lines. */
class AplicDeviceLawsTest extends DeviceLaws {
    private static final long REGION_BYTES = 0x200_0000;

    Map<String, String> properties() {
        return Map.of("machine-mode", "true");
    }

    @Override
    protected Device create(DeviceContext context) throws Exception {
        return new AplicFactory().create(new DeviceSpec("device", "riscv-aplic", 0xc00_0000L, REGION_BYTES, 0, properties()), context);
    }

    @Override
    protected long regionBytes() {
        return REGION_BYTES;
    }

    @Override
    protected long interestingOffset(Random random) {
        long domain = random.nextBoolean() ? Aplic.CHILD_OFFSET : 0;
        long word = 4L * random.nextInt(AplicLayout.WORDS);
        return domain + switch (random.nextInt(12)) {
            case 0 -> AplicLayout.DOMAINCFG;
            case 1, 2 -> 4L * random.nextInt(AplicLayout.SOURCES + 2);
            case 3 -> AplicLayout.MMSIADDRCFG + 4L * random.nextInt(4);
            case 4 -> AplicLayout.SETIP + word;
            case 5 -> AplicLayout.IN_CLRIP + word;
            case 6, 7 -> AplicLayout.SETIE + word;
            case 8 -> (random.nextBoolean() ? AplicLayout.CLRIE : AplicLayout.CLRIPNUM & ~0xff) + (random.nextBoolean() ? 0xdc : word);
            case 9 -> AplicLayout.GENMSI + 4L * random.nextInt(AplicLayout.SOURCES + 2);
            case 10 -> AplicLayout.SETIPNUM_LE + 4L * random.nextInt(2);
            default -> AplicLayout.IDC + AplicLayout.IDC_STRIDE * random.nextInt(3) + 4L * random.nextInt(8);
        };
    }
}
