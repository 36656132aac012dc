package hv.riscv;

import hv.api.riscv.HartState;
import hv.api.riscv.RiscvRegister;
import hv.api.state.StateException;
import hv.api.vcpu.Registers;
import hv.riscv.fp.Fpu;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A hart of RV64GC with S and U mode and without M mode: the platform is its own firmware, and every exception and interrupt goes to
 * S mode as if delegated. The engine keeps one per vCPU and runs on its fields; {@link Privileged} gives CSRs and privileged
 * instructions their meaning.
 *
 * <p>Belongs to the thread that runs it, except for {@link #setLine}. Source: privileged specification (20240411), chapter 12.
 */
public final class Hart implements Registers {
    public static final int USER = 0;
    public static final int SUPERVISOR = 1;
    /** Where an engine may send writes of x0: entries 32 and up of {@link #x} are scratch. */
    public static final int SINK = 32;

    /** {@link #effects}: satp changed. */
    public static final int SATP_CHANGED = 1;
    /** {@link #effects}: mode, SUM or MXR changed: which translations hold is to be looked up again. */
    public static final int ACCESS_CHANGED = 2;
    /** {@link #effects}: sfence.vma; what is to be flushed stands in {@link #fenceAddress} and {@link #fenceAsid}. */
    public static final int FENCE_VMA = 4;
    /** {@link #effects}: fence.i. */
    public static final int FENCE_I = 8;
    /** {@link #effects}: an interrupt may have become deliverable. */
    public static final int INTERRUPTS_CHANGED = 16;
    /** {@link #effects}: stimecmp changed. */
    public static final int TIMER_CHANGED = 32;

    private static final VarHandle LINES;

    static {
        try {
            LINES = MethodHandles.lookup().findVarHandle(Hart.class, "lines", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Integer registers; x[0] is 0, entries from 32 on are scratch. */
    public final long[] x = new long[64];
    /** Floating-point registers, raw bits. */
    public final long[] f = new long[32];
    public final Fpu fpu = new Fpu();
    public long pc;
    /** {@link #USER} or {@link #SUPERVISOR}. */
    public int mode = SUPERVISOR;
    /** Retired instructions. */
    public long instret;
    /** SIE, SPIE, SPP, FS, SUM, MXR; UXL and SD are added when it is read. */
    public long sstatus;
    public long sie;
    public long stvec;
    public long scounteren;
    public long senvcfg;
    public long sscratch;
    public long sepc;
    public long scause;
    public long stval;
    /** Ticks; unsigned. */
    public long stimecmp = -1L;
    public long satp;
    /** Guest-physical address of the reservation of LR, or -1. */
    public long reservation = -1;
    /** What LR loaded. */
    public long reservedValue;
    /** What instructions left for the engine to do: bits above. */
    public int effects;
    /** sfence.vma: virtual address, valid if {@link #fenceAll} has bit 0 clear. */
    public long fenceAddress;
    /** sfence.vma: ASID, valid if {@link #fenceAll} has bit 1 clear. */
    public long fenceAsid;
    /** sfence.vma: bit 0 all addresses, bit 1 all address spaces. */
    public int fenceAll;
    /** The hart executed WFI and waits. */
    public boolean waiting;
    /** Largest satp.MODE that can be set: 8 Sv39, 9 Sv48, 10 Sv57. */
    public final int maxSatpMode;
    private final TimeSource time;
    private volatile int lines;

    /** A hart in reset state: S mode, translation off, all registers zero. */
    public Hart(TimeSource time, int maxSatpMode) {
        this.time = time;
        this.maxSatpMode = maxSatpMode;
    }

    /** To the reset state; lines and effects included. */
    public void reset() {
        java.util.Arrays.fill(x, 0);
        java.util.Arrays.fill(f, 0);
        fpu.setFcsr(0);
        pc = 0;
        mode = SUPERVISOR;
        instret = 0;
        sstatus = 0;
        sie = 0;
        stvec = 0;
        scounteren = 0;
        senvcfg = 0;
        sscratch = 0;
        sepc = 0;
        scause = 0;
        stval = 0;
        stimecmp = -1L;
        satp = 0;
        reservation = -1;
        waiting = false;
        LINES.setVolatile(this, 0);
        allEffects();
    }

    /** After a change from outside: everything is to be looked at again. */
    public void allEffects() {
        fenceAll = 3;
        effects = SATP_CHANGED | ACCESS_CHANGED | FENCE_VMA | FENCE_I | INTERRUPTS_CHANGED | TIMER_CHANGED;
    }

    /** Value of CSR time. */
    public long ticks() {
        return time.ticks();
    }

    /** Sets an interrupt line: 1 supervisor software, 9 supervisor external; others are ignored. Any thread. */
    public void setLine(int line, boolean level) {
        int bit = line < 0 || line > 31 ? 0 : 1 << line & (Csr.SSIP | Csr.SEIP);
        if (level) {
            LINES.getAndBitwiseOr(this, bit);
        } else {
            LINES.getAndBitwiseAnd(this, ~bit);
        }
    }

    /** Levels of the lines. Any thread. */
    public int lines() {
        return lines;
    }

    /** Interrupts that are pending: CSR sip. Any thread. */
    public int pending() {
        int p = lines;
        return Long.compareUnsigned(time.ticks(), stimecmp) >= 0 ? p | Csr.STIP : p;
    }

    /** Whether an interrupt is pending and enabled one by one, which is what ends WFI whatever sstatus.SIE says. Any thread. */
    public boolean wakes() {
        return (pending() & sie) != 0;
    }

    /** Takes the interrupt of highest priority that is deliverable now; false if there is none. */
    public boolean takeInterrupt() {
        if (mode == SUPERVISOR && (sstatus & Csr.SSTATUS_SIE) == 0) {
            return false;
        }
        long p = pending() & sie;
        if (p == 0) {
            return false;
        }
        // Priority: external, software, timer.
        int cause = (p & Csr.SEIP) != 0 ? 9 : (p & Csr.SSIP) != 0 ? 1 : 5;
        enterTrap(1L << 63 | cause, 0);
        return true;
    }

    /** Traps at {@link #pc}, which becomes sepc. */
    public void enterTrap(long cause, long value) {
        sepc = pc;
        scause = cause;
        stval = value;
        long s = sstatus & ~(Csr.SSTATUS_SPP | Csr.SSTATUS_SPIE | Csr.SSTATUS_SIE);
        if (mode == SUPERVISOR) {
            s |= Csr.SSTATUS_SPP;
        }
        if ((sstatus & Csr.SSTATUS_SIE) != 0) {
            s |= Csr.SSTATUS_SPIE;
        }
        sstatus = s;
        mode = SUPERVISOR;
        long base = stvec & ~3L;
        pc = cause < 0 && (stvec & 1) != 0 ? base + 4 * (cause & 63) : base;
        waiting = false;
        // Whoever runs next must not inherit the reservation.
        reservation = -1;
        effects |= ACCESS_CHANGED;
    }

    /** Whether floating-point instructions are legal; if not, they trap as illegal ones. */
    public boolean floatEnabled() {
        return (sstatus & Csr.SSTATUS_FS) != 0;
    }

    /** To be called when a floating-point register or fcsr changes. */
    public void floatDirty() {
        sstatus |= Csr.SSTATUS_FS;
    }

    @Override
    public long read(int register) {
        if (register >= 0 && register < 32) {
            return x[register];
        }
        if (register >= RiscvRegister.F0 && register < RiscvRegister.F0 + 32) {
            return f[register - RiscvRegister.F0];
        }
        if (register == RiscvRegister.PC) {
            return pc;
        }
        if (register == RiscvRegister.MODE) {
            return mode;
        }
        int csr = register - RiscvRegister.CSR0;
        if (csr >= 0 && csr <= 0xfff && Privileged.exists(csr)) {
            return Privileged.readCsr(this, csr);
        }
        throw new IllegalArgumentException("no RISC-V register " + register);
    }

    @Override
    public void write(int register, long value) {
        if (register > 0 && register < 32) {
            x[register] = value;
        } else if (register >= RiscvRegister.F0 && register < RiscvRegister.F0 + 32) {
            f[register - RiscvRegister.F0] = value;
        } else if (register == RiscvRegister.PC) {
            pc = value & ~1L;
        } else if (register == RiscvRegister.MODE && (value == USER || value == SUPERVISOR)) {
            mode = (int) value;
            effects |= ACCESS_CHANGED | INTERRUPTS_CHANGED;
        } else {
            int csr = register - RiscvRegister.CSR0;
            if (csr < 0 || csr > 0xfff || !Privileged.exists(csr) || csr >= 0xc00) {
                throw new IllegalArgumentException("RISC-V register " + register + " cannot be written with " + Long.toHexString(value));
            }
            Privileged.writeCsr(this, csr, value);
        }
    }

    private static final int[] STATE_CSRS = {Csr.FCSR, Csr.SSTATUS, Csr.SIE, Csr.STVEC, Csr.SCOUNTEREN, Csr.SENVCFG, Csr.SSCRATCH, Csr.SEPC,
        Csr.SCAUSE, Csr.STVAL, Csr.STIMECMP, Csr.SATP};

    /** The canonical state. */
    public HartState state() {
        long[] csr = new long[2 * STATE_CSRS.length];
        for (int k = 0; k < STATE_CSRS.length; k++) {
            csr[2 * k] = STATE_CSRS[k];
            csr[2 * k + 1] = Privileged.readCsr(this, STATE_CSRS[k]);
        }
        return new HartState(java.util.Arrays.copyOf(x, 32), f.clone(), pc, mode, csr, instret, lines, waiting);
    }

    /** Takes a canonical state over; refused states change nothing. */
    public void restore(HartState s) throws StateException {
        if (s.mode() != USER && s.mode() != SUPERVISOR) {
            throw new StateException("hart state is in mode " + s.mode() + "; this hart has U and S mode");
        }
        if ((s.interruptLines() & ~(Csr.SSIP | Csr.SEIP)) != 0) {
            throw new StateException("hart state has interrupt lines " + Long.toHexString(s.interruptLines()) + "; this hart has 1 and 9");
        }
        Hart probe = new Hart(time, maxSatpMode);
        for (int k = 0; k < s.csr().length; k += 2) {
            int number = (int) s.csr()[k];
            if (java.util.Arrays.binarySearch(STATE_CSRS, number) < 0) {
                throw new StateException("hart state has CSR " + csrName(number) + ", which this hart has not");
            }
            Privileged.writeCsr(probe, number, s.csr()[k + 1]);
            if (Privileged.readCsr(probe, number) != s.csr()[k + 1]) {
                throw new StateException("hart state has CSR " + csrName(number) + " = " + Long.toHexString(s.csr()[k + 1])
                    + ", which this hart cannot hold");
            }
        }
        System.arraycopy(s.x(), 0, x, 0, 32);
        System.arraycopy(s.f(), 0, f, 0, 32);
        pc = s.pc();
        mode = s.mode();
        instret = s.instret();
        fpu.setFcsr(probe.fpu.fcsr());
        sstatus = probe.sstatus;
        sie = probe.sie;
        stvec = probe.stvec;
        scounteren = probe.scounteren;
        senvcfg = probe.senvcfg;
        sscratch = probe.sscratch;
        sepc = probe.sepc;
        scause = probe.scause;
        stval = probe.stval;
        stimecmp = probe.stimecmp;
        satp = probe.satp;
        waiting = s.waiting();
        // A reservation may be lost at any time.
        reservation = -1;
        LINES.setVolatile(this, (int) s.interruptLines());
        allEffects();
    }

    private static String csrName(int csr) {
        return hv.riscv.Registers.csrName(csr);
    }
}
