package hv.riscv;

import hv.api.riscv.HartState;
import hv.api.riscv.RiscvRegister;
import hv.api.riscv.spi.InterruptFile;
import hv.api.state.StateException;
import hv.api.vcpu.Registers;
import hv.riscv.fp.Fpu;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A hart of RV64GC with S and U mode, and M mode where there is firmware. Without M mode the platform is the firmware: every exception and
 * interrupt goes to S mode, as a hart's whose M mode delegated everything, and an ecall from S mode leaves the guest. The engine keeps one per
 * vCPU and runs on its fields; {@link Privileged} gives CSRs and privileged instructions their meaning.
 *
 * <p>Belongs to the thread that runs it, except for what says otherwise. Source: privileged specification (20240411), chapters 3 and 12.
 */
public final class Hart implements Registers {
    public static final int USER = 0;
    public static final int SUPERVISOR = 1;
    public static final int MACHINE = 3;
    /** Where an engine may send writes of x0: entries 32 and up of {@link #x} are scratch. */
    public static final int SINK = 32;

    /** {@link #effects}: satp changed. */
    public static final int SATP_CHANGED = 1;
    /** {@link #effects}: mode, SUM, MXR or MPRV changed: which translations hold is to be looked up again. */
    public static final int ACCESS_CHANGED = 2;
    /** {@link #effects}: sfence.vma; what is to be flushed stands in {@link #fenceAddress} and {@link #fenceAsid}. */
    public static final int FENCE_VMA = 4;
    /** {@link #effects}: fence.i. */
    public static final int FENCE_I = 8;
    /** {@link #effects}: an interrupt may have become deliverable. */
    public static final int INTERRUPTS_CHANGED = 16;
    /** {@link #effects}: stimecmp changed. */
    public static final int TIMER_CHANGED = 32;
    /** {@link #effects}: physical memory protection changed. */
    public static final int PMP_CHANGED = 64;

    static final int SUPERVISOR_INTERRUPTS = Csr.SSIP | Csr.STIP | Csr.SEIP;
    static final int MACHINE_INTERRUPTS = Csr.MSIP | Csr.MTIP | Csr.MEIP;

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
    /** {@link #USER}, {@link #SUPERVISOR} or {@link #MACHINE}. */
    public int mode;
    /** Retired instructions. */
    public long instret;
    /** sstatus is a part of it; UXL, SXL and SD are added when it is read. */
    public long mstatus;
    /** sie is the part of it that is delegated. */
    public long mie;
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
    public long medeleg;
    public long mideleg;
    public long mtvec;
    public long mcounteren;
    public long menvcfg;
    public long mcountinhibit;
    public long mscratch;
    public long mepc;
    public long mcause;
    public long mtval;
    /** Numbers of the register behind sireg and mireg. */
    int siselect;
    int miselect;
    /** mcycle and minstret less {@link #instret}; a counter that is inhibited: itself. */
    long mcycleBase;
    long minstretBase;
    /** SEIP and STIP as M mode wrote them to mip. */
    int softPending;
    public final Pmp pmp = new Pmp();
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
    /** Whether it has M mode, and PMP with it. */
    public final boolean machineMode;
    /** CSR mhartid. */
    public final int id;
    /** Of supervisor level: the hart has Ssaia; null where it has none. */
    final InterruptFile supervisorFile;
    /** Of machine level: the hart has Smaia; null where it has none, as without M mode. */
    final InterruptFile machineFile;
    private final TimeSource time;
    private volatile int lines;

    /** A hart without M mode, in reset state: S mode, translation off, all registers zero. */
    public Hart(TimeSource time, int maxSatpMode) {
        this(time, maxSatpMode, false, 0);
    }

    /** A hart without an IMSIC, in reset state: in its highest mode, translation off, all registers zero. */
    public Hart(TimeSource time, int maxSatpMode, boolean machineMode, int id) {
        this(time, maxSatpMode, machineMode, id, null, null);
    }

    /**
     * A hart in reset state: in its highest mode, translation off, all registers zero.
     *
     * @param supervisorFile its IMSIC's interrupt file of supervisor level, null for none
     * @param machineFile    likewise of machine level; both or none with M mode
     */
    public Hart(TimeSource time, int maxSatpMode, boolean machineMode, int id, InterruptFile supervisorFile, InterruptFile machineFile) {
        if ((machineFile != null) != (machineMode && supervisorFile != null)) {
            throw new IllegalArgumentException("an IMSIC has an interrupt file for each privilege level of its hart");
        }
        this.time = time;
        this.maxSatpMode = maxSatpMode;
        this.machineMode = machineMode;
        this.id = id;
        this.supervisorFile = supervisorFile;
        this.machineFile = machineFile;
        reset();
    }

    /** To the reset state; lines and effects included. */
    public void reset() {
        java.util.Arrays.fill(x, 0);
        java.util.Arrays.fill(f, 0);
        fpu.setFcsr(0);
        pc = 0;
        mode = machineMode ? MACHINE : SUPERVISOR;
        instret = 0;
        mstatus = 0;
        mie = 0;
        stvec = 0;
        scounteren = 0;
        senvcfg = 0;
        sscratch = 0;
        sepc = 0;
        scause = 0;
        stval = 0;
        stimecmp = -1L;
        satp = 0;
        // Without M mode: as firmware leaves them. Svadu without Svade: A and D are updated from the start.
        medeleg = machineMode ? 0 : -1L;
        mideleg = machineMode ? 0 : SUPERVISOR_INTERRUPTS;
        mcounteren = machineMode ? 0 : 7;
        menvcfg = machineMode ? Csr.MENVCFG_ADUE : Csr.MENVCFG_ADUE | Csr.MENVCFG_STCE;
        mtvec = 0;
        mcountinhibit = 0;
        mscratch = 0;
        mepc = 0;
        mcause = 0;
        mtval = 0;
        siselect = 0;
        miselect = 0;
        mcycleBase = 0;
        minstretBase = 0;
        softPending = 0;
        pmp.reset();
        reservation = -1;
        waiting = false;
        setLines(0);
        allEffects();
    }

    /** After a change from outside: everything is to be looked at again. */
    public void allEffects() {
        fenceAll = 3;
        effects = SATP_CHANGED | ACCESS_CHANGED | FENCE_VMA | FENCE_I | INTERRUPTS_CHANGED | TIMER_CHANGED | PMP_CHANGED;
    }

    /** Value of CSR time. */
    public long ticks() {
        return time.ticks();
    }

    /**
     * Sets an interrupt line: 1 supervisor software, 9 supervisor external; with M mode 3, 7, 11 machine software, timer, external; others are
     * ignored. Any thread.
     */
    public void setLine(int line, boolean level) {
        int bit = line < 0 || line > 31 ? 0 : 1 << line & existingLines();
        if (level) {
            LINES.getAndBitwiseOr(this, bit);
        } else {
            LINES.getAndBitwiseAnd(this, ~bit);
        }
    }

    int existingLines() {
        return machineMode ? Csr.SSIP | Csr.SEIP | MACHINE_INTERRUPTS : Csr.SSIP | Csr.SEIP;
    }

    void setLines(int levels) {
        LINES.setVolatile(this, levels);
    }

    /** Levels of the lines. Any thread. */
    public int lines() {
        return lines;
    }

    /** Interrupts that are pending: CSR mip. Any thread. */
    public int pending() {
        if ((menvcfg & Csr.MENVCFG_STCE) == 0) {
            return lines | softPending;
        }
        int p = lines | softPending & ~Csr.STIP;
        return Long.compareUnsigned(time.ticks(), stimecmp) >= 0 ? p | Csr.STIP : p;
    }

    /** Bits of mip that M mode can write: STIP only as long as stimecmp does not drive it. */
    int writablePending() {
        return (menvcfg & Csr.MENVCFG_STCE) == 0 ? SUPERVISOR_INTERRUPTS : Csr.SSIP | Csr.SEIP;
    }

    /** Sets and clears bits of mip among {@code writable}, each for itself: other harts raise lines meanwhile. */
    void changePending(int set, int clear, int writable) {
        if (((set | clear) & writable & Csr.SSIP) != 0) {
            setLine(1, (set & Csr.SSIP) != 0);
        }
        softPending = softPending & ~(clear & writable) | set & writable & ~Csr.SSIP;
        effects |= INTERRUPTS_CHANGED;
    }

    /** Whether an interrupt is pending and enabled one by one, which is what ends WFI whatever mstatus and mideleg say. Any thread. */
    public boolean wakes() {
        return (pending() & mie) != 0;
    }

    /** Takes the interrupt of highest priority that is deliverable now; false if there is none. */
    public boolean takeInterrupt() {
        long enabled = 0;
        if (mode < MACHINE || (mstatus & Csr.MSTATUS_MIE) != 0) {
            enabled = mie & ~mideleg;
        }
        if (mode < SUPERVISOR || mode == SUPERVISOR && (mstatus & Csr.SSTATUS_SIE) != 0) {
            enabled |= mie & mideleg;
        }
        if (enabled == 0) {
            return false;
        }
        long p = pending() & enabled;
        if (p == 0) {
            return false;
        }
        if ((p & ~mideleg) != 0) {
            // Those for M mode first.
            p &= ~mideleg;
        }
        enterTrap(1L << 63 | first(p), 0);
        return true;
    }

    /** Number of the interrupt of highest priority: external, software, timer; machine before supervisor. */
    private static int first(long pending) {
        return (pending & Csr.MEIP) != 0 ? 11 : (pending & Csr.MSIP) != 0 ? 3 : (pending & Csr.MTIP) != 0 ? 7
            : (pending & Csr.SEIP) != 0 ? 9 : (pending & Csr.SSIP) != 0 ? 1 : 5;
    }

    /**
     * CSR mtopi or stopi, global enables aside. The order of major interrupts cannot be changed: iprio is all zeros, so that the priority is always 1
     * (AIA 1.0, 5.2.3 and 5.4.2).
     */
    long topInterrupt(boolean machineLevel) {
        long p = pending() & mie & (machineLevel ? ~mideleg : mideleg);
        return p == 0 ? 0 : (long) first(p) << 16 | 1;
    }

    /** Traps at {@link #pc}, to the mode that the cause is delegated to. */
    public void enterTrap(long cause, long value) {
        waiting = false;
        // Whoever runs next must not inherit the reservation.
        reservation = -1;
        effects |= ACCESS_CHANGED;
        boolean delegated = mode != MACHINE && ((cause < 0 ? mideleg : medeleg) >>> (cause & 63) & 1) != 0;
        if (delegated) {
            trapToSupervisor(cause, value);
        } else {
            trapToMachine(cause, value);
        }
    }

    private void trapToSupervisor(long cause, long value) {
        sepc = pc;
        scause = cause;
        stval = value;
        long s = mstatus & ~(Csr.SSTATUS_SPP | Csr.SSTATUS_SPIE | Csr.SSTATUS_SIE);
        if (mode == SUPERVISOR) {
            s |= Csr.SSTATUS_SPP;
        }
        if ((mstatus & Csr.SSTATUS_SIE) != 0) {
            s |= Csr.SSTATUS_SPIE;
        }
        mstatus = s;
        mode = SUPERVISOR;
        pc = handler(stvec, cause);
    }

    private void trapToMachine(long cause, long value) {
        mepc = pc;
        mcause = cause;
        mtval = value;
        long s = mstatus & ~(Csr.MSTATUS_MPP | Csr.MSTATUS_MPIE | Csr.MSTATUS_MIE) | (long) mode << Csr.MSTATUS_MPP_SHIFT;
        if ((mstatus & Csr.MSTATUS_MIE) != 0) {
            s |= Csr.MSTATUS_MPIE;
        }
        mstatus = s;
        mode = MACHINE;
        pc = handler(mtvec, cause);
    }

    private static long handler(long vector, long cause) {
        long base = vector & ~3L;
        return cause < 0 && (vector & 1) != 0 ? base + 4 * (cause & 63) : base;
    }

    /** Privilege mode that loads and stores have: with mstatus.MPRV that of mstatus.MPP. */
    public int dataMode() {
        return mode == MACHINE && (mstatus & Csr.MSTATUS_MPRV) != 0 ? previousMode() : mode;
    }

    /** mstatus.MPP. */
    int previousMode() {
        return (int) (mstatus >>> Csr.MSTATUS_MPP_SHIFT) & 3;
    }

    /** Whether floating-point instructions are legal; if not, they trap as illegal ones. */
    public boolean floatEnabled() {
        return (mstatus & Csr.SSTATUS_FS) != 0;
    }

    /** To be called when a floating-point register or fcsr changes. */
    public void floatDirty() {
        mstatus |= Csr.SSTATUS_FS;
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
        if (csr >= 0 && csr <= 0xfff && CsrFile.exists(this, csr)) {
            return CsrFile.read(this, csr);
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
        } else if (register == RiscvRegister.MODE && (value == USER || value == SUPERVISOR || value == MACHINE && machineMode)) {
            mode = (int) value;
            if (mode != MACHINE) {
                // As mret and sret do: it is for M mode alone.
                mstatus &= ~Csr.MSTATUS_MPRV;
            }
            effects |= ACCESS_CHANGED | INTERRUPTS_CHANGED;
        } else {
            int csr = register - RiscvRegister.CSR0;
            if (csr < 0 || csr > 0xfff || !CsrFile.exists(this, csr) || csr >>> 10 == 3) {
                throw new IllegalArgumentException("RISC-V register " + register + " cannot be written with " + Long.toHexString(value));
            }
            CsrFile.write(this, csr, value);
        }
    }

    /** The canonical state. */
    public HartState state() {
        return HartStates.take(this);
    }

    /** Takes a canonical state over; refused states change nothing. */
    public void restore(HartState s) throws StateException {
        HartStates.give(this, s);
    }
}
