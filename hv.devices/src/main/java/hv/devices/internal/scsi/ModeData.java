package hv.devices.internal.scsi;

import java.nio.ByteBuffer;

/** What MODE SENSE answers (SPC-4, 7.5; SBC-3, 6.4 and 6.5), big-endian. Nothing can be changed. */
final class ModeData {
    static final int CACHING = 0x08;
    static final int CONTROL = 0x0a;
    static final int ALL = 0x3f;
    private static final int CACHING_BYTES = 20;
    private static final int CONTROL_BYTES = 12;
    private static final int DESCRIPTOR_BYTES = 8;
    private static final int WCE = 4;
    /** Commands may be reordered without limit. */
    private static final int UNRESTRICTED_REORDERING = 0x10;
    private static final int WP = 0x80;
    private static final int DPOFUA = 0x10;

    private ModeData() {
    }

    /**
     * @param page       page code
     * @param changeable which bits can be changed is asked, instead of their values
     * @param descriptor with a block descriptor
     * @param longHeader of MODE SENSE(10)
     * @return null if there is no such page
     */
    static byte[] of(Disk disk, int page, boolean changeable, boolean descriptor, boolean longHeader) {
        if (page != CACHING && page != CONTROL && page != ALL) {
            return null;
        }
        int header = longHeader ? 8 : 4;
        int total = header + (descriptor ? DESCRIPTOR_BYTES : 0) + (page == CONTROL ? 0 : CACHING_BYTES) + (page == CACHING ? 0 : CONTROL_BYTES);
        byte specific = (byte) (DPOFUA | (disk.geometry().readOnly() ? WP : 0));
        ByteBuffer b = ByteBuffer.allocate(total);
        if (longHeader) {
            b.putShort((short) (total - 2)).put((byte) 0).put(specific).putShort((short) 0).putShort((short) (descriptor ? DESCRIPTOR_BYTES : 0));
        } else {
            b.put((byte) (total - 1)).put((byte) 0).put(specific).put((byte) (descriptor ? DESCRIPTOR_BYTES : 0));
        }
        if (descriptor) {
            b.putInt((int) Math.min(disk.blocks(), 0xffff_ffffL)).putInt(ScsiLayout.BLOCK_BYTES);
        }
        if (page != CONTROL) {
            put(b, CACHING, CACHING_BYTES, 2, changeable ? 0 : WCE);
        }
        if (page != CACHING) {
            put(b, CONTROL, CONTROL_BYTES, 3, changeable ? 0 : UNRESTRICTED_REORDERING);
        }
        return b.array();
    }

    /** A page with one byte that is not 0. */
    private static void put(ByteBuffer b, int page, int bytes, int at, int value) {
        int start = b.position();
        b.put(start, (byte) page).put(start + 1, (byte) (bytes - 2)).put(start + at, (byte) value).position(start + bytes);
    }
}
