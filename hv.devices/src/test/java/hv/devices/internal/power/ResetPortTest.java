package hv.devices.internal.power;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.bus.PortSpace;
import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.api.part.PartException;
import hv.testkit.StatefulLaws;
import hv.testkit.fake.FakeDeviceContext;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResetPortTest extends StatefulLaws<Device> {
    private static final List<String> RESET = List.of("reset: the guest asked for a reset");

    private static Device port(FakeDeviceContext context, String mask, String value) throws PartException {
        Device port = new ResetPortFactory().create(new DeviceSpec("reset0", "reset-port", PortSpace.gpa(0xcf9), 1, 0, Map.of("mask", mask, "value", value)), context);
        port.wake();
        return port;
    }

    @Override
    protected Device createPart() throws PartException {
        return new ResetPortFactory().create(new DeviceSpec("reset0", "reset-port", PortSpace.gpa(0xcf9), 1, 0, Map.of("mask", "4", "value", "4")),
                new FakeDeviceContext());
    }

    @Override
    protected void exercise(Device part) {
        part.write(0, 1, 2);
    }

    @Test
    void resetControlResetsByItsBit() throws Exception {
        FakeDeviceContext context = new FakeDeviceContext();
        Device port = port(context, "4", "4");
        port.write(0, 1, 2);
        port.write(1, 1, 6);
        assertEquals(List.of(), context.guest().events());
        port.write(0, 1, 6);
        assertEquals(RESET, context.guest().events());
        assertEquals(0, port.read(0, 1));
    }

    @Test
    void theKeyboardControllerResetsByItsCommand() throws Exception {
        FakeDeviceContext context = new FakeDeviceContext();
        Device port = port(context, "ff", "fe");
        port.write(0, 1, 0xff);
        port.write(0, 1, 0xd1);
        assertEquals(List.of(), context.guest().events());
        port.write(0, 1, 0xfe);
        assertEquals(RESET, context.guest().events());
    }

    @Test
    void propertiesThatAreNoBytesAreRefused() {
        String message = assertThrows(PartException.class, () -> port(new FakeDeviceContext(), "4", "-1")).getMessage();
        assertTrue(message.contains("reset0") && message.contains("value"), message);
    }
}
