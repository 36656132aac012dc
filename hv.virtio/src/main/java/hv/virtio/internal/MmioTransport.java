package hv.virtio.internal;

import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;

/** The MMIO transport, version 2 (virtio 1.2, 4.2). */
final class MmioTransport extends Transport {
    private static final StateTag TAG = new StateTag("virtio-mmio", 2);
    private static final long LOW = 0xffff_ffffL;

    private final InterruptStatus interrupts;

    MmioTransport(DeviceSpec spec, DeviceContext context) {
        this(spec, context, new InterruptStatus(context.line()));
    }

    private MmioTransport(DeviceSpec spec, DeviceContext context, InterruptStatus interrupts) {
        super(new PartId(spec.path(), TAG), spec, context, interrupts);
        this.interrupts = interrupts;
    }

    @Override
    public long read(long offset, int widthBytes) {
        if (offset >= MmioLayout.CONFIG) {
            return readDevice(offset - MmioLayout.CONFIG, widthBytes);
        }
        if (widthBytes != 4 || (offset & 3) != 0) {
            return 0; // 4.2.2.2: control registers are accessed 32 bits wide and aligned
        }
        return switch ((int) offset) {
            case MmioLayout.MAGIC -> MmioLayout.MAGIC_VALUE;
            case MmioLayout.VERSION -> MmioLayout.VERSION_VALUE;
            case MmioLayout.VENDOR_ID -> MmioLayout.VENDOR_VALUE;
            case MmioLayout.INTERRUPT_STATUS -> interrupts.bits();
            case MmioLayout.CONFIG_GENERATION -> generation() & LOW;
            case MmioLayout.SHM_LEN_LOW, MmioLayout.SHM_LEN_HIGH, MmioLayout.SHM_BASE_LOW, MmioLayout.SHM_BASE_HIGH -> LOW; // there is no shared memory region
            case MmioLayout.DEVICE_ID, MmioLayout.DEVICE_FEATURES, MmioLayout.QUEUE_NUM_MAX, MmioLayout.QUEUE_READY, MmioLayout.STATUS -> readRegister((int) offset);
            default -> 0; // the others can only be written
        };
    }

    @Override
    public void write(long offset, int widthBytes, long value) {
        if (offset >= MmioLayout.CONFIG) {
            writeDevice(offset - MmioLayout.CONFIG, widthBytes, value);
            return;
        }
        if (widthBytes != 4 || (offset & 3) != 0) {
            return;
        }
        switch ((int) offset) {
            case MmioLayout.QUEUE_NOTIFY -> kick((int) value);
            case MmioLayout.INTERRUPT_ACK -> interrupts.acknowledge((int) value);
            default -> writeRegister((int) offset, (int) value);
        }
    }

    @Override
    void saveOwn(StateWriter out) {
        out.section("interrupt").putInt(interrupts.bits());
    }

    @Override
    Runnable restoreOwn(StateReader in, int deviceId) throws StateException {
        in.section("interrupt");
        int bits = in.getInt(0, 3);
        return () -> interrupts.set(bits);
    }
}
