package hv.testkit.fake;

import hv.api.device.spi.Device;

/** A guest's driver of a virtio MMIO transport, version 2 (virtio 1.2, 4.2.2 and 4.2.3). Its registers name those of the other transports, too. */
public class MmioDriver {
    public static final int MAGIC = 0x000;
    public static final int VERSION = 0x004;
    public static final int DEVICE_ID = 0x008;
    public static final int VENDOR_ID = 0x00c;
    public static final int DEVICE_FEATURES = 0x010;
    public static final int DEVICE_FEATURES_SEL = 0x014;
    public static final int DRIVER_FEATURES = 0x020;
    public static final int DRIVER_FEATURES_SEL = 0x024;
    public static final int QUEUE_SEL = 0x030;
    public static final int QUEUE_NUM_MAX = 0x034;
    public static final int QUEUE_NUM = 0x038;
    public static final int QUEUE_READY = 0x044;
    public static final int QUEUE_NOTIFY = 0x050;
    public static final int INTERRUPT_STATUS = 0x060;
    public static final int INTERRUPT_ACK = 0x064;
    public static final int STATUS = 0x070;
    public static final int QUEUE_DESC_LOW = 0x080;
    public static final int QUEUE_DRIVER_LOW = 0x090;
    public static final int QUEUE_DEVICE_LOW = 0x0a0;
    public static final int CONFIG_GENERATION = 0x0fc;
    public static final int CONFIG = 0x100;

    public static final int ACKNOWLEDGE = 1;
    public static final int DRIVER = 2;
    public static final int DRIVER_OK = 4;
    public static final int FEATURES_OK = 8;
    public static final int NEEDS_RESET = 64;
    public static final int FAILED = 128;

    public static final long VERSION_1 = 1L << 32;
    public static final long INDIRECT_DESC = 1L << 28;
    public static final long EVENT_IDX = 1L << 29;
    public static final long RING_PACKED = 1L << 34;

    final Device device;

    public MmioDriver(Device device) {
        this.device = device;
    }

    public long read(int register) {
        return device.read(register, 4);
    }

    public void write(int register, long value) {
        device.write(register, 4, value & 0xffff_ffffL);
    }

    public long offered() {
        write(DEVICE_FEATURES_SEL, 0);
        long low = read(DEVICE_FEATURES);
        write(DEVICE_FEATURES_SEL, 1);
        return low | read(DEVICE_FEATURES) << 32;
    }

    /** Resets, and accepts what is offered of {@code wanted}, VERSION_1 always; true if the device took it. */
    public boolean negotiate(long wanted) {
        write(STATUS, 0);
        write(STATUS, ACKNOWLEDGE);
        write(STATUS, ACKNOWLEDGE | DRIVER);
        long accepted = offered() & (wanted | VERSION_1);
        write(DRIVER_FEATURES_SEL, 0);
        write(DRIVER_FEATURES, accepted);
        write(DRIVER_FEATURES_SEL, 1);
        write(DRIVER_FEATURES, accepted >>> 32);
        write(STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
        return (read(STATUS) & FEATURES_OK) != 0;
    }

    public void setUp(int index, DriverRing queue) {
        setUp(index, queue.size(), queue.descGpa(), queue.availGpa(), queue.usedGpa());
    }

    public void setUp(int index, int size, long descGpa, long availGpa, long usedGpa) {
        write(QUEUE_SEL, index);
        write(QUEUE_NUM, size);
        write(QUEUE_DESC_LOW, descGpa);
        write(QUEUE_DESC_LOW + 4, descGpa >>> 32);
        write(QUEUE_DRIVER_LOW, availGpa);
        write(QUEUE_DRIVER_LOW + 4, availGpa >>> 32);
        write(QUEUE_DEVICE_LOW, usedGpa);
        write(QUEUE_DEVICE_LOW + 4, usedGpa >>> 32);
        write(QUEUE_READY, 1);
    }

    public void driverOk() {
        write(STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
    }

    public void kick(int queue) {
        write(QUEUE_NOTIFY, queue);
    }

    public int config(int offset, int widthBytes) {
        return (int) device.read(CONFIG + offset, widthBytes);
    }
}
