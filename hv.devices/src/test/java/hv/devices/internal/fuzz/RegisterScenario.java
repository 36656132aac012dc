package hv.devices.internal.fuzz;

import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.api.device.spi.DeviceFactory;
import hv.api.device.spi.InterruptController;
import hv.api.part.PartException;
import hv.api.riscv.spi.Imsic;
import hv.api.riscv.spi.InterruptFile;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.devices.internal.aclint.AclintFactory;
import hv.devices.internal.aplic.AplicFactory;
import hv.devices.internal.imsic.ImsicFactory;
import hv.devices.internal.pci.EcamHostFactory;
import hv.devices.internal.plic.PlicFactory;
import hv.devices.internal.power.AcpiSleepFactory;
import hv.devices.internal.power.ResetPortFactory;
import hv.devices.internal.power.SifiveTestFactory;
import hv.devices.internal.rtc.CmosRtcFactory;
import hv.devices.internal.rtc.GoldfishRtcFactory;
import hv.devices.internal.uart.Uart16550Factory;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.FakeGuestMemory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A guest that pokes a device's registers at random while the world types, time passes, and the device is replaced. Whatever it does, no call
 * throws, and what was saved is taken back and saved the same.
 */
final class RegisterScenario {
    private static final List<DeviceFactory> FACTORIES =
            List.of(new Uart16550Factory(), new PlicFactory(), new AclintFactory(), new GoldfishRtcFactory(), new SifiveTestFactory(),
                    new AplicFactory(), new ImsicFactory(), new EcamHostFactory(), new CmosRtcFactory(), new AcpiSleepFactory(), new ResetPortFactory());
    private static final int REGION_BYTES = 0x60_0000;
    /** Where the registers are: a poke lands near one of these. */
    private static final int[] PLACES = {0, 0x10, 0x1000, 0x1bc0, 0x1c00, 0x1cc0, 0x1dc0, 0x1e00, 0x1ec0, 0x2000, 0x2080, 0x2200, 0x3000, 0x3100, 0x4000, 0xbff8, 0x20_0000, 0x20_1000, 0x20_3000, 0x20_4000, REGION_BYTES - 64};

    private RegisterScenario() {
    }

    static void run(byte[] bytes) throws PartException, NotAsleepException, StateException {
        Script script = new Script(bytes);
        FakeDeviceContext context = new FakeDeviceContext(new FakeGuestMemory(0x8000_0000L, 4096), 2);
        DeviceFactory factory = FACTORIES.get(script.below(FACTORIES.size()));
        // An APLIC without one drives lines.
        Map<String, String> properties = script.below(2) == 0 ? Map.of("mask", "4", "value", "4") : Map.of("imsic-s", "28000000", "mask", "ff", "value", "fe");
        Device device = make(factory, properties, context);
        device.wake();
        while (!script.isDone()) {
            int width = 1 << script.below(4);
            switch (script.below(13)) {
                case 0, 1, 2, 3 -> device.write(offset(script, width), width, mask(script.i64(), width));
                case 4, 5, 6 -> {
                    long value = device.read(offset(script, width), width);
                    if (value != mask(value, width)) {
                        throw new AssertionError("a read of " + width + " bytes gave " + Long.toHexString(value));
                    }
                }
                case 7 -> context.runPosted();
                case 8 -> context.advance(script.i32() & 0x7fff_ffffL);
                case 9 -> {
                    context.channel("serial").setRoom(script.below(20));
                    context.channel("serial").type(new byte[script.below(30)]);
                }
                case 10 -> {
                    if (device instanceof InterruptController c) {
                        c.input(script.below(200) - 50, (script.u8() & 1) != 0);
                    } else if (script.u8() == 7) {
                        device.reset();
                    }
                }
                case 11 -> {
                    if (device instanceof Imsic imsic) {
                        imsic.message(script.i64() & 0x7fff_fffcL, script.i32());
                        InterruptFile file = imsic.file(script.below(2));
                        // What a hart lets through.
                        int register = 0x70 + script.below(0x90);
                        file.change(register < InterruptFile.EIP0 ? register : register & ~1, script.i64(), script.i64());
                        file.claim();
                    }
                }
                default -> device = replace(device, factory, properties, context);
            }
        }
        context.runPosted();
        device.close();
    }

    private static long mask(long value, int width) {
        return width == 8 ? value : value & (1L << 8 * width) - 1;
    }

    private static long offset(Script script, int width) {
        int at = PLACES[script.below(PLACES.length)] + script.below(128);
        return Math.min(at, REGION_BYTES - 8) & -width;
    }

    private static Device make(DeviceFactory factory, Map<String, String> properties, FakeDeviceContext context) throws PartException {
        return factory.create(new DeviceSpec("device0", factory.type(), 0, REGION_BYTES, 1, properties), context);
    }

    private static Device replace(Device old, DeviceFactory factory, Map<String, String> properties, FakeDeviceContext context)
            throws PartException, NotAsleepException, StateException {
        old.sleep(Deadline.afterMillis(100));
        StateImage image = StateImage.of(old);
        Device next = make(factory, properties, context);
        image.into(next);
        if (!Arrays.equals(image.toBytes(), StateImage.of(next).toBytes())) {
            throw new AssertionError(factory.type() + " saves something else than it was given");
        }
        next.wake();
        old.close();
        return next;
    }
}
