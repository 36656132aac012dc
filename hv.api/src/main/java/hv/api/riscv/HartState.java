package hv.api.riscv;

import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;

/**
 * Canonical state of a RISC-V hart, the same for every engine; the state record of the "riscv-hart" tag.
 *
 * @param x        32 integer registers, x[0] = 0
 * @param f        32 floating-point registers, raw bits, single precision NaN-boxed
 * @param pc       program counter, even
 * @param mode     0 user, 1 supervisor, 3 machine
 * @param csr      pairs of CSR number and value, ascending by number; those that hold state (fcsr, sstatus, stvec, sscratch, sepc, scause, stval,
 *                 sie, satp, stimecmp, scounteren, senvcfg, ...); time is the machine clock's. A hart with M mode has in place of sstatus and sie
 *                 mstatus and mie, and the machine's own (medeleg .. mtval, menvcfg, mcountinhibit, pmpcfg, pmpaddr, mcycle, minstret, ...);
 *                 mip then has SEIP and STIP as software wrote them, without lines and timer
 * @param instret  retired instructions
 * @param interruptLines levels of the hart's interrupt lines, bit n = line n
 * @param waiting  the hart has executed WFI and waits
 */
public record HartState(long[] x, long[] f, long pc, int mode, long[] csr, long instret, long interruptLines, boolean waiting) {
    public static final StateTag TAG = new StateTag("riscv-hart", 1);
    /** Most CSRs in a state. */
    public static final int MAX_CSRS = 512;

    public void write(StateWriter out) {
        out.section("hart").putLongs(x).putLongs(f).putLong(pc).putInt(mode).putLong(instret).putLong(interruptLines).putBoolean(waiting);
        out.section("csr").putInt(csr.length / 2).putLongs(csr);
    }

    /** Reads and checks shapes; which CSRs there are and what they may hold is the engine's to check, before it changes anything. Ends the reader. */
    public static HartState read(StateReader in) throws StateException {
        in.section("hart");
        long[] x = in.getLongs(32);
        long[] f = in.getLongs(32);
        long pc = in.getLong();
        int mode = in.getInt(0, 3);
        long instret = in.getLong();
        long lines = in.getLong();
        boolean waiting = in.getBoolean();
        in.section("csr");
        int n = in.getInt(0, MAX_CSRS);
        long[] csr = in.getLongs(2 * n);
        in.end();
        if (x[0] != 0 || (pc & 1) != 0 || mode == 2) {
            throw new StateException("hart state has x0 = " + x[0] + ", pc = " + Long.toHexString(pc) + ", mode " + mode);
        }
        for (int i = 0; i < 2 * n; i += 2) {
            if (csr[i] < 0 || csr[i] > 0xfff || i > 0 && csr[i] <= csr[i - 2]) {
                throw new StateException("hart state has CSR number " + csr[i] + " out of order or range");
            }
        }
        return new HartState(x, f, pc, mode, csr, instret, lines, waiting);
    }
}
