package hv.devices.internal.pci;

import hv.api.device.DeviceContext;
import hv.api.pci.PciBus;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import hv.devices.internal.RegisterDevice;
import hv.pci.ConfigSpace;

/**
 * A PCI Express host bridge whose registers are configuration space itself, ECAM (PCI Express 6.0, 7.2.2): 4 KiB a function, 32 devices of 8 functions a
 * bus. One bus, with the bridge itself at place 0 and functions at number 0 of the others.
 */
final class EcamHost extends RegisterDevice {
    private static final int FUNCTION_SHIFT = 12;
    private static final int DEVICE_SHIFT = 15;
    private static final int BUS_SHIFT = 20;
    /** QEMU's generic PCI Express host, which guests know. */
    private static final int VENDOR = 0x1b36;
    private static final int DEVICE = 0x0008;
    private static final int HOST_BRIDGE = 0x06_0000;

    private final PciBus bus;
    private final ConfigSpace self = new ConfigSpace(VENDOR, DEVICE, HOST_BRIDGE, 0).subsystem(0x1100);

    EcamHost(String path, DeviceContext context) {
        super(path, new StateTag("pci-host-ecam", 1));
        bus = context.pciBus();
    }

    private static boolean isFunction(long offset) {
        return offset >>> BUS_SHIFT == 0 && (offset >>> FUNCTION_SHIFT & 7) == 0;
    }

    private static int device(long offset) {
        return (int) (offset >>> DEVICE_SHIFT) & 31;
    }

    @Override
    public long read(long offset, int widthBytes) {
        int register = (int) offset & 0xfff;
        if (widthBytes == 8 || (register & widthBytes - 1) != 0 || !isFunction(offset)) {
            return -1L >>> 64 - 8 * widthBytes;
        }
        return device(offset) == 0 ? self.read(register, widthBytes) : bus.readConfig(device(offset), register, widthBytes);
    }

    @Override
    public void write(long offset, int widthBytes, long value) {
        int register = (int) offset & 0xfff;
        if (widthBytes == 8 || (register & widthBytes - 1) != 0 || !isFunction(offset)) {
            return;
        }
        if (device(offset) == 0) {
            self.write(register, widthBytes, value);
        } else {
            bus.writeConfig(device(offset), register, widthBytes, value);
        }
    }

    @Override
    public void reset() {
        self.reset();
    }

    @Override
    public void save(StateWriter out) {
        out.section("bridge");
        self.save(out);
    }

    @Override
    public void restore(StateReader in) throws StateException {
        in.section("bridge");
        byte[] bytes = self.check(in);
        in.end();
        self.restore(bytes);
    }

    @Override
    protected void stop() {
        // It does nothing by itself.
    }

    @Override
    protected void start() {
        // It does nothing by itself.
    }

    @Override
    protected void lowerLines() {
        // It has none.
    }
}
