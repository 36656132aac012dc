package hv.devices.internal.power;

import hv.api.device.DeviceContext;
import hv.api.state.StateTag;
import hv.api.vcpu.Vcpu;

/**
 * SiFive's test finisher, with which a guest powers off or resets the machine: one register at 0, command in bits 0 .. 15, code in 16 .. 31.
 * It has no state.
 */
final class SifiveTest extends StatelessDevice {
    static final StateTag TAG = new StateTag("sifive-test", 1);
    private static final int FAIL = 0x3333;
    private static final int PASS = 0x5555;
    private static final int RESET = 0x7777;

    private final Vcpu.Guest guest;

    SifiveTest(String path, DeviceContext context) {
        super(path, TAG);
        guest = context.guest();
    }

    @Override
    public long read(long offset, int widthBytes) {
        return 0;
    }

    @Override
    public void write(long offset, int widthBytes, long value) {
        if (offset != 0 || widthBytes < 2) {
            return;
        }
        switch ((int) value & 0xffff) {
            case PASS -> guest.powerOff("the guest powered off");
            case FAIL -> guest.powerOff("the guest powered off, reporting failure " + ((int) value >>> 16));
            case RESET -> guest.reset("the guest asked for a reset");
            default -> { }
        }
    }
}
