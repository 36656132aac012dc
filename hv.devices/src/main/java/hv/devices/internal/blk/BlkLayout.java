package hv.devices.internal.blk;

/**
 * Constants of the virtio block device (virtio 1.2, 5.2), little-endian.
 * <pre>
 *   struct virtio_blk_config {
 *     le64 capacity; le32 size_max; le32 seg_max; struct { le16 cylinders; u8 heads; u8 sectors; } geometry; le32 blk_size;
 *     struct { u8 physical_block_exp; u8 alignment_offset; le16 min_io_size; le32 opt_io_size; } topology;
 *     u8 writeback; u8 unused0; u16 num_queues;
 *     le32 max_discard_sectors; le32 max_discard_seg; le32 discard_sector_alignment;
 *     le32 max_write_zeroes_sectors; le32 max_write_zeroes_seg; u8 write_zeroes_may_unmap; u8 unused1[3];
 *   }
 *   struct virtio_blk_req { le32 type; le32 reserved; le64 sector; u8 data[]; u8 status; }
 *   struct virtio_blk_discard_write_zeroes { le64 sector; le32 num_sectors; le32 flags; }
 * </pre>
 */
final class BlkLayout {
    static final int DEVICE_ID = 2;
    static final long F_SEG_MAX = 1L << 2;
    static final long F_RO = 1L << 5;
    static final long F_BLK_SIZE = 1L << 6;
    static final long F_FLUSH = 1L << 9;
    static final long F_TOPOLOGY = 1L << 10;
    static final long F_DISCARD = 1L << 13;
    static final long F_WRITE_ZEROES = 1L << 14;

    static final int T_IN = 0;
    static final int T_OUT = 1;
    static final int T_FLUSH = 4;
    static final int T_GET_ID = 8;
    static final int T_DISCARD = 11;
    static final int T_WRITE_ZEROES = 13;

    static final byte S_OK = 0;
    static final byte S_IOERR = 1;
    static final byte S_UNSUPP = 2;

    static final int SECTOR_BYTES = 512;
    static final int HEADER_BYTES = 16;
    static final int ID_BYTES = 20;
    static final int RANGE_BYTES = 16;
    static final int FLAG_UNMAP = 1;

    static final int CONFIG_CAPACITY = 0;
    static final int CONFIG_SEG_MAX = 12;
    static final int CONFIG_BLK_SIZE = 20;
    static final int CONFIG_PHYSICAL_BLOCK_EXP = 24;
    static final int CONFIG_NUM_QUEUES = 34;
    static final int CONFIG_MAX_DISCARD_SECTORS = 36;
    static final int CONFIG_MAX_DISCARD_SEG = 40;
    static final int CONFIG_DISCARD_ALIGNMENT = 44;
    static final int CONFIG_MAX_WRITE_ZEROES_SECTORS = 48;
    static final int CONFIG_MAX_WRITE_ZEROES_SEG = 52;
    static final int CONFIG_BYTES = 60;

    static final int QUEUE_SIZE_MAX = 256;
    /** Data descriptors of a request: a queue's, but for header and status. */
    static final int SEG_MAX = QUEUE_SIZE_MAX - 2;
    /** Ranges of one DISCARD or WRITE_ZEROES. */
    static final int RANGES_MAX = 16;
    /** Of one range: 16 MiB, so that writing zeroes does not keep a disk from going to sleep for long. */
    static final int RANGE_SECTORS_MAX = 32768;

    private BlkLayout() {
    }
}
