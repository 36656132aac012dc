package hv.devices.internal.plic;

import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.device.spi.DeviceFactory;
import hv.api.device.spi.InterruptController;
import hv.api.part.PartException;
import hv.api.part.PartFactory;
import hv.api.part.PartKind;
import org.osgi.service.component.annotations.Component;

/** Offers "riscv-plic". */
@Component(service = PartFactory.class)
public final class PlicFactory implements DeviceFactory {
    public static final String TYPE = "riscv-plic";

    @Override
    public PartKind kind() {
        return PartKind.INTERRUPT_CONTROLLER;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public InterruptController create(DeviceSpec spec, DeviceContext context) throws PartException {
        long needed = PlicLayout.regionBytes(context.guest().vcpuCount());
        if (spec.sizeBytes() < needed) {
            throw new PartException("device " + spec.path() + ": a PLIC for " + context.guest().vcpuCount() + " harts needs a region of " + needed
                    + " bytes, the board gives it " + spec.sizeBytes());
        }
        return new Plic(spec.path(), context, Boolean.parseBoolean(spec.property("machine-mode", "false")));
    }
}
