package hv.devices.internal.aclint;

import hv.api.device.DeviceContext;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
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
 * Its interrupts go to M mode, which no hart has: the registers keep what is written and interrupt nobody.
 * Deviation: mtime is read-only; it is the machine's time counter, which the harts' {@code time} shows too.
 */
final class Aclint extends RegisterDevice {
    static final StateTag TAG = new StateTag("riscv-aclint", 1);
    private static final int MTIMECMP = 0x4000;
    private static final int MTIME = 0xbff8;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Vcpu.Guest guest;
    private final int harts;
    // Guarded by this.
    private final boolean[] msip;
    private final long[] mtimecmp;

    Aclint(String path, DeviceContext context) {
        super(path, TAG);
        guest = context.guest();
        harts = guest.vcpuCount();
        msip = new boolean[harts];
        mtimecmp = new long[harts];
        Arrays.fill(mtimecmp, -1);
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
                msip[(int) (offset / 4)] = (value & 1) != 0;
            }
            return;
        }
        long h = (offset - MTIMECMP) / 8;
        if (h < harts) {
            int i = (int) h;
            mtimecmp[i] = widthBytes == 8 ? value
                    : (offset & 4) == 0 ? mtimecmp[i] & ~0xffff_ffffL | value & 0xffff_ffffL
                    : mtimecmp[i] & 0xffff_ffffL | value << 32;
        }
    }

    @Override
    public synchronized void reset() {
        Arrays.fill(msip, false);
        Arrays.fill(mtimecmp, -1);
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
        boolean[] software = new boolean[harts];
        for (int h = 0; h < harts; h++) {
            software[h] = in.getBoolean();
        }
        in.end();
        System.arraycopy(compare, 0, mtimecmp, 0, harts);
        System.arraycopy(software, 0, msip, 0, harts);
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
