package hv.network.internal;

import hv.api.device.BackendSpec;
import hv.api.net.spi.NetBackend;
import hv.api.net.spi.NetBackendFactory;
import hv.api.net.spi.NetContext;
import hv.api.part.PartException;
import hv.api.part.PartFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.osgi.service.component.annotations.Component;

/**
 * Offers "user": {@code hostfwd=[tcp:|udp:][HOSTADDRESS:]HOSTPORT[:GUESTPORT]} any number of times, {@code dns=ADDRESS} likewise, {@code ipv4=off},
 * {@code ipv6=off}, {@code host=off} (no way to the host's loopback through the gateway's address), {@code mtu=N}.
 */
@Component(service = PartFactory.class)
public final class UserFactory implements NetBackendFactory {
    public static final String TYPE = "user";
    /** The largest that passt takes. */
    private static final int MTU_MAX = 65_520;

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public NetBackend create(BackendSpec spec, NetContext context) throws PartException {
        Options o = new Options(spec);
        List<String> arguments = new ArrayList<>();
        String forwards = o.text("hostfwd", "");
        for (String text : forwards.isEmpty() ? new String[0] : forwards.split(";")) {
            HostForward f = HostForward.parse(text, o);
            arguments.add(f.udp() ? "--udp-ports" : "--tcp-ports");
            arguments.add(f.argument());
        }
        String servers = o.text("dns", "");
        for (String server : servers.isEmpty() ? new String[0] : servers.split(";")) {
            if (!server.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
                throw o.wrong("dns=" + server + ": use an address");
            }
            arguments.add("--dns");
            arguments.add(server);
        }
        boolean four = o.flag("ipv4", true);
        boolean six = o.flag("ipv6", true);
        if (!four && !six) {
            throw o.wrong("ipv4=off and ipv6=off leave nothing; use --net none");
        }
        if (!four) {
            arguments.add("--ipv6-only");
        }
        if (!six) {
            arguments.add("--ipv4-only");
        }
        if (!o.flag("host", true)) {
            arguments.add("--no-map-gw");
        }
        int mtu = o.mtu(MTU_MAX);
        if (mtu > MTU_MAX) {
            throw o.wrong("mtu=" + mtu + ": use at most " + MTU_MAX);
        }
        arguments.add("--mtu");
        arguments.add(Integer.toString(mtu));
        o.end();
        return new UserBackend(spec.path(), arguments, mtu, Objects.requireNonNullElse(System.getenv("PATH"), "/usr/bin"), context);
    }
}
