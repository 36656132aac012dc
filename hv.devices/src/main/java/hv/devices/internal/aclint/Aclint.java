package hv.devices.internal.aclint;

import hv.api.device.DeviceContext;
import hv.api.device.InterruptLine;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import hv.api.time.Timer;
import hv.api.vcpu.Vcpu;
import hv.devices.internal.RegisterDevice;
import java.util.Arrays;

/**
 * MSWI and MTIMER of the RISC-V ACLINT (1.0-rc4) in the layout of SiFive's CLINT and of QEMU's virt machine.
 * <pre>
 *   0x0000 + 4 h   msip of hart h, bit 0
 *   0x4000 + 8 h   mtimecmp of hart h
 *   0xbff8         mtime
 * </pre>
 * With property "machine-mode" = "true" it drives lines 3 (machine software) and 7 (machine timer, high while mtime >= mtimecmp) of each hart;
 * otherwise no hart has M mode: the registers keep what is written and interrupt nobody.
 * Deviation: mtime is read-only; it is the machine's time counter, which the harts' {@code time} shows too.
 */
final class Aclint extends RegisterDevice {
    static final StateTag TAG = new StateTag("riscv-aclint", 1);
    private static final int MTIMECMP = 0x4000;
    private static final int MTIME = 0xbff8;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final int MACHINE_SOFTWARE = 3;
    private static final int MACHINE_TIMER = 7;

    private final Vcpu.Guest guest;
    private final int harts;
    // One for each hart; empty without machine mode.
    private final InterruptLine[] software;
    private final InterruptLine[] timer;
    private final Timer[] alarm;
    // Guarded by this.
    private final boolean[] msip;
    private final long[] mtimecmp;

    Aclint(String path, DeviceContext context, boolean machineMode) {
        super(path, TAG);
        guest = context.guest();
        harts = guest.vcpuCount();
        msip = new boolean[harts];
        mtimecmp = new long[harts];
        Arrays.fill(mtimecmp, -1);
        int driven = machineMode ? harts : 0;
        software = new InterruptLine[driven];
        timer = new InterruptLine[driven];
        alarm = new Timer[driven];
        for (int h = 0; h < driven; h++) {
            int hart = h;
            software[h] = context.vcpuLine(h, MACHINE_SOFTWARE);
            timer[h] = context.vcpuLine(h, MACHINE_TIMER);
            alarm[h] = context.timer(() -> alarmed(hart));
        }
    }

    private synchronized void alarmed(int hart) {
        if (!isAsleep()) {
            updateTimer(hart);
        }
    }

    private void updateSoftware(int hart) {
        if (hart < software.length && !isAsleep()) {
            software[hart].level(msip[hart]);
        }
    }

    /** Sets the line, and wakes up when it will rise. */
    private void updateTimer(int hart) {
        if (hart >= timer.length || isAsleep()) {
            return;
        }
        boolean due = Long.compareUnsigned(mtime(), mtimecmp[hart]) >= 0;
        timer[hart].level(due);
        long at = nanos(mtimecmp[hart], guest.timebaseHz());
        if (due || at == Long.MAX_VALUE) {
            alarm[hart].cancel();
        } else {
            alarm[hart].arm(at);
        }
    }

    /** The first nanosecond at which mtime has reached {@code ticks}; {@link Long#MAX_VALUE} for one that no machine lives to see. */
    private static long nanos(long ticks, long hz) {
        if (ticks < 0 || ticks / hz >= Long.MAX_VALUE / NANOS_PER_SECOND - 1) {
            return Long.MAX_VALUE;
        }
        return ticks / hz * NANOS_PER_SECOND + (ticks % hz * NANOS_PER_SECOND + hz - 1) / hz;
    }

    private long mtime() {
        long now = guest.clock().nowNanos();
        long hz = guest.timebaseHz();
        return now / NANOS_PER_SECOND * hz + now % NANOS_PER_SECOND * hz / NANOS_PER_SECOND;
    }

    @Override
    public synchronized long read(long offset, int widthBytes) {
        if (widthBytes < 4 || (offset & widthBytes - 1) != 0) {
            return 0;
        }
        if (offset < MTIMECMP) {
            return widthBytes == 4 && offset / 4 < harts && msip[(int) (offset / 4)] ? 1 : 0;
        }
        long register = offset & ~7;
        long value;
        if (register == MTIME) {
            value = mtime();
        } else if ((register - MTIMECMP) / 8 < harts) {
            value = mtimecmp[(int) (register - MTIMECMP) / 8];
        } else {
            return 0;
        }
        return widthBytes == 8 ? value : (offset & 4) == 0 ? value & 0xffff_ffffL : value >>> 32;
    }

    @Override
    public synchronized void write(long offset, int widthBytes, long value) {
        if (widthBytes < 4 || (offset & widthBytes - 1) != 0) {
            return;
        }
        if (offset < MTIMECMP) {
            if (widthBytes == 4 && offset / 4 < harts) {
                int h = (int) (offset / 4);
                msip[h] = (value & 1) != 0;
                updateSoftware(h);
            }
            return;
        }
        long h = (offset - MTIMECMP) / 8;
        if (h < harts) {
            int i = (int) h;
            mtimecmp[i] = widthBytes == 8 ? value
                    : (offset & 4) == 0 ? mtimecmp[i] & ~0xffff_ffffL | value & 0xffff_ffffL
                    : mtimecmp[i] & 0xffff_ffffL | value << 32;
            updateTimer(i);
        }
    }

    @Override
    public synchronized void reset() {
        Arrays.fill(msip, false);
        Arrays.fill(mtimecmp, -1);
        cancelAlarms();
        lowerLines();
    }

    @Override
    public synchronized void save(StateWriter out) {
        out.section("harts").putInt(harts).putLongs(mtimecmp.clone());
        for (boolean b : msip) {
            out.putBoolean(b);
        }
    }

    @Override
    public synchronized void restore(StateReader in) throws StateException {
        in.section("harts");
        int saved = in.getInt();
        if (saved != harts) {
            throw new StateException("ACLINT state is of " + saved + " harts, this machine has " + harts);
        }
        long[] compare = in.getLongs(harts);
        boolean[] pending = new boolean[harts];
        for (int h = 0; h < harts; h++) {
            pending[h] = in.getBoolean();
        }
        in.end();
        System.arraycopy(compare, 0, mtimecmp, 0, harts);
        System.arraycopy(pending, 0, msip, 0, harts);
    }

    private void cancelAlarms() {
        for (Timer t : alarm) {
            t.cancel();
        }
    }

    @Override
    protected void stop() {
        cancelAlarms();
    }

    @Override
    protected void start() {
        for (int h = 0; h < harts; h++) {
            updateSoftware(h);
            updateTimer(h);
        }
    }

    @Override
    protected void lowerLines() {
        for (int h = 0; h < timer.length; h++) {
            software[h].level(false);
            timer[h].level(false);
        }
    }
}
