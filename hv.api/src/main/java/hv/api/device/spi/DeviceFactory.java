package hv.api.device.spi;

import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.part.PartException;
import hv.api.part.PartFactory;
import hv.api.part.PartKind;
import org.osgi.annotation.versioning.ConsumerType;

/** Makes devices with registers. */
@ConsumerType
public interface DeviceFactory extends PartFactory {
    /** {@link PartKind#DEVICE} or {@link PartKind#INTERRUPT_CONTROLLER}. */
    @Override
    default PartKind kind() {
        return PartKind.DEVICE;
    }

    Device create(DeviceSpec spec, DeviceContext context) throws PartException;
}
