package hv.devices.internal.rtc;

import hv.api.device.DeviceContext;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import hv.api.time.MachineClock;
import hv.devices.internal.RegisterDevice;
import java.util.Arrays;

/**
 * A PC's real-time clock with its memory (Motorola MC146818A, at ports 0x70 and 0x71): register 0 takes an index, register 1 is the byte there.
 * <pre>
 *   0x00 .. 0x09  time of day; 1, 3, 5 alarm     0x0a  A: update in progress, rate     0x0c  C: interrupts, reads 0
 *   0x32          century, BCD                   0x0b  B: set, binary, 24 hours        0x0d  D: the battery is good
 *   others to 0x7f: memory
 * </pre>
 * Deviation: it never interrupts (no alarm, no periodic or update interrupt); the board gives it no line. A register access allocates nothing.
 */
final class CmosRtc extends RegisterDevice {
    static final StateTag TAG = new StateTag("cmos-rtc", 1);
    static final int MEMORY_BYTES = 128;
    private static final int A = 0x0a;
    private static final int B = 0x0b;
    private static final int C = 0x0c;
    private static final int D = 0x0d;
    private static final int UPDATE_IN_PROGRESS = 0x80;
    /** Divider for 32,768 Hz and a rate of 1024 Hz, as PC firmware leaves it. */
    private static final byte A_DEFAULT = 0x26;
    private static final int B_SET = 0x80;
    private static final int BATTERY_GOOD = 0x80;
    private static final long SECOND_NANOS = 1_000_000_000L;
    /** Table 6 of the data sheet: from "update in progress" to the update. */
    private static final long UPDATE_WARNING_NANOS = 244_000;

    private final MachineClock clock;

    // All guarded by this.
    private int index;
    /** Memory; time registers count while B_SET is on. */
    private final byte[] memory = new byte[MEMORY_BYTES];
    /** What the guest's clock is ahead of the host's. */
    private long offsetNanos;

    CmosRtc(String path, DeviceContext context) {
        super(path, TAG);
        clock = context.clock();
        clear();
    }

    private void clear() {
        index = 0;
        Arrays.fill(memory, (byte) 0);
        memory[A] = A_DEFAULT;
        memory[B] = CmosTime.HOURS_24;
        offsetNanos = 0;
    }

    private long now() {
        return clock.wallNanos() + offsetNanos;
    }

    private boolean isSetting() {
        return (memory[B] & B_SET) != 0;
    }

    @Override
    public synchronized long read(long offset, int widthBytes) {
        if (offset == 0) {
            return 0xff; // The index cannot be read back.
        }
        if (offset != 1) {
            return 0;
        }
        return switch (index) {
            case A -> memory[A] | (!isSetting() && Math.floorMod(now(), SECOND_NANOS) >= SECOND_NANOS - UPDATE_WARNING_NANOS ? UPDATE_IN_PROGRESS : 0);
            case C -> 0;
            case D -> BATTERY_GOOD;
            default -> CmosTime.isTime(index) && !isSetting() ? CmosTime.show(index, Math.floorDiv(now(), SECOND_NANOS), memory[B]) & 0xff : memory[index] & 0xff;
        };
    }

    @Override
    public synchronized void write(long offset, int widthBytes, long value) {
        if (offset == 0) {
            // Bit 7 masks the NMI, of which there is none.
            index = (int) value & MEMORY_BYTES - 1;
        } else if (offset == 1) {
            writeMemory((byte) value);
        }
    }

    private void writeMemory(byte value) {
        switch (index) {
            case A -> memory[A] = (byte) (value & ~UPDATE_IN_PROGRESS);
            case B -> {
                boolean was = isSetting();
                boolean is = (value & B_SET) != 0;
                if (is && !was) {
                    latch();
                }
                memory[B] = value;
                if (was && !is) {
                    take();
                }
            }
            case C, D -> { }
            default -> {
                if (CmosTime.isTime(index) && !isSetting()) {
                    latch();
                    memory[index] = value;
                    take();
                } else {
                    memory[index] = value;
                }
            }
        }
    }

    /** Time stands still in the registers. */
    private void latch() {
        long seconds = Math.floorDiv(now(), SECOND_NANOS);
        for (int r = 0; r < MEMORY_BYTES; r++) {
            if (CmosTime.isTime(r)) {
                memory[r] = (byte) CmosTime.show(r, seconds, memory[B]);
            }
        }
    }

    /** Time goes on from what the registers say; the fraction of the second goes on as it went. */
    private void take() {
        long now = now();
        offsetNanos += (CmosTime.seconds(memory, memory[B]) - Math.floorDiv(now, SECOND_NANOS)) * SECOND_NANOS;
    }

    @Override
    public synchronized void reset() {
        clear();
    }

    @Override
    public synchronized void save(StateWriter out) {
        out.section("cmos").putInt(index).putLong(offsetNanos).putBytes(memory);
    }

    @Override
    public synchronized void restore(StateReader in) throws StateException {
        in.section("cmos");
        int i = in.getInt(0, MEMORY_BYTES - 1);
        long offset = in.getLong();
        byte[] m = in.getBytes(MEMORY_BYTES);
        in.end();
        if (m.length != MEMORY_BYTES || (m[A] & UPDATE_IN_PROGRESS) != 0) {
            throw new StateException("CMOS state has " + m.length + " bytes of memory, and register A is " + (m.length > A ? m[A] : "missing"));
        }
        index = i;
        offsetNanos = offset;
        System.arraycopy(m, 0, memory, 0, MEMORY_BYTES);
    }

    @Override
    protected void stop() {
        // Nothing here happens by itself.
    }

    @Override
    protected void start() {
        // It drives no line.
    }

    @Override
    protected void lowerLines() {
        // It drives no line.
    }
}
