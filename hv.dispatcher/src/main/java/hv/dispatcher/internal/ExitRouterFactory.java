package hv.dispatcher.internal;

import hv.api.dispatcher.spi.Dispatcher;
import hv.api.dispatcher.spi.DispatcherFactory;
import hv.api.part.PartFactory;
import org.osgi.service.component.annotations.Component;

/** Offers the dispatcher. */
@Component(service = PartFactory.class)
public final class ExitRouterFactory implements DispatcherFactory {
    @Override
    public String type() {
        return "dispatcher";
    }

    @Override
    public Dispatcher create() {
        return new ExitRouter();
    }
}
