package hv.devices.internal.console;

import hv.api.device.DeviceSpec;
import hv.api.virtio.spi.VirtioModel;
import hv.testkit.StatefulLaws;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.FakeTransport;
import java.util.List;
import java.util.Map;

class ConsoleModelLawsTest extends StatefulLaws<VirtioModel> {
    private FakeDeviceContext context;

    @Override
    protected VirtioModel createPart() {
        context = new FakeDeviceContext();
        return new ConsoleModelFactory().create("virtio0/model", new DeviceSpec("virtio0", "virtio-mmio", 0, 0x1000, 1, Map.of()), context, List.of());
    }

    /** Stops in the middle of a buffer. */
    @Override
    protected void exercise(VirtioModel part) {
        FakeTransport transport = new FakeTransport(2);
        context.channel("console").setRoom(3);
        context.channel("console").resize(80, 25);
        transport.queue(ConsoleModel.TX).offer("hello".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0);
        part.activate(transport, ConsoleModel.F_SIZE);
        context.runPosted();
    }
}
