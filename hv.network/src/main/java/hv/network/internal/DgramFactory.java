package hv.network.internal;

import hv.api.device.BackendSpec;
import hv.api.net.spi.NetBackend;
import hv.api.net.spi.NetBackendFactory;
import hv.api.net.spi.NetContext;
import hv.api.part.PartException;
import hv.api.part.PartFactory;
import java.net.InetSocketAddress;
import org.osgi.service.component.annotations.Component;

/** Offers "dgram": {@code local.port=N,remote.port=N[,local.host=ADDRESS][,remote.host=ADDRESS][,mtu=N]}. */
@Component(service = PartFactory.class)
public final class DgramFactory implements NetBackendFactory {
    public static final String TYPE = "dgram";
    private static final String UDP_ONLY = ", a UDP port; over Unix sockets there is stream,path=";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public NetBackend create(BackendSpec spec, NetContext context) throws PartException {
        Options o = new Options(spec);
        InetSocketAddress local = o.inet("local.host", "local.port", UDP_ONLY);
        InetSocketAddress remote = o.inet("remote.host", "remote.port", UDP_ONLY);
        int mtu = o.mtu(0);
        o.end();
        if (remote.getAddress().isMulticastAddress()) {
            throw o.wrong("remote.host=" + remote.getHostString() + ": use the address of one peer");
        }
        return new DgramBackend(spec.path(), local, remote, mtu, context);
    }
}
