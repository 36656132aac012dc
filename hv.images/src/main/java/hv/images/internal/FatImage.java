package hv.images.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A small FAT12 file system of a few files in its root folder (ECMA-107; long names as in Microsoft's FAT specification 1.03).
 * <pre>
 * sector 0       boot sector            1, 9     two tables            17 .. 48    root folder, 512 entries
 * 49 .. 2047     clusters 2, 3, ... of one sector
 * </pre>
 */
public final class FatImage {
    private static final int SECTOR = 512;
    private static final int SECTORS = 2048;
    private static final int TABLE_SECTORS = 8;
    private static final int ROOT_ENTRIES = 512;
    private static final int ENTRY = 32;
    private static final int ROOT = 1 + 2 * TABLE_SECTORS;
    private static final int DATA = ROOT + ROOT_ENTRIES * ENTRY / SECTOR;
    private static final int FIRST_CLUSTER = 2;
    private static final int END = 0xfff;
    private static final int MAX_NAME = 13;
    private static final byte LABEL = 0x08;
    private static final byte LONG_NAME = 0x0f;
    private static final byte ARCHIVE = 0x20;
    /** Where the characters of a long name stand in an entry. */
    private static final int[] NAME_AT = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};
    /** 1 January 1980: the format has no "never". */
    private static final short DATE = 0x21;

    private final ByteBuffer image = ByteBuffer.allocate(SECTORS * SECTOR).order(ByteOrder.LITTLE_ENDIAN);
    private int entries;
    private int nextCluster = FIRST_CLUSTER;

    private FatImage() {
    }

    /**
     * @param label 1 .. 11 capital letters and digits
     * @param files by name of 1 .. 13 ASCII characters; at most 99, together at most 950 KiB
     * @throws IllegalArgumentException it does not fit
     */
    public static byte[] of(String label, Map<String, byte[]> files) {
        FatImage fat = new FatImage();
        byte[] name = String.format("%-11s", label).getBytes(StandardCharsets.US_ASCII);
        fat.bootSector(name);
        fat.entry(name, LABEL, 0, 0);
        fat.link(0, 0xff8);
        fat.link(1, END);
        int number = 0;
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            fat.file(file.getKey(), ++number, file.getValue());
        }
        return fat.image.array();
    }

    private void bootSector(byte[] label) {
        image.put(0, new byte[] {(byte) 0xeb, 0x3c, (byte) 0x90}).put(3, "hv      ".getBytes(StandardCharsets.US_ASCII));
        image.putShort(11, (short) SECTOR).put(13, (byte) 1).putShort(14, (short) 1).put(16, (byte) 2).putShort(17, (short) ROOT_ENTRIES).putShort(19, (short) SECTORS)
                .put(21, (byte) 0xf8).putShort(22, (short) TABLE_SECTORS).putShort(24, (short) 32).putShort(26, (short) 2);
        image.put(36, (byte) 0x80).put(38, (byte) 0x29).putInt(39, 0x68760001).put(43, label).put(54, "FAT12   ".getBytes(StandardCharsets.US_ASCII));
        image.putShort(SECTOR - 2, (short) 0xaa55);
    }

    private void file(String name, int number, byte[] content) {
        if (!name.matches("[a-z0-9.-]{1," + MAX_NAME + "}") || number > 99) {
            throw new IllegalArgumentException("file " + number + " \"" + name + "\" cannot be said in one entry");
        }
        byte[] alias = String.format("FILE~%-6d", number).getBytes(StandardCharsets.US_ASCII);
        byte sum = 0;
        for (byte b : alias) {
            sum = (byte) (((sum & 1) << 7) + ((sum & 0xff) >> 1) + b);
        }
        int at = next();
        // Bit 6: the last piece of the name; it is the only one.
        image.put(at, (byte) 0x41).put(at + 11, LONG_NAME).put(at + 13, sum);
        for (int i = 0; i < MAX_NAME; i++) {
            image.putShort(at + NAME_AT[i], i < name.length() ? (short) name.charAt(i) : i == name.length() ? 0 : (short) -1);
        }
        int clusters = (content.length + SECTOR - 1) / SECTOR;
        int first = nextCluster;
        if (DATA + first - FIRST_CLUSTER + clusters > SECTORS) {
            throw new IllegalArgumentException("the files have more than the " + (SECTORS - DATA) * SECTOR + " bytes that fit");
        }
        entry(alias, ARCHIVE, clusters == 0 ? 0 : first, content.length);
        image.put((DATA + first - FIRST_CLUSTER) * SECTOR, content);
        for (int i = 1; i <= clusters; i++) {
            link(nextCluster, i == clusters ? END : nextCluster + 1);
            nextCluster++;
        }
    }

    private int next() {
        if (entries == ROOT_ENTRIES) {
            throw new IllegalArgumentException("more files than the root folder has entries");
        }
        return ROOT * SECTOR + entries++ * ENTRY;
    }

    private void entry(byte[] name, byte attributes, int cluster, int lenBytes) {
        int at = next();
        image.put(at, name).put(at + 11, attributes).putShort(at + 16, DATE).putShort(at + 18, DATE).putShort(at + 24, DATE).putShort(at + 26, (short) cluster)
                .putInt(at + 28, lenBytes);
    }

    /** Twelve bits a cluster, in both tables. */
    private void link(int cluster, int to) {
        for (int table = 1; table <= 1 + TABLE_SECTORS; table += TABLE_SECTORS) {
            int at = table * SECTOR + cluster * 3 / 2;
            int old = image.getShort(at) & 0xffff;
            image.putShort(at, (short) ((cluster & 1) == 0 ? old & 0xf000 | to : old & 0x000f | to << 4));
        }
    }
}
