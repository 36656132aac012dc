package hv.devices.internal.blk;

import hv.api.block.spi.BlockBackend;
import hv.api.device.BackendFront;
import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.part.PartException;
import hv.api.part.PartFactory;
import hv.api.virtio.spi.VirtioModel;
import hv.api.virtio.spi.VirtioModelFactory;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** Offers "virtio-blk". The property "serial" is what GET_ID answers; without it the device's path. */
@Component(service = PartFactory.class)
public final class BlkModelFactory implements VirtioModelFactory {
    public static final String TYPE = "virtio-blk";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public VirtioModel create(String path, DeviceSpec spec, DeviceContext context, List<BackendFront> backends) throws PartException {
        if (backends.size() != 1 || !(backends.getFirst() instanceof BlockBackend.Front disk)) {
            throw new PartException("disk " + spec.path() + " needs one backend with its bytes, and has " + spec.backends());
        }
        return new BlkModel(path, spec.property("serial", spec.path()), context, disk);
    }
}
