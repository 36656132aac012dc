package hv.devices.internal.scsi;

import hv.api.device.DeviceSpec;
import hv.api.virtio.spi.VirtioModel;
import hv.testkit.StatefulLaws;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.FakeDisk;
import hv.testkit.fake.FakeTransport;
import java.util.List;
import java.util.Map;

class ScsiModelLawsTest extends StatefulLaws<VirtioModel> {
    private FakeDeviceContext context;

    @Override
    protected VirtioModel createPart() throws Exception {
        context = new FakeDeviceContext();
        return new ScsiModelFactory().create("virtio2/model", new DeviceSpec("virtio2", "virtio-mmio", 0, 0x1000, 3, Map.of()), context,
                List.of(new FakeDisk(1 << 20, false), new FakeDisk(1 << 16, true)));
    }

    /** Sizes set, and one of two unit attentions told. */
    @Override
    protected void exercise(VirtioModel part) {
        FakeTransport transport = new FakeTransport(ScsiLayout.QUEUES);
        part.writeConfig(ScsiLayout.CONFIG_SENSE_SIZE, 18);
        part.writeConfig(ScsiLayout.CONFIG_CDB_SIZE, 16);
        byte[] command = new byte[ScsiLayout.REQUEST_HEAD_BYTES + 16];
        command[0] = 1;
        transport.queue(ScsiLayout.REQUEST).offer(command, ScsiLayout.RESPONSE_HEAD_BYTES + 18);
        part.activate(transport, 0);
        context.runPosted();
    }
}
