package hv.dispatcher.internal;

import hv.api.dispatcher.spi.Dispatcher;
import hv.testkit.StatefulLaws;

class ExitRouterStateTest extends StatefulLaws<Dispatcher> {
    @Override
    protected Dispatcher createPart() {
        return new ExitRouterFactory().create();
    }

    @Override
    protected void exercise(Dispatcher part) {
        // It has no state to gain.
    }
}
