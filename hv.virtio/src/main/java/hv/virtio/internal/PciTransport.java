package hv.virtio.internal;

import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.part.ReplaceException;
import hv.api.pci.PciBus;
import hv.api.pci.spi.PciFunction;
import hv.api.pci.spi.PciWindow;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import hv.api.virtio.spi.VirtioModel;
import hv.pci.ConfigSpace;
import hv.pci.MsiX;
import java.util.List;

/**
 * The PCI transport, modern only (virtio 1.2, 4.1). {@link PciLayout} tells what lies where.
 * <p>Without Bus Master Enable the function reaches no RAM and sends no message; its pin works. It has no express capability, as QEMU's on a root bus: to
 * a guest it is a conventional function. Deviation: queues cannot be reset one by one.
 */
final class PciTransport extends Transport implements PciFunction {
    private static final StateTag TAG = new StateTag("virtio-pci", 2);
    /** A vector for each queue and one for the configuration. */
    private static final int VECTORS = QUEUES_MAX + 1;
    private static final int PCI_CAPABILITY_BYTES = 20;

    private final PciBus bus;
    private final ConfigSpace config;
    private final MsiX messages;
    private final PciInterrupts interrupts;
    /** Offset of the capability through which configuration space reaches the BAR (4.1.4.9). */
    private final int access;
    private volatile long windowGpa = -1;

    PciTransport(DeviceSpec spec, DeviceContext context) {
        this(spec, context, new ConfigSpace(PciLayout.VENDOR, PciLayout.DEVICE_BASE, PciLayout.classCode(0), PciLayout.REVISION).interruptPin()
                .memoryBar(PciLayout.BAR, PciLayout.BAR_BYTES));
    }

    private PciTransport(DeviceSpec spec, DeviceContext context, ConfigSpace config) {
        this(spec, context, config, context.messages() == null ? null
                : new MsiX(config, context.messages(), VECTORS, PciLayout.BAR, PciLayout.TABLE, PciLayout.PENDING));
    }

    private PciTransport(DeviceSpec spec, DeviceContext context, ConfigSpace config, MsiX messages) {
        this(spec, context, config, messages, new PciInterrupts(context.line(), config, messages));
    }

    private PciTransport(DeviceSpec spec, DeviceContext context, ConfigSpace config, MsiX messages, PciInterrupts interrupts) {
        super(new PartId(spec.path(), TAG), spec, context, interrupts);
        this.bus = context.pciBus();
        this.config = config;
        followCommand();
        this.messages = messages;
        this.interrupts = interrupts;
        capability(PciLayout.TYPE_COMMON, PciLayout.COMMON, PciLayout.COMMON_BYTES, 16);
        int notify = capability(PciLayout.TYPE_NOTIFY, PciLayout.NOTIFY, PciLayout.NOTIFY_MULTIPLIER * QUEUES_MAX, 20);
        config.set(notify + 16, 4, PciLayout.NOTIFY_MULTIPLIER);
        capability(PciLayout.TYPE_ISR, PciLayout.ISR, 1, 16);
        capability(PciLayout.TYPE_DEVICE, PciLayout.DEVICE, PciLayout.PART_BYTES, 16);
        access = capability(PciLayout.TYPE_PCI, 0, 0, PCI_CAPABILITY_BYTES);
        config.allow(access + 4, 1, 0xff);
        config.allow(access + 8, 8, -1);
        config.allow(access + 16, 4, -1);
    }

    /** struct virtio_pci_cap { u8 cap_vndr, cap_next, cap_len, cfg_type, bar, id, padding[2]; le32 offset, length; } (4.1.4). */
    private int capability(int type, int offset, int lenBytes, int capabilityBytes) {
        int at = config.capability(PciLayout.CAPABILITY_ID, capabilityBytes);
        config.set(at + 2, 1, capabilityBytes);
        config.set(at + 3, 1, type);
        config.set(at + 4, 1, PciLayout.BAR);
        config.set(at + 8, 4, offset);
        config.set(at + 12, 4, lenBytes);
        return at;
    }

    @Override
    public void plug(VirtioModel next) throws ReplaceException {
        super.plug(next);
        identify(next.deviceId());
    }

    private void identify(int virtioDevice) {
        config.set(2, 2, PciLayout.DEVICE_BASE + virtioDevice);
        config.subsystem(PciLayout.DEVICE_BASE + virtioDevice);
        config.set(9, 3, PciLayout.classCode(virtioDevice));
    }

    // ---- configuration space

    @Override
    public long readConfig(int offset, int widthBytes) {
        if (offset == access + 16 && reachesBar(widthBytes)) {
            return read(PciWindow.offset(PciLayout.BAR, accessOffset()), widthBytes);
        }
        return config.read(offset, widthBytes);
    }

    @Override
    public void writeConfig(int offset, int widthBytes, long value) {
        if (offset == access + 16) {
            if (reachesBar(widthBytes)) {
                write(PciWindow.offset(PciLayout.BAR, accessOffset()), widthBytes, value);
            }
            return;
        }
        config.write(offset, widthBytes, value);
        followCommand();
        interrupts.controlChanged();
        locate();
    }

    /** Under this: two vCPUs that write the command register must not leave the older of both values in force. */
    private synchronized void followCommand() {
        master((config.get(ConfigSpace.COMMAND, 2) & ConfigSpace.COMMAND_MASTER) != 0);
    }

    private long accessOffset() {
        return config.get(access + 8, 4);
    }

    /** 4.1.4.9.1: BAR, offset and length were set to something that can be accessed so. */
    private boolean reachesBar(int widthBytes) {
        long offset = accessOffset();
        return config.get(access + 4, 1) == PciLayout.BAR && config.get(access + 12, 4) == widthBytes && (widthBytes == 1 || widthBytes == 2 || widthBytes == 4)
                && offset % widthBytes == 0 && offset <= PciLayout.BAR_BYTES - widthBytes;
    }

    private void locate() {
        long gpa = config.barGpa(PciLayout.BAR);
        if (gpa != windowGpa) {
            windowGpa = gpa;
            bus.windowsChanged();
        }
    }

    @Override
    public List<PciWindow> windows() {
        long gpa = windowGpa;
        return gpa < 0 ? List.of() : List.of(new PciWindow(PciLayout.BAR, gpa, PciLayout.BAR_BYTES));
    }

    // ---- the BAR

    @Override
    public long read(long offset, int widthBytes) {
        int at = (int) PciWindow.inBar(offset);
        int in = at % PciLayout.PART_BYTES;
        return switch (at - in) {
            case PciLayout.COMMON -> readCommon(in, widthBytes);
            case PciLayout.ISR -> in == 0 ? interrupts.takeIsr() : 0;
            case PciLayout.DEVICE -> readDevice(in, widthBytes);
            case PciLayout.TABLE -> messages == null ? 0 : messages.readTable(in, widthBytes);
            case PciLayout.PENDING -> messages == null ? 0 : messages.readPending(in, widthBytes);
            default -> 0;
        };
    }

    @Override
    public void write(long offset, int widthBytes, long value) {
        int at = (int) PciWindow.inBar(offset);
        int in = at % PciLayout.PART_BYTES;
        switch (at - in) {
            case PciLayout.COMMON -> writeCommon(in, widthBytes, value);
            case PciLayout.DEVICE -> writeDevice(in, widthBytes, value);
            case PciLayout.NOTIFY -> {
                if (in % PciLayout.NOTIFY_MULTIPLIER == 0) {
                    kick(in / PciLayout.NOTIFY_MULTIPLIER);
                }
            }
            case PciLayout.TABLE -> {
                if (messages != null) {
                    messages.writeTable(in, widthBytes, value);
                }
            }
            default -> {
                // ISR status and pending bits are only read; behind them is nothing.
            }
        }
    }

    /** 4.1.3.1: fields are accessed at their own width, those of 64 bits by halves or whole. */
    private long readCommon(int at, int widthBytes) {
        if (widthBytes == 8 && at >= PciLayout.QUEUE_DESC && at % 8 == 0) {
            return readCommon(at, 4) | readCommon(at + 4, 4) << 32;
        }
        if (widthBytes != width(at)) {
            return 0;
        }
        return switch (at) {
            case PciLayout.CONFIG_VECTOR -> interrupts.configVector();
            case PciLayout.NUM_QUEUES -> queueCount();
            case PciLayout.CONFIG_GENERATION -> generation() & 0xff;
            case PciLayout.QUEUE_SIZE -> {
                long size = readRegister(MmioLayout.QUEUE_NUM);
                yield (size == 0 ? readRegister(MmioLayout.QUEUE_NUM_MAX) : size) & 0xffff;
            }
            case PciLayout.QUEUE_VECTOR -> selected() < queueCount() ? interrupts.queueVector(selected()) : PciLayout.NO_VECTOR;
            case PciLayout.QUEUE_NOTIFY_OFF -> selected() < queueCount() ? selected() : 0;
            default -> readRegister(register(at));
        };
    }

    private void writeCommon(int at, int widthBytes, long value) {
        if (widthBytes == 8 && at >= PciLayout.QUEUE_DESC && at % 8 == 0) {
            writeCommon(at, 4, value & 0xffff_ffffL);
            writeCommon(at + 4, 4, value >>> 32);
            return;
        }
        if (widthBytes != width(at)) {
            return;
        }
        switch (at) {
            case PciLayout.CONFIG_VECTOR -> interrupts.configVector((int) value);
            case PciLayout.QUEUE_VECTOR -> {
                if (selected() < queueCount()) {
                    interrupts.queueVector(selected(), (int) value);
                }
            }
            case PciLayout.QUEUE_ENABLE -> {
                if (value == 1) { // 4.1.4.3.2: a driver does not write 0
                    if (readRegister(MmioLayout.QUEUE_NUM) == 0) {
                        writeRegister(MmioLayout.QUEUE_NUM, (int) readRegister(MmioLayout.QUEUE_NUM_MAX));
                    }
                    writeRegister(MmioLayout.QUEUE_READY, 1);
                }
            }
            case PciLayout.DEVICE_FEATURE, PciLayout.NUM_QUEUES, PciLayout.CONFIG_GENERATION, PciLayout.QUEUE_NOTIFY_OFF -> {
                // Read-only.
            }
            default -> writeRegister(register(at), (int) value);
        }
    }

    private int queueCount() {
        VirtioModel m = model();
        return m == null ? 0 : m.queueCount();
    }

    private int selected() {
        return (int) Math.min(readRegister(MmioLayout.QUEUE_SEL), Integer.MAX_VALUE);
    }

    private static int width(int at) {
        return switch (at) {
            case PciLayout.DEVICE_STATUS, PciLayout.CONFIG_GENERATION -> 1;
            case PciLayout.CONFIG_VECTOR, PciLayout.NUM_QUEUES, PciLayout.QUEUE_SELECT, PciLayout.QUEUE_SIZE, PciLayout.QUEUE_VECTOR, PciLayout.QUEUE_ENABLE,
                PciLayout.QUEUE_NOTIFY_OFF -> 2;
            default -> at < PciLayout.COMMON_BYTES && at % 4 == 0 ? 4 : 0;
        };
    }

    /** The register of {@link Transport} that a field stands for. */
    private static int register(int at) {
        return switch (at) {
            case PciLayout.DEVICE_FEATURE_SELECT -> MmioLayout.DEVICE_FEATURES_SEL;
            case PciLayout.DEVICE_FEATURE -> MmioLayout.DEVICE_FEATURES;
            case PciLayout.DRIVER_FEATURE_SELECT -> MmioLayout.DRIVER_FEATURES_SEL;
            case PciLayout.DRIVER_FEATURE -> MmioLayout.DRIVER_FEATURES;
            case PciLayout.DEVICE_STATUS -> MmioLayout.STATUS;
            case PciLayout.QUEUE_SELECT -> MmioLayout.QUEUE_SEL;
            case PciLayout.QUEUE_SIZE -> MmioLayout.QUEUE_NUM;
            case PciLayout.QUEUE_ENABLE -> MmioLayout.QUEUE_READY;
            case PciLayout.QUEUE_DESC -> MmioLayout.QUEUE_DESC_LOW;
            case PciLayout.QUEUE_DESC + 4 -> MmioLayout.QUEUE_DESC_HIGH;
            case PciLayout.QUEUE_DRIVER -> MmioLayout.QUEUE_DRIVER_LOW;
            case PciLayout.QUEUE_DRIVER + 4 -> MmioLayout.QUEUE_DRIVER_HIGH;
            case PciLayout.QUEUE_DEVICE -> MmioLayout.QUEUE_DEVICE_LOW;
            case PciLayout.QUEUE_DEVICE + 4 -> MmioLayout.QUEUE_DEVICE_HIGH;
            default -> throw new IllegalStateException("no register at " + at);
        };
    }

    // ---- life

    @Override
    public void reset() {
        config.reset();
        if (messages != null) {
            messages.reset();
        }
        super.reset();
        followCommand();
        locate();
    }

    @Override
    void saveOwn(StateWriter out) {
        out.section("pci").putBoolean(messages != null);
        config.save(out);
        interrupts.save(out);
        if (messages != null) {
            out.section("msix");
            messages.save(out);
        }
    }

    @Override
    Runnable restoreOwn(StateReader in, int deviceId) throws StateException {
        in.section("pci");
        if (in.getBoolean() != (messages != null)) {
            throw new StateException(id.path() + ": the state " + (messages == null ? "has messages, and this machine takes none" : "knows no messages"));
        }
        int known = (int) config.get(2, 2) - PciLayout.DEVICE_BASE;
        identify(deviceId);
        try {
            byte[] bytes = config.check(in);
            Runnable own = interrupts.check(in);
            Runnable table = messages == null ? () -> { } : table(in);
            return () -> {
                config.restore(bytes);
                followCommand();
                own.run();
                table.run();
                windowGpa = config.barGpa(PciLayout.BAR);
            };
        } finally {
            // The saved bytes bring the identity with them, if they are taken over.
            identify(known);
        }
    }

    private Runnable table(StateReader in) throws StateException {
        in.section("msix");
        return messages.check(in);
    }
}
