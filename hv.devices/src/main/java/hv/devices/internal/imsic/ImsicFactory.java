package hv.devices.internal.imsic;

import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.device.spi.DeviceFactory;
import hv.api.part.PartException;
import hv.api.part.PartFactory;
import hv.api.part.PartKind;
import hv.api.riscv.spi.Imsic;
import org.osgi.service.component.annotations.Component;

/** Offers "riscv-imsic": the interrupt files of supervisor level, or with property "machine-level" = "true" of machine level. */
@Component(service = PartFactory.class)
public final class ImsicFactory implements DeviceFactory {
    public static final String TYPE = "riscv-imsic";

    @Override
    public PartKind kind() {
        return PartKind.INTERRUPT_CONTROLLER;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Imsic create(DeviceSpec spec, DeviceContext context) throws PartException {
        long needed = (long) ImsicDevice.PAGE_BYTES * context.guest().vcpuCount();
        if (spec.sizeBytes() < needed) {
            throw new PartException("device " + spec.path() + ": an IMSIC for " + context.guest().vcpuCount() + " harts needs a region of " + needed
                    + " bytes, the board gives it " + spec.sizeBytes());
        }
        return new ImsicDevice(spec.path(), context, Boolean.parseBoolean(spec.property("machine-level", "false")));
    }
}
