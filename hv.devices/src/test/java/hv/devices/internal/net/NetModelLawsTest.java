package hv.devices.internal.net;

import hv.api.virtio.spi.VirtioModel;
import hv.testkit.StatefulLaws;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.FakeTransport;
import hv.testkit.fake.FakeWire;

class NetModelLawsTest extends StatefulLaws<VirtioModel> {
    private FakeDeviceContext context;
    private FakeWire wire;

    @Override
    protected VirtioModel createPart() throws Exception {
        context = new FakeDeviceContext();
        wire = new FakeWire();
        return NetModelTest.card(context, wire);
    }

    /** A filter set, a packet half sent, and a frame without buffers. */
    @Override
    protected void exercise(VirtioModel part) {
        FakeTransport transport = new FakeTransport(NetLayout.QUEUES);
        part.activate(transport, part.features());
        context.runPosted();
        transport.queue(NetLayout.CTRL).offer(new byte[] {NetLayout.CLASS_VLAN, NetLayout.VLAN_ADD, 5, 0}, 1);
        transport.queue(NetLayout.CTRL).offer(new byte[] {NetLayout.CLASS_MAC, NetLayout.MAC_TABLE_SET, 1, 0, 0, 0, 2, 0, 0, 0, 0, 9, 0, 0, 0, 0}, 1);
        part.notified(NetLayout.CTRL);
        wire.room(1);
        transport.queue(NetLayout.TX).offer(TcpPacket.offloaded(false, 3_000, 1_000), 0);
        part.notified(NetLayout.TX);
        wire.arrive(new byte[77]);
        context.runPosted();
    }
}
