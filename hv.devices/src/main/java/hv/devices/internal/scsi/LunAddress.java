package hv.devices.internal.scsi;

import java.util.Arrays;

/**
 * What a request is for (virtio 1.2, 5.6.6.1): {@code 1, target, single-level LUN, 0, 0, 0, 0}, or {@code c1, 1, 0 ...}: the domain's REPORT LUNS
 * well-known logical unit.
 *
 * @param target 0 .. 255, {@link #DOMAIN} for none
 * @param unit   what is behind it
 */
record LunAddress(int target, Unit unit) {
    static final int DOMAIN = -1;
    private static final int METHOD = 0xc0;
    private static final int FLAT = 0x40;
    private static final byte WELL_KNOWN = (byte) 0xc1;
    private static final byte REPORT_LUNS = 1;

    /** The disk, the REPORT LUNS well-known logical unit, or a logical unit that no target of ours has. */
    enum Unit { DISK, REPORT_LUNS, NONE }

    /** @param lun 8 bytes @return null if it has none of the two forms */
    static LunAddress parse(byte[] lun) {
        if (lun[0] == WELL_KNOWN && lun[1] == REPORT_LUNS && zero(lun, 2)) {
            return new LunAddress(DOMAIN, Unit.REPORT_LUNS);
        }
        return lun[0] == 1 && zero(lun, 4) ? new LunAddress(lun[1] & 0xff, unit(lun[2], lun[3])) : null;
    }

    /** Single-level LUN structures of SAM-5, 4.7.7: peripheral device on bus 0, flat space, or well-known. */
    private static Unit unit(byte high, byte low) {
        if (high == WELL_KNOWN && low == REPORT_LUNS) {
            return Unit.REPORT_LUNS;
        }
        int method = high & METHOD;
        return (method == 0 || method == FLAT) && (high & ~METHOD) == 0 && low == 0 ? Unit.DISK : Unit.NONE;
    }

    /** @return the disk of a target as {@code lun} names it */
    static byte[] disk(int target) {
        return Arrays.copyOf(new byte[] {1, (byte) target}, ScsiLayout.LUN_BYTES);
    }

    /** @return the REPORT LUNS well-known logical unit as {@code lun} names it */
    static byte[] reportLuns() {
        return Arrays.copyOf(new byte[] {WELL_KNOWN, REPORT_LUNS}, ScsiLayout.LUN_BYTES);
    }

    private static boolean zero(byte[] b, int from) {
        for (int i = from; i < b.length; i++) {
            if (b[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
