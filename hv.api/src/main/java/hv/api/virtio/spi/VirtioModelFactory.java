package hv.api.virtio.spi;

import hv.api.block.spi.BlockBackend;
import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.part.PartException;
import hv.api.part.PartFactory;
import hv.api.part.PartKind;
import org.osgi.annotation.versioning.ConsumerType;

/** Makes virtio models. The type is "virtio-blk", "virtio-console", ... */
@ConsumerType
public interface VirtioModelFactory extends PartFactory {
    @Override
    default PartKind kind() {
        return PartKind.VIRTIO_MODEL;
    }

    /**
     * @param path    the part's path, for its {@link hv.api.state.PartId}
     * @param backend the disk behind a block device (a stable front that outlives replacements of the backend), else null
     */
    VirtioModel create(String path, DeviceSpec spec, DeviceContext context, BlockBackend.Front backend) throws PartException;
}
