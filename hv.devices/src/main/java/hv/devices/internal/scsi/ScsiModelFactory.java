package hv.devices.internal.scsi;

import hv.api.block.spi.BlockBackend;
import hv.api.device.BackendFront;
import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.part.PartException;
import hv.api.part.PartFactory;
import hv.api.virtio.spi.VirtioModel;
import hv.api.virtio.spi.VirtioModelFactory;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** Offers "virtio-scsi". Backend i is LUN 0 of target i; its serial number is the device's path and "-disk" i. */
@Component(service = PartFactory.class)
public final class ScsiModelFactory implements VirtioModelFactory {
    public static final String TYPE = "virtio-scsi";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public VirtioModel create(String path, DeviceSpec spec, DeviceContext context, List<BackendFront> backends) throws PartException {
        List<BlockBackend.Front> disks = new ArrayList<>();
        for (BackendFront backend : backends) {
            if (backend instanceof BlockBackend.Front disk) {
                disks.add(disk);
            }
        }
        if (disks.isEmpty() || disks.size() != backends.size() || disks.size() > ScsiLayout.TARGETS_MAX) {
            throw new PartException("SCSI device " + spec.path() + " needs 1 .. " + ScsiLayout.TARGETS_MAX + " disks and nothing else, and has " + spec.backends());
        }
        return new ScsiModel(path, spec.path(), context, disks);
    }
}
