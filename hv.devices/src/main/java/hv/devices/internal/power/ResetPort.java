package hv.devices.internal.power;

import hv.api.device.DeviceContext;
import hv.api.state.StateTag;
import hv.api.vcpu.Vcpu;

/**
 * A byte register through which a PC is reset: by a byte whose bits under a mask have a value. The reset control register at port 0xcf9 (Intel ICH9 datasheet,
 * 13.7.5) resets by bit 2; the keyboard controller's command port 0x64 by the command 0xfe (pulse output line 0). It reads 0: there is no reset under way,
 * and the keyboard controller's buffers are empty.
 */
final class ResetPort extends StatelessDevice {
    static final StateTag TAG = new StateTag("reset-port", 1);

    private final Vcpu.Guest guest;
    private final int mask;
    private final int value;

    ResetPort(String path, DeviceContext context, int mask, int value) {
        super(path, TAG);
        this.guest = context.guest();
        this.mask = mask;
        this.value = value;
    }

    @Override
    public long read(long offset, int widthBytes) {
        return 0;
    }

    @Override
    public void write(long offset, int widthBytes, long written) {
        if (offset == 0 && (written & mask) == value) {
            guest.reset("the guest asked for a reset");
        }
    }
}
