package hv.devices.internal.net;

import hv.api.device.BackendFront;
import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.net.spi.NetBackend;
import hv.api.part.PartException;
import hv.api.part.PartFactory;
import hv.api.virtio.spi.VirtioModel;
import hv.api.virtio.spi.VirtioModelFactory;
import java.util.HexFormat;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** Offers "virtio-net". The property "mac" is its address, such as 52:54:00:12:34:56. */
@Component(service = PartFactory.class)
public final class NetModelFactory implements VirtioModelFactory {
    public static final String TYPE = "virtio-net";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public VirtioModel create(String path, DeviceSpec spec, DeviceContext context, List<BackendFront> backends) throws PartException {
        if (backends.size() != 1 || !(backends.getFirst() instanceof NetBackend.Front wire)) {
            throw new PartException("network card " + spec.path() + " needs one backend with its frames, and has " + spec.backends());
        }
        String mac = spec.property("mac", "");
        try {
            byte[] address = HexFormat.ofDelimiter(":").parseHex(mac);
            if (address.length == NetLayout.MAC_BYTES && (address[0] & 1) == 0) {
                return new NetModel(path, address, context, wire);
            }
        } catch (IllegalArgumentException e) {
            throw new PartException("network card " + spec.path() + ": \"" + mac + "\" is no address: " + e.getMessage(), e);
        }
        throw new PartException("network card " + spec.path() + ": \"" + mac + "\" is no address of one card");
    }
}
