package hv.devices.internal.scsi;

import java.nio.ByteBuffer;

/**
 * Why a command failed (SPC-4, 4.5).
 *
 * @param key  sense key, 0 .. 15
 * @param code additional sense code and its qualifier, ASC * 256 + ASCQ
 */
record Sense(int key, int code) {
    private static final int MEDIUM_ERROR_KEY = 3;
    private static final int ILLEGAL_REQUEST_KEY = 5;
    private static final int UNIT_ATTENTION_KEY = 6;
    private static final int DATA_PROTECT_KEY = 7;
    private static final int FIXED_CURRENT = 0x70;
    private static final int DESCRIPTOR_CURRENT = 0x72;
    static final int FIXED_BYTES = 18;
    private static final int DESCRIPTOR_BYTES = 8;

    /** Unit attention codes. */
    static final int POWER_ON_OR_RESET = 0x2900;
    static final int LUN_RESET = 0x2903;
    static final int NEXUS_LOSS = 0x2907;
    static final int CAPACITY_CHANGED = 0x2a09;

    static final Sense NONE = new Sense(0, 0);
    static final Sense WRITE_ERROR = new Sense(MEDIUM_ERROR_KEY, 0x0c00);
    static final Sense UNRECOVERED_READ_ERROR = new Sense(MEDIUM_ERROR_KEY, 0x1100);
    static final Sense PARAMETER_LIST_LENGTH = new Sense(ILLEGAL_REQUEST_KEY, 0x1a00);
    static final Sense INVALID_OPCODE = new Sense(ILLEGAL_REQUEST_KEY, 0x2000);
    static final Sense LBA_OUT_OF_RANGE = new Sense(ILLEGAL_REQUEST_KEY, 0x2100);
    static final Sense INVALID_FIELD_IN_CDB = new Sense(ILLEGAL_REQUEST_KEY, 0x2400);
    static final Sense LUN_NOT_SUPPORTED = new Sense(ILLEGAL_REQUEST_KEY, 0x2500);
    static final Sense INVALID_FIELD_IN_PARAMETERS = new Sense(ILLEGAL_REQUEST_KEY, 0x2600);
    static final Sense SAVING_NOT_SUPPORTED = new Sense(ILLEGAL_REQUEST_KEY, 0x3900);
    static final Sense WRITE_PROTECTED = new Sense(DATA_PROTECT_KEY, 0x2700);

    static Sense attention(int code) {
        return new Sense(UNIT_ATTENTION_KEY, code);
    }

    /** Fixed format, 4.5.3. */
    byte[] fixed() {
        return ByteBuffer.allocate(FIXED_BYTES).put(0, (byte) FIXED_CURRENT).put(2, (byte) key).put(7, (byte) (FIXED_BYTES - 8)).putShort(12, (short) code).array();
    }

    /** Descriptor format without descriptors, 4.5.2. */
    byte[] descriptor() {
        return ByteBuffer.allocate(DESCRIPTOR_BYTES).put(0, (byte) DESCRIPTOR_CURRENT).put(1, (byte) key).putShort(2, (short) code).array();
    }
}
