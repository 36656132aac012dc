package hv.testkit.guest;

import hv.api.bus.Bus;
import java.util.ArrayList;
import java.util.List;

/** A bus with one device, whose registers read back a pattern of their address; writes are remembered. An access elsewhere is a bug of the caller. */
public final class RegisterBus implements Bus {
    public static final long BASE_GPA = 0x1000_0000L;
    public static final int SIZE_BYTES = 0x1000;
    private final List<String> writes = new ArrayList<>();

    /** "gpa width value" in hexadecimal, since the last call. */
    public List<String> takeWrites() {
        List<String> taken = List.copyOf(writes);
        writes.clear();
        return taken;
    }

    /** What a read of that address and width gives. */
    public static long pattern(long gpa, int widthBytes) {
        return (gpa * 0x9E37_79B9_7F4A_7C15L ^ widthBytes) & -1L >>> 64 - 8 * widthBytes;
    }

    @Override
    public boolean answers(long gpa, int widthBytes) {
        return gpa >= BASE_GPA && gpa - BASE_GPA <= SIZE_BYTES - widthBytes;
    }

    @Override
    public long read(long gpa, int widthBytes) {
        check(gpa, widthBytes);
        return pattern(gpa, widthBytes);
    }

    @Override
    public void write(long gpa, int widthBytes, long value) {
        check(gpa, widthBytes);
        writes.add(Long.toHexString(gpa) + " " + widthBytes + " " + Long.toHexString(value));
    }

    private void check(long gpa, int widthBytes) {
        if (!answers(gpa, widthBytes)) {
            throw new IllegalStateException("access to " + Long.toHexString(gpa) + " where nobody answers");
        }
    }
}
