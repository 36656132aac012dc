package hv.devices.internal.scsi;

/**
 * Constants of the virtio SCSI host device (virtio 1.2, 5.6), little-endian.
 * <pre>
 *   struct virtio_scsi_config {
 *     le32 num_queues; le32 seg_max; le32 max_sectors; le32 cmd_per_lun; le32 event_info_size; le32 sense_size; le32 cdb_size;
 *     le16 max_channel; le16 max_target; le32 max_lun;
 *   }
 *   struct virtio_scsi_req_cmd {
 *     u8 lun[8]; le64 id; u8 task_attr; u8 prio; u8 crn; u8 cdb[cdb_size]; u8 dataout[];
 *     le32 sense_len; le32 residual; le16 status_qualifier; u8 status; u8 response; u8 sense[sense_size]; u8 datain[];
 *   }
 *   struct virtio_scsi_ctrl_tmf { le32 type; le32 subtype; u8 lun[8]; le64 id; u8 response; }
 *   struct virtio_scsi_ctrl_an { le32 type; u8 lun[8]; le32 event_requested; le32 event_actual; u8 response; }
 * </pre>
 */
final class ScsiLayout {
    static final int DEVICE_ID = 8;
    static final int CONTROL = 0;
    static final int EVENT = 1;
    static final int REQUEST = 2;
    static final int QUEUES = 3;
    static final int QUEUE_SIZE_MAX = 256;

    static final int CONFIG_NUM_QUEUES = 0;
    static final int CONFIG_SEG_MAX = 4;
    static final int CONFIG_MAX_SECTORS = 8;
    static final int CONFIG_CMD_PER_LUN = 12;
    static final int CONFIG_EVENT_INFO_SIZE = 16;
    static final int CONFIG_SENSE_SIZE = 20;
    static final int CONFIG_CDB_SIZE = 24;
    static final int CONFIG_MAX_CHANNEL = 28;
    static final int CONFIG_MAX_LUN = 32;
    static final int CONFIG_BYTES = 36;

    static final int SENSE_SIZE_DEFAULT = 96;
    static final int CDB_SIZE_DEFAULT = 32;
    /** Data descriptors of a request: a queue's, but for request and response. */
    static final int SEG_MAX = QUEUE_SIZE_MAX - 2;
    static final int EVENT_INFO_BYTES = 16;
    static final int CMD_PER_LUN = 128;
    static final int TARGETS_MAX = 256;

    static final int LUN_BYTES = 8;
    static final int ID_AT = 8;
    /** In front of the CDB. */
    static final int REQUEST_HEAD_BYTES = 19;
    /** In front of the sense data. */
    static final int RESPONSE_HEAD_BYTES = 12;

    static final byte S_OK = 0;
    static final byte S_OVERRUN = 1;
    static final byte S_ABORTED = 2;
    static final byte S_BAD_TARGET = 3;
    static final byte S_RESET = 4;
    static final byte S_FAILURE = 9;
    static final byte S_FUNCTION_SUCCEEDED = 10;
    static final byte S_FUNCTION_REJECTED = 11;
    static final byte S_INCORRECT_LUN = 12;
    /** The same number as {@link #S_OK}. */
    static final byte S_FUNCTION_COMPLETE = 0;

    static final int T_TMF = 0;
    static final int T_AN_QUERY = 1;
    static final int T_AN_SUBSCRIBE = 2;
    static final int TMF_BYTES = 24;
    static final int AN_BYTES = 16;
    /** le32 event_actual in front of the response. */
    static final int AN_ACTUAL_BYTES = 4;

    static final byte STATUS_GOOD = 0;
    static final byte STATUS_CHECK_CONDITION = 2;

    static final int BLOCK_BYTES = 512;
    /** Blocks of one READ or WRITE; what Linux asks for at most by itself. */
    static final int TRANSFER_BLOCKS_MAX = 0xffff;
    /** Ranges of one UNMAP. */
    static final int RANGES_MAX = 16;
    /** Blocks of one range: 16 MiB, so that writing zeroes does not keep a disk from going to sleep for long. */
    static final int RANGE_BLOCKS_MAX = 32768;

    private ScsiLayout() {
    }
}
