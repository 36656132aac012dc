package hv.devices.internal.rng;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.device.DeviceSpec;
import hv.api.virtio.spi.VirtioModel;
import hv.devices.internal.VirtioRig;
import hv.testkit.StatefulLaws;
import hv.testkit.fake.DriverQueue;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.FakeTransport;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RngModelTest extends StatefulLaws<VirtioModel> {
    @Override
    protected VirtioModel createPart() {
        return new RngModelFactory().create("virtio1/model", new DeviceSpec("virtio1", "virtio-mmio", 0, 0x1000, 2, Map.of()), new FakeDeviceContext(), List.of());
    }

    @Override
    protected void exercise(VirtioModel part) {
        FakeTransport transport = new FakeTransport(1);
        transport.queue(0).offer(new byte[0], 16);
        part.activate(transport, 0);
        assertEquals(16, transport.queue(0).answered().getFirst().answeredBytes());
    }

    @Test
    void itFillsBuffersWithDifferentBytes() throws Exception {
        VirtioRig rig = new VirtioRig(new RngModelFactory(), null).start(-1);
        DriverQueue q = rig.queues[0];
        DriverQueue.Buffer a = q.in(64);
        DriverQueue.Buffer b = q.in(64);
        q.send(a);
        q.send(b);
        rig.kick(0);
        assertEquals(List.of(64L, 64L), q.takeUsed().stream().map(DriverQueue.Used::lenBytes).toList());
        assertFalse(Arrays.equals(q.content(a), q.content(b)));
        assertTrue(rig.context.line().isHigh());
    }

    @Test
    void aLargeBufferGetsAPartAndAnEmptyOneNothing() throws Exception {
        VirtioRig rig = new VirtioRig(new RngModelFactory(), null).start(-1);
        DriverQueue q = rig.queues[0];
        q.send(q.in(1 << 20));
        q.send(q.out(new byte[8]));
        rig.kick(0);
        assertEquals(List.of(4096L, 0L), q.takeUsed().stream().map(DriverQueue.Used::lenBytes).toList());
    }
}
