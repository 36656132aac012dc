package hv.devices.internal.power;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.testkit.StatefulLaws;
import hv.testkit.fake.FakeDeviceContext;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SifiveTestTest extends StatefulLaws<Device> {
    private final FakeDeviceContext context = new FakeDeviceContext();

    @Override
    protected Device createPart() {
        return new SifiveTestFactory().create(new DeviceSpec("power0", "sifive-test", 0x10_0000, 0x1000, 0, Map.of()), context);
    }

    @Override
    protected void exercise(Device part) {
        part.write(0, 4, 0x1111);
    }

    @Test
    void commandsReachTheMachine() {
        Device test = createPart();
        test.wake();
        test.write(0, 4, 0x5555);
        test.write(0, 4, 0x7777);
        test.write(0, 4, 42 << 16 | 0x3333);
        assertEquals(List.of("powerOff: the guest powered off", "reset: the guest asked for a reset",
                "powerOff: the guest powered off, reporting failure 42"), context.guest().events());
    }

    @Test
    void everythingElseIsNothing() {
        Device test = createPart();
        test.wake();
        test.write(0, 4, 0x5556);
        test.write(4, 4, 0x5555);
        test.write(0, 1, 0x55);
        assertEquals(0, test.read(0, 4));
        assertEquals(List.of(), context.guest().events());
    }
}
