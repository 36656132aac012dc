package hv.devices.internal.scsi;

/**
 * How requests and responses are cut, as the driver has set it in the configuration space (virtio 1.2, 5.6.4).
 *
 * @param senseBytes room for sense data, unsigned
 * @param cdbBytes   room for the CDB, unsigned
 */
record Frame(int senseBytes, int cdbBytes) {
    /** No sense data is longer (SPC-4, 4.5.1). */
    private static final int SENSE_BYTES_MAX = 252;
    /** No CDB is longer (SPC-4, 4.3.3). */
    private static final int CDB_BYTES_MAX = 260;

    static final Frame DEFAULT = new Frame(ScsiLayout.SENSE_SIZE_DEFAULT, ScsiLayout.CDB_SIZE_DEFAULT);

    /** A driver may write anything; requests are served only if this is true. */
    boolean isUsable() {
        return Integer.compareUnsigned(senseBytes, SENSE_BYTES_MAX) <= 0 && Integer.compareUnsigned(cdbBytes, CDB_BYTES_MAX) <= 0;
    }

    int requestBytes() {
        return ScsiLayout.REQUEST_HEAD_BYTES + cdbBytes;
    }

    int responseBytes() {
        return ScsiLayout.RESPONSE_HEAD_BYTES + senseBytes;
    }
}
