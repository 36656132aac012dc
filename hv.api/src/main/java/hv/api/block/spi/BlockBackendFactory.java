package hv.api.block.spi;

import hv.api.device.BackendSpec;
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
     * @param spec    properties "path", "read-only"
     * @param offload runs blocking work on host threads
     */
    BlockBackend create(BackendSpec spec, Executor offload) throws PartException;
}
