package hv.devices.internal.power;

import hv.api.device.DeviceContext;
import hv.api.state.StateTag;
import hv.api.vcpu.Vcpu;

/**
 * The sleep control and status registers of hardware-reduced ACPI (ACPI 6.5, 4.8.3.7): a byte each, at 0 and 1. Of the sleep states there is S5, soft off, whose
 * type is 5. The machine never wakes from anything, so the status reads 0.
 */
final class AcpiSleep extends StatelessDevice {
    static final StateTag TAG = new StateTag("acpi-sleep", 1);
    private static final int SLEEP_TYPE_SHIFT = 2;
    private static final int SLEEP_TYPE_MASK = 7;
    private static final int SLEEP_ENABLE = 1 << 5;
    private static final int SOFT_OFF = 5;

    private final Vcpu.Guest guest;

    AcpiSleep(String path, DeviceContext context) {
        super(path, TAG);
        guest = context.guest();
    }

    @Override
    public long read(long offset, int widthBytes) {
        return 0;
    }

    @Override
    public void write(long offset, int widthBytes, long value) {
        if (offset == 0 && (value & SLEEP_ENABLE) != 0 && (value >>> SLEEP_TYPE_SHIFT & SLEEP_TYPE_MASK) == SOFT_OFF) {
            guest.powerOff("the guest powered off");
        }
    }
}
