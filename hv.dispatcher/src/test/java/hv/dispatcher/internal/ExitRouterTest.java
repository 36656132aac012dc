package hv.dispatcher.internal;

import hv.api.dispatcher.spi.Dispatcher;
import hv.testkit.DispatcherLaws;

class ExitRouterTest extends DispatcherLaws {
    @Override
    protected Dispatcher create() {
        return new ExitRouterFactory().create();
    }
}
