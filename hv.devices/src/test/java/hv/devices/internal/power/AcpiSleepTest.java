package hv.devices.internal.power;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.bus.PortSpace;
import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.testkit.StatefulLaws;
import hv.testkit.fake.FakeDeviceContext;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AcpiSleepTest extends StatefulLaws<Device> {
    private static final int SOFT_OFF = 1 << 5 | 5 << 2;
    private final FakeDeviceContext context = new FakeDeviceContext();

    @Override
    protected Device createPart() {
        return new AcpiSleepFactory().create(new DeviceSpec("sleep0", "acpi-sleep", PortSpace.gpa(0x600), 2, 0, Map.of()), context);
    }

    @Override
    protected void exercise(Device part) {
        part.write(0, 1, 5 << 2);
    }

    @Test
    void softOffPowersOff() {
        Device sleep = createPart();
        sleep.wake();
        sleep.write(0, 1, SOFT_OFF);
        assertEquals(List.of("powerOff: the guest powered off"), context.guest().events());
        assertEquals(0, sleep.read(0, 1));
        assertEquals(0, sleep.read(1, 1), "it never woke");
    }

    @Test
    void otherStatesAndTheStatusDoNothing() {
        Device sleep = createPart();
        sleep.wake();
        sleep.write(0, 1, 5 << 2);
        sleep.write(0, 1, 1 << 5 | 3 << 2);
        sleep.write(1, 1, SOFT_OFF);
        assertEquals(List.of(), context.guest().events());
    }
}
