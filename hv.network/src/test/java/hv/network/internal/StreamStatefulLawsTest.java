package hv.network.internal;

import hv.api.net.spi.NetBackend;
import hv.testkit.StatefulLaws;
import java.util.Map;

class StreamStatefulLawsTest extends StatefulLaws<NetBackend> {
    @Override
    protected NetBackend createPart() throws Exception {
        return StreamBackendLawsTest.backend(Map.of("path", "/nonexistent/socket"), new Host());
    }

    @Override
    protected void exercise(NetBackend part) {
        // It tries to connect, and has nothing to save but how often that has worked.
        part.flush();
    }
}
