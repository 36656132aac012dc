package hv.board.x86.internal;

/** What a device occupies, as the bytes of a {@code _CRS} buffer (ACPI 6.5, 6.4). */
final class Resources {
    private static final int DECODE_16 = 1;
    private static final int WRITABLE = 1;
    private static final int FIXED_ENDS = 0x0c;
    private static final int CONSUMER_LEVEL_HIGH = 1;
    private static final int MEMORY_RANGE = 0;
    private static final int BUS_RANGE = 2;

    private final LittleEndian out = new LittleEndian();

    /** Ports (6.4.2.5). */
    Resources ports(int first, int count) {
        out.u8(0x47).u8(DECODE_16).u16(first).u16(first).u8(1).u8(count);
        return this;
    }

    /** Memory below 4 GiB (6.4.3.4). */
    Resources memory(long gpa, long lenBytes) {
        out.u8(0x86).u16(9).u8(WRITABLE).u32(gpa).u32(lenBytes);
        return this;
    }

    /** A line of its own, level-triggered, active high (6.4.3.6). */
    Resources interrupt(int gsi) {
        out.u8(0x89).u16(6).u8(CONSUMER_LEVEL_HIGH).u8(1).u32(gsi);
        return this;
    }

    /** Numbers of buses that a bridge gives on (6.4.3.5.3). */
    Resources buses(int first, int count) {
        out.u8(0x88).u16(13).u8(BUS_RANGE).u8(FIXED_ENDS).u8(0).u16(0).u16(first).u16(first + count - 1).u16(0).u16(count);
        return this;
    }

    /** Memory that a bridge gives on, below 4 GiB (6.4.3.5.2). */
    Resources window(long gpa, long lenBytes) {
        out.u8(0x87).u16(23).u8(MEMORY_RANGE).u8(FIXED_ENDS).u8(WRITABLE).u32(0).u32(gpa).u32(gpa + lenBytes - 1).u32(0).u32(lenBytes);
        return this;
    }

    /** With the end tag, whose checksum of 0 says that there is none (6.4.2.9). */
    byte[] toBytes() {
        return out.u8(0x79).u8(0).toBytes();
    }
}
