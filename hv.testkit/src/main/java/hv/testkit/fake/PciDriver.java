package hv.testkit.fake;

import hv.api.pci.spi.PciFunction;
import hv.api.pci.spi.PciWindow;

/**
 * A guest's driver of a virtio function on PCI (virtio 1.2, 4.1): it looks for the capabilities as a driver does, gives the BAR an address, and reaches what
 * {@link MmioDriver} names by number through the common configuration.
 */
public final class PciDriver extends MmioDriver {
    private static final int COMMAND = 0x04;
    private static final int CAPABILITIES = 0x34;
    private static final int BAR0 = 0x10;
    private static final int VENDOR_SPECIFIC = 0x09;
    private static final int MSI_X = 0x11;
    private final PciFunction function;
    private final int[] bars = new int[6];
    private final long[] offsets = new long[6];
    private long notifyMultiplier;
    private int msix = -1;

    /** @throws IllegalStateException a capability that a driver needs is not there */
    public PciDriver(PciFunction function, long barGpa) {
        super(function);
        this.function = function;
        for (int at = space(CAPABILITIES, 1); at != 0; at = space(at + 1, 1)) {
            int type = space(at + 3, 1);
            if (space(at, 1) == MSI_X) {
                msix = at;
            } else if (space(at, 1) == VENDOR_SPECIFIC && type >= 1 && type <= 5) {
                bars[type] = space(at + 4, 1);
                offsets[type] = space(at + 8, 4) & 0xffff_ffffL;
                if (type == 2) {
                    notifyMultiplier = space(at + 16, 4);
                }
            }
        }
        if (notifyMultiplier == 0) {
            throw new IllegalStateException("the function has no doorbells");
        }
        function.writeConfig(BAR0, 4, barGpa & 0xffff_ffffL);
        function.writeConfig(BAR0 + 4, 4, barGpa >>> 32);
        function.writeConfig(COMMAND, 2, 6);
    }

    /** Offset of the MSI-X capability, -1 if there is none. */
    public int msix() {
        return msix;
    }

    /** A field of PCI configuration space. */
    private int space(int offset, int widthBytes) {
        return (int) function.readConfig(offset, widthBytes);
    }

    /** A field of the device's own configuration. */
    @Override
    public int config(int offset, int widthBytes) {
        return (int) function.read(PciWindow.offset(bars[4], offsets[4] + offset), widthBytes);
    }

    private long common(int field, int widthBytes) {
        return function.read(PciWindow.offset(bars[1], offsets[1] + field), widthBytes);
    }

    private void common(int field, int widthBytes, long value) {
        function.write(PciWindow.offset(bars[1], offsets[1] + field), widthBytes, value & -1L >>> 64 - 8 * widthBytes);
    }

    @Override
    public long read(int register) {
        return switch (register) {
            case DEVICE_FEATURES -> common(0x04, 4);
            case STATUS -> common(0x14, 1);
            case QUEUE_NUM_MAX -> common(0x18, 2);
            case QUEUE_READY -> common(0x1c, 2);
            case INTERRUPT_STATUS -> function.read(PciWindow.offset(bars[3], offsets[3]), 1);
            case CONFIG_GENERATION -> common(0x15, 1);
            case DEVICE_ID -> space(2, 2) - 0x1040;
            default -> throw new IllegalArgumentException("register " + register + " has no like on PCI");
        };
    }

    @Override
    public void write(int register, long value) {
        switch (register) {
            case DEVICE_FEATURES_SEL -> common(0x00, 4, value);
            case DRIVER_FEATURES_SEL -> common(0x08, 4, value);
            case DRIVER_FEATURES -> common(0x0c, 4, value);
            case STATUS -> common(0x14, 1, value);
            case QUEUE_SEL -> common(0x16, 2, value);
            case QUEUE_NUM -> common(0x18, 2, value);
            case QUEUE_READY -> common(0x1c, 2, value);
            case QUEUE_DESC_LOW -> common(0x20, 4, value);
            case QUEUE_DESC_LOW + 4 -> common(0x24, 4, value);
            case QUEUE_DRIVER_LOW -> common(0x28, 4, value);
            case QUEUE_DRIVER_LOW + 4 -> common(0x2c, 4, value);
            case QUEUE_DEVICE_LOW -> common(0x30, 4, value);
            case QUEUE_DEVICE_LOW + 4 -> common(0x34, 4, value);
            case QUEUE_NOTIFY -> {
                // There are no doorbells of other queues.
                if (value >= 0 && value < 64) {
                    function.write(PciWindow.offset(bars[2], offsets[2] + value * notifyMultiplier), 2, value);
                }
            }
            case INTERRUPT_ACK -> read(INTERRUPT_STATUS);
            default -> throw new IllegalArgumentException("register " + register + " has no like on PCI");
        }
    }
}
