package hv.machine.internal;

import hv.api.device.BackendFront;
import hv.api.device.DeviceSpec;
import hv.api.part.PartKind;
import hv.api.part.ReplaceException;
import hv.api.virtio.spi.VirtioModel;
import hv.api.virtio.spi.VirtioModelFactory;
import java.util.List;

/** The place of a virtio device's semantics, in a transport. */
final class ModelSlot extends PartSlot<VirtioModel> {
    private final DeviceSlot.TransportSlot transport;
    private final List<BackendFront> backends;
    private final DeviceSpec spec;

    ModelSlot(DeviceSlot.TransportSlot transport, List<BackendFront> backends, FactoryRegistry.Entry maker) {
        super(transport.machine, transport.path + "/model", PartKind.VIRTIO_MODEL, maker);
        this.transport = transport;
        this.backends = backends;
        this.spec = transport.spec;
    }

    @Override
    VirtioModel make(FactoryRegistry.Entry entry) throws hv.api.HvException {
        DeviceGround.Footing footing = transport.ground.footing();
        VirtioModel m = ((VirtioModelFactory) entry.factory()).create(path, spec, footing, backends);
        transport.ground.stands(m, footing);
        return m;
    }

    @Override
    void publish(VirtioModel fresh) {
        transport.ground.only(fresh, VirtioModel.class);
    }

    @Override
    void fit(VirtioModel fresh) throws ReplaceException {
        transport.part().plug(fresh);
    }

    @Override
    void unfit(VirtioModel old) {
        try {
            transport.part().plug(old);
        } catch (ReplaceException e) {
            transport.quarantine(e);
        }
    }

    @Override
    boolean drainsWhileGuestRuns() {
        return true;
    }

    @Override
    void closeIntake() {
        transport.part().closeIntake();
    }

    @Override
    void openIntake() {
        transport.part().openIntake();
    }

    @Override
    List<SerialContext> contexts() {
        return List.of(transport.ground.io);
    }
}
