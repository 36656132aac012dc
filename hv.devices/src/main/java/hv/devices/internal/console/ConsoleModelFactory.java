package hv.devices.internal.console;

import hv.api.device.BackendFront;
import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.part.PartFactory;
import hv.api.virtio.spi.VirtioModel;
import hv.api.virtio.spi.VirtioModelFactory;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** Offers "virtio-console". */
@Component(service = PartFactory.class)
public final class ConsoleModelFactory implements VirtioModelFactory {
    public static final String TYPE = "virtio-console";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public VirtioModel create(String path, DeviceSpec spec, DeviceContext context, List<BackendFront> backends) {
        return new ConsoleModel(path, context);
    }
}
