package hv.suite.internal;

import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.api.device.spi.DeviceFactory;
import hv.api.part.PartException;

/** Offers "htif"; its property "tohost" is the address of the word, in hexadecimal. */
public final class HtifFactory implements DeviceFactory {
    static final String TYPE = "htif";
    static final String TOHOST = "tohost";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Device create(DeviceSpec spec, DeviceContext context) throws PartException {
        try {
            return new Htif(spec.path(), context, Long.parseUnsignedLong(spec.property(TOHOST, ""), 16));
        } catch (NumberFormatException e) {
            throw new PartException("device " + spec.path() + ": property " + TOHOST + " is to be an address in hexadecimal", e);
        }
    }
}
