package hv.devices.internal.blk;

import hv.api.device.DeviceSpec;
import hv.api.part.PartException;
import hv.api.virtio.spi.VirtioModel;
import hv.testkit.StatefulLaws;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.FakeDisk;
import hv.testkit.fake.FakeTransport;
import java.util.List;
import java.util.Map;

class BlkModelLawsTest extends StatefulLaws<VirtioModel> {
    private FakeDeviceContext context;

    @Override
    protected VirtioModel createPart() throws PartException {
        context = new FakeDeviceContext();
        return new BlkModelFactory().create("virtio2/model", new DeviceSpec("virtio2", "virtio-mmio", 0, 0x1000, 3, Map.of()), context,
                List.of(new FakeDisk(1 << 20, false)));
    }

    @Override
    protected void exercise(VirtioModel part) {
        FakeTransport transport = new FakeTransport(1);
        transport.queue(0).offer(new byte[16], 513);
        part.activate(transport, BlkLayout.F_FLUSH);
        context.runPosted();
    }
}
