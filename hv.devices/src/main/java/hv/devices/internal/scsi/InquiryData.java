package hv.devices.internal.scsi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What INQUIRY answers (SPC-4, 6.6 and 7.8; SBC-3, 6.6), big-endian. */
final class InquiryData {
    static final int SUPPORTED_PAGES = 0x00;
    static final int SERIAL = 0x80;
    static final int IDENTIFICATION = 0x83;
    static final int BLOCK_LIMITS = 0xb0;
    static final int BLOCK_CHARACTERISTICS = 0xb1;
    static final int PROVISIONING = 0xb2;

    private static final int STANDARD_BYTES = 96;
    private static final int WELL_KNOWN_TYPE = 0x1e;
    /** Peripheral qualifier 3, type 1f: no such logical unit. */
    private static final int NO_UNIT = 0x7f;
    private static final int SPC_4 = 6;
    /** HISUP, response data format 2. */
    private static final int FORMAT = 0x12;
    private static final int CMDQUE = 2;
    /** SAM-5, SPC-4, SBC-3. */
    private static final short[] VERSIONS = {0x00a0, 0x0460, 0x04c0};
    private static final int VERSIONS_AT = 58;
    private static final String VENDOR = "HV      ";
    private static final int PAGE_HEAD_BYTES = 4;
    private static final int LIMITS_BYTES = 64;
    private static final int SERIAL_BYTES_MAX = 200;

    private InquiryData() {
    }

    static byte[] standard(LunAddress.Unit unit) {
        ByteBuffer b = ByteBuffer.allocate(STANDARD_BYTES);
        b.put((byte) type(unit)).put((byte) 0).put((byte) SPC_4).put((byte) FORMAT).put((byte) (STANDARD_BYTES - 5)).putShort((short) 0).put((byte) CMDQUE);
        b.put(ascii(VENDOR)).put(ascii("Virtual Disk    ")).put(ascii("1   "));
        b.position(VERSIONS_AT);
        for (short version : VERSIONS) {
            b.putShort(version);
        }
        return b.array();
    }

    private static int type(LunAddress.Unit unit) {
        return switch (unit) {
            case DISK -> 0;
            case REPORT_LUNS -> WELL_KNOWN_TYPE;
            case NONE -> NO_UNIT;
        };
    }

    /** @return null if there is no such page */
    static byte[] page(int page, Disk disk) {
        byte[] body = switch (page) {
            case SUPPORTED_PAGES -> new byte[] {SUPPORTED_PAGES, (byte) SERIAL, (byte) IDENTIFICATION, (byte) BLOCK_LIMITS, (byte) BLOCK_CHARACTERISTICS,
                (byte) PROVISIONING};
            case SERIAL -> serial(disk);
            case IDENTIFICATION -> identification(disk);
            case BLOCK_LIMITS -> limits(disk);
            case BLOCK_CHARACTERISTICS -> ByteBuffer.allocate(LIMITS_BYTES - PAGE_HEAD_BYTES).putShort((short) 1).array(); // does not rotate
            // LBPU, thin provisioning; or neither.
            case PROVISIONING -> new byte[] {0, (byte) (disk.geometry().discards() ? 0x80 : 0), (byte) (disk.geometry().discards() ? 2 : 0), 0};
            default -> null;
        };
        return body == null ? null : ByteBuffer.allocate(PAGE_HEAD_BYTES + body.length).put((byte) 0).put((byte) page).putShort((short) body.length).put(body).array();
    }

    private static byte[] serial(Disk disk) {
        byte[] all = ascii(disk.serial());
        return java.util.Arrays.copyOf(all, Math.min(all.length, SERIAL_BYTES_MAX));
    }

    /** One designator of the logical unit: ASCII, by T10 vendor identification. */
    private static byte[] identification(Disk disk) {
        byte[] name = serial(disk);
        return ByteBuffer.allocate(4 + VENDOR.length() + name.length).put((byte) 2).put((byte) 1).put((byte) 0).put((byte) (VENDOR.length() + name.length))
                .put(ascii(VENDOR)).put(name).array();
    }

    private static byte[] limits(Disk disk) {
        ByteBuffer b = ByteBuffer.allocate(LIMITS_BYTES - PAGE_HEAD_BYTES);
        int granularity = disk.blocksPerPhysical();
        b.put((byte) 1).put((byte) 0).putShort((short) granularity).putInt(ScsiLayout.TRANSFER_BLOCKS_MAX); // WSNZ: WRITE SAME of 0 blocks is refused
        b.position(20 - PAGE_HEAD_BYTES);
        if (disk.geometry().discards()) {
            b.putInt(ScsiLayout.RANGE_BLOCKS_MAX).putInt(ScsiLayout.RANGES_MAX).putInt(granularity).putInt(1 << 31); // UGAVALID, alignment 0
        }
        b.putLong(36 - PAGE_HEAD_BYTES, ScsiLayout.RANGE_BLOCKS_MAX);
        return b.array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
