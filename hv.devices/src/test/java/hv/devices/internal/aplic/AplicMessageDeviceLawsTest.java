package hv.devices.internal.aplic;

import java.util.Map;

/** With both domains, by messages. */
class AplicMessageDeviceLawsTest extends AplicDeviceLawsTest {
    @Override
    Map<String, String> properties() {
        return Map.of("machine-mode", "true", "imsic-m", "24000000", "imsic-s", "28000000");
    }
}
