package hv.storage.internal;

import hv.api.block.spi.BlockBackend;
import hv.api.block.spi.BlockBackendFactory;
import hv.api.device.BackendSpec;
import hv.api.part.PartException;
import hv.api.part.PartFactory;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import org.osgi.service.component.annotations.Component;

/** Offers "raw". */
@Component(service = PartFactory.class)
public final class RawFileFactory implements BlockBackendFactory {
    public static final String TYPE = "raw";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public BlockBackend create(BackendSpec spec, Executor offload) throws PartException {
        String file = spec.property("path", "");
        if (file.isEmpty()) {
            throw new PartException("disk " + spec.path() + " names no file: give it the property \"path\"");
        }
        try {
            return new RawFile(spec.path(), Path.of(file).toAbsolutePath().normalize(), Boolean.parseBoolean(spec.property("read-only", "false")), offload);
        } catch (InvalidPathException e) {
            throw new PartException("disk " + spec.path() + ": \"" + file + "\" is no path: " + e.getReason(), e);
        }
    }
}
