package hv.api.block.spi;

import hv.api.device.DeviceSpec;
import hv.api.part.PartException;
import hv.api.part.PartFactory;
import hv.api.part.PartKind;
import java.util.concurrent.Executor;
import org.osgi.annotation.versioning.ConsumerType;

/** Makes block backends. The type is "raw", ... */
@ConsumerType
public interface BlockBackendFactory extends PartFactory {
    @Override
    default PartKind kind() {
        return PartKind.BLOCK_BACKEND;
    }

    /**
     * @param path    the part's path
     * @param spec    of the device in front; properties "path", "read-only"
     * @param offload runs blocking work on host threads
     */
    BlockBackend create(String path, DeviceSpec spec, Executor offload) throws PartException;
}
