package hv.api.dispatcher.spi;

import hv.api.part.PartFactory;
import hv.api.part.PartKind;
import org.osgi.annotation.versioning.ConsumerType;

/** Makes dispatchers, one per machine. The type is "dispatcher" for all that may stand in for each other. */
@ConsumerType
public interface DispatcherFactory extends PartFactory {
    @Override
    default PartKind kind() {
        return PartKind.DISPATCHER;
    }

    Dispatcher create();
}
