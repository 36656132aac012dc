package hv.api.engine.spi;

import hv.api.part.PartException;
import hv.api.part.PartFactory;
import hv.api.part.PartKind;
import org.osgi.annotation.versioning.ConsumerType;

/** Makes engines, one per machine. */
@ConsumerType
public interface EngineFactory extends PartFactory {
    @Override
    default PartKind kind() {
        return PartKind.ENGINE;
    }

    EngineTraits traits();

    /** @throws hv.api.part.SettingException one of {@link #settings} has a value that it does not take @throws PartException this host or machine cannot have it; says why and what still works */
    Engine create(EngineContext context) throws PartException;
}
