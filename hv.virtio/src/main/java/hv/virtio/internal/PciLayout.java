package hv.virtio.internal;

/**
 * The virtio function on PCI (virtio 1.2, 4.1). Everything lies in one memory BAR; the capabilities of type 0x09 tell where.
 * <pre>
 * 0x0000  common configuration   struct virtio_pci_common_cfg (4.1.4.3), below
 * 0x1000  ISR status             1 byte, cleared by reading (4.1.4.5)
 * 0x2000  device configuration
 * 0x3000  doorbells              4 bytes a queue
 * 0x4000  MSI-X table
 * 0x6000  MSI-X pending bits
 *
 * struct virtio_pci_common_cfg { le32 device_feature_select, device_feature, driver_feature_select, driver_feature; le16 config_msix_vector, num_queues;
 *     u8 device_status, config_generation; le16 queue_select, queue_size, queue_msix_vector, queue_enable, queue_notify_off;
 *     le64 queue_desc, queue_driver, queue_device; }
 * </pre>
 */
final class PciLayout {
    static final int VENDOR = 0x1af4;
    static final int DEVICE_BASE = 0x1040;
    static final int REVISION = 1;
    static final int BAR = 0;
    static final int BAR_BYTES = 0x8000;
    static final int COMMON = 0x0000;
    static final int ISR = 0x1000;
    static final int DEVICE = 0x2000;
    static final int NOTIFY = 0x3000;
    static final int TABLE = 0x4000;
    static final int PENDING = 0x6000;
    static final int PART_BYTES = 0x1000;
    static final int NOTIFY_MULTIPLIER = 4;

    static final int DEVICE_FEATURE_SELECT = 0x00;
    static final int DEVICE_FEATURE = 0x04;
    static final int DRIVER_FEATURE_SELECT = 0x08;
    static final int DRIVER_FEATURE = 0x0c;
    static final int CONFIG_VECTOR = 0x10;
    static final int NUM_QUEUES = 0x12;
    static final int DEVICE_STATUS = 0x14;
    static final int CONFIG_GENERATION = 0x15;
    static final int QUEUE_SELECT = 0x16;
    static final int QUEUE_SIZE = 0x18;
    static final int QUEUE_VECTOR = 0x1a;
    static final int QUEUE_ENABLE = 0x1c;
    static final int QUEUE_NOTIFY_OFF = 0x1e;
    static final int QUEUE_DESC = 0x20;
    static final int QUEUE_DRIVER = 0x28;
    static final int QUEUE_DEVICE = 0x30;
    static final int COMMON_BYTES = 0x38;

    /** A vector that stands for none (4.1.5.1.2). */
    static final int NO_VECTOR = 0xffff;

    static final int CAPABILITY_ID = 0x09;
    static final int TYPE_COMMON = 1;
    static final int TYPE_NOTIFY = 2;
    static final int TYPE_ISR = 3;
    static final int TYPE_DEVICE = 4;
    static final int TYPE_PCI = 5;

    private PciLayout() {
    }

    /** The PCI class that drivers and people expect of a virtio device. */
    static int classCode(int virtioDevice) {
        return switch (virtioDevice) {
            case 1 -> 0x02_0000; // Ethernet
            case 2, 8 -> 0x01_0000; // SCSI storage, as QEMU has it for both
            case 3 -> 0x07_8000; // other communication
            default -> 0x00_ff00;
        };
    }
}
