package hv.api.virtio.spi;

import hv.api.device.BackendFront;
import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.part.PartException;
import hv.api.part.PartFactory;
import hv.api.part.PartKind;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** Makes virtio models. The type is "virtio-blk", "virtio-console", ... */
@ConsumerType
public interface VirtioModelFactory extends PartFactory {
    @Override
    default PartKind kind() {
        return PartKind.VIRTIO_MODEL;
    }

    /**
     * @param path     the part's path, for its {@link hv.api.state.PartId}
     * @param backends stable fronts of what is behind the device, one for each of {@link DeviceSpec#backends}
     */
    VirtioModel create(String path, DeviceSpec spec, DeviceContext context, List<BackendFront> backends) throws PartException;
}
