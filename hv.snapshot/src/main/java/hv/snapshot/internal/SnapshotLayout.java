package hv.snapshot.internal;

/**
 * The file format, version 2. All numbers little-endian.
 * <pre>
 * file     u8[8] magic, u32 version, u32 zero, chunk MACHINE, { chunk PART }, { chunk RAM }, chunk END
 * chunk    u32 type, u32 sequence (0, 1, ...), u32 storedBytes, u32 plainBytes, u8[storedBytes] body, u32 CRC-32C of all before it in the chunk
 * body     plain if storedBytes = plainBytes, else one zstd frame of plainBytes
 *
 * MACHINE  u8 wasRunning, string name, string board, u64 memoryBytes, u32 vcpus, optional firmware, optional kernel, optional initrd, string commandLine,
 *          u32 disks { string file, string format, u8 readOnly, string bus }, u32 nics { string backend, string mac, u32 options { string key, string value } },
 *          u32 settings { string key, string value }
 * PART     string path, string type, string tag, u32 tagVersion, u32 n, u8[n] state, u32 claims { string name, string claim }
 * RAM      u64 gpa, u8[] pages; ascending, without overlap; pages that are in no chunk are zero
 * END      u64 chunks before it, u64 bytes of RAM in them; always plain
 * string   u32 n, u8[n] UTF-8
 * optional u8 present [, string path]
 * </pre>
 */
final class SnapshotLayout {
    /** With a carriage return and a line feed, so that a transfer as text is noticed. */
    static final byte[] MAGIC = {'H', 'V', 'S', 'N', 'A', 'P', '\r', '\n'};
    static final int VERSION = 2;
    static final int FILE_HEADER_BYTES = 16;
    static final int CHUNK_HEADER_BYTES = 16;
    static final int CHECKSUM_BYTES = 4;

    static final int MACHINE = 1;
    static final int PART = 2;
    static final int RAM = 3;
    static final int END = 4;

    static final int PAGE_BYTES = 4096;
    /** Pages of RAM in one chunk. */
    static final int RAM_CHUNK_BYTES = 1 << 20;
    /** A part's state of 1 MiB with its names and claims, and a machine's description, are well below. */
    static final int MAX_BODY_BYTES = 2 << 20;
    static final int END_BODY_BYTES = 16;
    static final int END_CHUNK_BYTES = CHUNK_HEADER_BYTES + END_BODY_BYTES + CHECKSUM_BYTES;

    static final int MAX_PARTS = 1024;
    /** All parts together. */
    static final long MAX_PARTS_BYTES = 64L << 20;
    static final int MAX_DISKS = 256;
    static final int MAX_NICS = 256;
    static final int MAX_SETTINGS = 256;
    static final int MAX_CLAIMS = 16;
    static final int MAX_STRING_BYTES = 16 << 10;

    private SnapshotLayout() {
    }
}
