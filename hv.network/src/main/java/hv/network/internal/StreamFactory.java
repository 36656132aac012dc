package hv.network.internal;

import hv.api.device.BackendSpec;
import hv.api.net.spi.NetBackend;
import hv.api.net.spi.NetBackendFactory;
import hv.api.net.spi.NetContext;
import hv.api.part.PartException;
import hv.api.part.PartFactory;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import org.osgi.service.component.annotations.Component;

/** Offers "stream": {@code path=FILE}, or {@code [host=ADDRESS,]port=N}; {@code server=on} listens; {@code mtu=N}. */
@Component(service = PartFactory.class)
public final class StreamFactory implements NetBackendFactory {
    public static final String TYPE = "stream";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public NetBackend create(BackendSpec spec, NetContext context) throws PartException {
        Options o = new Options(spec);
        Path file = o.path("path");
        SocketAddress address = file != null ? UnixDomainSocketAddress.of(file) : o.inet("host", "port", ", or a path");
        boolean server = o.flag("server", false);
        int mtu = o.mtu(0);
        o.end();
        return new StreamBackend(spec.path(), address, server, mtu, context);
    }
}
