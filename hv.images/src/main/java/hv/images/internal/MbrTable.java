package hv.images.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A partition table with one bootable Linux partition from 1 MiB to the end (the PC's MBR: UEFI Specification 2.10, 5.2.1). Firmware such as U-Boot looks for
 * {@code /boot/extlinux/extlinux.conf} on the bootable partition.
 */
final class MbrTable {
    static final int SECTOR_BYTES = 512;
    static final long FIRST_SECTOR = 2048;
    private static final int ENTRY_OFFSET = 446;
    private static final int SIGNATURE_OFFSET = 440;
    private static final byte BOOTABLE = (byte) 0x80;
    private static final byte LINUX = (byte) 0x83;

    private MbrTable() {
    }

    /** @param diskBytes at most 1 TiB, so that 32 bits of sectors are enough; @param signature of the disk */
    static byte[] of(long diskBytes, int signature) {
        ByteBuffer mbr = ByteBuffer.allocate(SECTOR_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        mbr.putInt(SIGNATURE_OFFSET, signature);
        long sectors = diskBytes / SECTOR_BYTES - FIRST_SECTOR;
        mbr.position(ENTRY_OFFSET);
        // Cylinder, head and sector say "beyond what can be said": the sector numbers count.
        mbr.put(BOOTABLE).put((byte) 0xfe).put((byte) 0xff).put((byte) 0xff).put(LINUX).put((byte) 0xfe).put((byte) 0xff).put((byte) 0xff);
        mbr.putInt((int) FIRST_SECTOR).putInt((int) sectors);
        mbr.putShort(SECTOR_BYTES - 2, (short) 0xaa55);
        return mbr.array();
    }
}
