package hv.devices.internal.aplic;

import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.device.MsiSink;
import hv.api.device.spi.DeviceFactory;
import hv.api.device.spi.InterruptController;
import hv.api.part.PartException;
import hv.api.part.PartFactory;
import hv.api.part.PartKind;
import org.osgi.service.component.annotations.Component;

/**
 * Offers "riscv-aplic". Properties:
 * <pre>
 *   machine-mode   "true": a machine-level domain at the region's start, and the supervisor-level one 0x1000000 behind it
 *   imsic-s        address of hart 0's supervisor-level interrupt file, hexadecimal: it sends messages; without it, it drives lines
 *   imsic-m        likewise of machine level
 * </pre>
 */
@Component(service = PartFactory.class)
public final class AplicFactory implements DeviceFactory {
    public static final String TYPE = "riscv-aplic";
    /** What IDC structures fit behind a domain's other registers. */
    private static final int HARTS_MAX = (AplicLayout.DOMAIN_BYTES - AplicLayout.IDC) / AplicLayout.IDC_STRIDE;

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
        boolean machineMode = Boolean.parseBoolean(spec.property("machine-mode", "false"));
        long needed = AplicLayout.DOMAIN_BYTES + (machineMode ? Aplic.CHILD_OFFSET : 0);
        if (spec.sizeBytes() < needed) {
            throw new PartException("device " + spec.path() + ": an APLIC with these domains needs a region of " + needed + " bytes, the board gives it "
                    + spec.sizeBytes());
        }
        int harts = context.guest().vcpuCount();
        if (harts > HARTS_MAX) {
            throw new PartException("device " + spec.path() + ": an APLIC serves at most " + HARTS_MAX + " harts, the machine has " + harts);
        }
        boolean byMessage = !spec.property("imsic-s", "").isEmpty();
        MsiSink messages = byMessage ? context.messages() : null;
        if (byMessage && messages == null) {
            throw new PartException("device " + spec.path() + ": it is to send messages, and the machine has nothing that takes them");
        }
        return new Aplic(spec.path(), context, machineMode, messages,
                new MsiAddresses(address(spec, "imsic-m"), address(spec, "imsic-s"), harts));
    }

    private static long address(DeviceSpec spec, String property) throws PartException {
        String text = spec.property(property, "0");
        try {
            long gpa = Long.parseUnsignedLong(text, 16);
            if ((gpa & 0xfff) == 0 && gpa >>> 56 == 0) {
                return gpa;
            }
        } catch (NumberFormatException e) {
            // Said below, as for any other that is none.
        }
        throw new PartException("device " + spec.path() + ": " + property + " = \"" + text + "\" is no address of a page in hexadecimal");
    }
}
