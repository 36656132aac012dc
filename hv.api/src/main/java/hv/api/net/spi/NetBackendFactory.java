package hv.api.net.spi;

import hv.api.device.BackendSpec;
import hv.api.part.PartException;
import hv.api.part.PartFactory;
import hv.api.part.PartKind;
import org.osgi.annotation.versioning.ConsumerType;

/** Makes network backends. The type is "user", "stream", ... */
@ConsumerType
public interface NetBackendFactory extends PartFactory {
    @Override
    default PartKind kind() {
        return PartKind.NET_BACKEND;
    }

    /**
     * @param spec properties are the card's options, e.g. "hostfwd"
     * @throws hv.api.part.SettingException an option is unknown, or its value wrong; one line that says what to write
     * @throws PartException                this host cannot have it
     */
    NetBackend create(BackendSpec spec, NetContext context) throws PartException;
}
