package hv.devices.internal.blk;

import hv.api.block.spi.BlockBackend;
import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.part.PartException;
import hv.api.part.PartFactory;
import hv.api.virtio.spi.VirtioModel;
import hv.api.virtio.spi.VirtioModelFactory;
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
    public VirtioModel create(String path, DeviceSpec spec, DeviceContext context, BlockBackend.Front backend) throws PartException {
        if (backend == null) {
            throw new PartException("disk " + spec.path() + " has no backend: name one with the property \"backend\"");
        }
        return new BlkModel(path, spec.property("serial", spec.path()), context, backend);
    }
}
