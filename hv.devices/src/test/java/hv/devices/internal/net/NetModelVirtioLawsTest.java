package hv.devices.internal.net;

import hv.api.block.spi.BlockBackend;
import hv.api.device.DeviceContext;
import hv.api.virtio.spi.VirtioModel;
import hv.testkit.VirtioModelLaws;
import hv.testkit.fake.FakeWire;
import java.util.Random;

class NetModelVirtioLawsTest extends VirtioModelLaws {
    private final Random noise = new Random(7);

    @Override
    protected VirtioModel create(DeviceContext context, BlockBackend.Front disk) throws Exception {
        FakeWire wire = new FakeWire(1500);
        for (int i = noise.nextInt(4); i > 0; i--) {
            wire.arrive(new byte[14 + noise.nextInt(4000)]);
        }
        return NetModelTest.card(context, wire);
    }

    /** Frames with headers near the truth, and commands. */
    @Override
    protected byte[] request(int queue, Random random) {
        byte[] b = new byte[queue == NetLayout.CTRL ? random.nextInt(40) : random.nextInt(200)];
        random.nextBytes(b);
        if (queue == NetLayout.CTRL && b.length > 2) {
            b[0] = (byte) random.nextInt(4);
            b[1] = (byte) random.nextInt(3);
        }
        return b;
    }
}
