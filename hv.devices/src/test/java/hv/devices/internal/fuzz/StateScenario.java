package hv.devices.internal.fuzz;

import hv.api.device.DeviceSpec;
import hv.api.state.Deadline;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.api.state.Stateful;
import hv.api.virtio.spi.TransportDevice;
import hv.devices.internal.aclint.AclintFactory;
import hv.devices.internal.blk.BlkModelFactory;
import hv.devices.internal.console.ConsoleModelFactory;
import hv.devices.internal.aplic.AplicFactory;
import hv.devices.internal.imsic.ImsicFactory;
import hv.devices.internal.pci.EcamHostFactory;
import hv.devices.internal.plic.PlicFactory;
import hv.devices.internal.net.NetModelFactory;
import hv.devices.internal.power.AcpiSleepFactory;
import hv.devices.internal.power.ResetPortFactory;
import hv.devices.internal.power.SifiveTestFactory;
import hv.devices.internal.rtc.CmosRtcFactory;
import hv.devices.internal.rng.RngModelFactory;
import hv.devices.internal.scsi.ScsiModelFactory;
import hv.devices.internal.rtc.GoldfishRtcFactory;
import hv.devices.internal.uart.Uart16550Factory;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.FakeDisk;
import hv.testkit.fake.FakeGuestMemory;
import hv.testkit.fake.FakeWire;
import hv.virtio.internal.MmioTransportFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A state image at random: made of the script alone, or a good one with bytes changed. It is refused and nothing changes, or accepted, and then
 * the part saves what it took, wakes, works and sleeps.
 */
final class StateScenario {
    private StateScenario() {
    }

    static void run(byte[] bytes) throws Exception {
        Script script = new Script(bytes);
        FakeDeviceContext context = new FakeDeviceContext(new FakeGuestMemory(0x8000_0000L, 1 << 16), 1);
        List<Stateful> parts = parts(context);
        Stateful part = parts.get(script.below(parts.size()));
        byte[] before = StateImage.of(part).toBytes();
        byte[] image;
        if ((script.u8() & 1) == 0) {
            image = before.clone();
            for (int n = script.below(6); n > 0; n--) {
                image[script.below(image.length)] = (byte) script.u8();
            }
        } else {
            image = script.rest();
        }
        try {
            StateImage.of(part.id().tag(), image).into(part);
        } catch (StateException e) {
            if (!Arrays.equals(before, StateImage.of(part).toBytes())) {
                throw new AssertionError(part.id() + " refused a state, but changed");
            }
            return;
        }
        byte[] taken = StateImage.of(part).toBytes();
        StateImage.of(part.id().tag(), taken).into(part);
        if (!Arrays.equals(taken, StateImage.of(part).toBytes())) {
            throw new AssertionError(part.id() + " does not save what it took");
        }
        part.wake();
        context.runPosted();
        part.sleep(Deadline.afterMillis(100));
        StateImage.of(part);
    }

    private static List<Stateful> parts(FakeDeviceContext context) throws Exception {
        DeviceSpec spec = new DeviceSpec("device0", "any", 0, 0x60_0000, 1, Map.of("mac", "52:54:00:00:00:01", "mask", "4", "value", "4"));
        DeviceSpec both = new DeviceSpec("device0", "any", 0, 0x200_0000, 1, Map.of("machine-mode", "true", "imsic-s", "28000000"));
        FakeDisk disk = new FakeDisk(1 << 16, false);
        List<Stateful> parts = new ArrayList<>(List.of(new Uart16550Factory().create(spec, context), new PlicFactory().create(spec, context),
                new AclintFactory().create(spec, context), new GoldfishRtcFactory().create(spec, context), new AplicFactory().create(spec, context),
                new AplicFactory().create(both, context), new ImsicFactory().create(spec, context),
                new SifiveTestFactory().create(spec, context), new AcpiSleepFactory().create(spec, context), new ResetPortFactory().create(spec, context),
                new CmosRtcFactory().create(spec, context), new EcamHostFactory().create(spec, context),
                new ConsoleModelFactory().create("m", spec, context, List.of()), new BlkModelFactory().create("m", spec, context, List.of(disk)),
                new RngModelFactory().create("m", spec, context, List.of()), new NetModelFactory().create("m", spec, context, List.of(new FakeWire())),
                new ScsiModelFactory().create("m", spec, context, List.of(disk, disk))));
        TransportDevice transport = new MmioTransportFactory().create(spec, context);
        transport.plug(new ConsoleModelFactory().create("m", spec, context, List.of()));
        parts.add(transport);
        return parts;
    }
}
