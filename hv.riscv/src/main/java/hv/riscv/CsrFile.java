package hv.riscv;

/**
 * Which CSRs a hart has, who may access them, what they read as and what writing does. Source: privileged specification (20240411), chapters
 * 2, 3 and 12; Sstc; Smaia and Ssaia in {@link InterruptCsrs}. A hart without M mode has none of the machine's CSRs but its counters, which the platform sets; what they would hold is fixed at {@link Hart#reset}.
 */
final class CsrFile {
    private static final long SSTATUS_WRITABLE = Csr.SSTATUS_SIE | Csr.SSTATUS_SPIE | Csr.SSTATUS_SPP | Csr.SSTATUS_FS | Csr.SSTATUS_SUM
        | Csr.SSTATUS_MXR;
    private static final long MSTATUS_WRITABLE = SSTATUS_WRITABLE | Csr.MSTATUS_MIE | Csr.MSTATUS_MPIE | Csr.MSTATUS_MPP | Csr.MSTATUS_MPRV
        | Csr.MSTATUS_TVM | Csr.MSTATUS_TW | Csr.MSTATUS_TSR;
    /** RV64, and the letters A B C D F I M S U. */
    private static final long MISA = 2L << 62 | letters("abcdfimsu");
    /** Exceptions that can be delegated: all of U and S mode; not ecall from M mode (11) and the reserved codes. */
    private static final long DELEGABLE = 0xb3ff;
    private static final long MENVCFG_WRITABLE = Csr.ENVCFG_FIOM | Csr.MENVCFG_ADUE | Csr.MENVCFG_STCE;
    private static final int COUNTERS = 7;
    /** mcountinhibit: cycle and instret; time cannot be. */
    private static final int INHIBIT_CYCLE = 1;
    private static final int INHIBIT_INSTRET = 4;

    private CsrFile() { }

    private static long letters(String names) {
        long bits = 0;
        for (char c : names.toCharArray()) {
            bits |= 1L << c - 'a';
        }
        return bits;
    }

    /** Whether the hart has the CSR. */
    static boolean exists(Hart h, int number) {
        return switch (number) {
            case Csr.FFLAGS, Csr.FRM, Csr.FCSR, Csr.SSTATUS, Csr.SIE, Csr.STVEC, Csr.SCOUNTEREN, Csr.SENVCFG, Csr.SSCRATCH, Csr.SEPC, Csr.SCAUSE,
                Csr.STVAL, Csr.SIP, Csr.STIMECMP, Csr.SATP, Csr.CYCLE, Csr.TIME, Csr.INSTRET -> true;
            // Without M mode the platform is the firmware, and sets counters for the guest.
            case Csr.MCOUNTINHIBIT, Csr.MCYCLE, Csr.MINSTRET -> true;
            case Csr.SISELECT, Csr.SIREG, Csr.STOPEI, Csr.STOPI -> h.supervisorFile != null;
            case Csr.MVIEN, Csr.MVIP, Csr.MISELECT, Csr.MIREG, Csr.MTOPEI, Csr.MTOPI -> h.machineFile != null;
            case Csr.MSTATUS, Csr.MISA, Csr.MEDELEG, Csr.MIDELEG, Csr.MIE, Csr.MTVEC, Csr.MCOUNTEREN, Csr.MENVCFG,
                Csr.MSCRATCH, Csr.MEPC, Csr.MCAUSE, Csr.MTVAL, Csr.MIP, Csr.PMPCFG0, Csr.PMPCFG2, Csr.TSELECT, Csr.TDATA1, Csr.TDATA2, Csr.TDATA3,
                Csr.TINFO, Csr.MVENDORID, Csr.MARCHID, Csr.MIMPID, Csr.MHARTID, Csr.MCONFIGPTR -> h.machineMode;
            default -> h.machineMode && (number >= Csr.PMPADDR0 && number <= Csr.PMPADDR15 || readsZero(number));
        };
    }

    /** Event counters beyond the three fixed ones, which have no events to count. */
    private static boolean readsZero(int number) {
        return number >= Csr.MHPMEVENT3 && number <= Csr.MHPMEVENT31 || number >= Csr.MHPMCOUNTER3 && number <= Csr.MHPMCOUNTER31
            || number >= Csr.HPMCOUNTER3 && number <= Csr.HPMCOUNTER31;
    }

    /** Whether the hart may access the CSR in its present mode. */
    static boolean accessible(Hart h, int number) {
        // Bits 9..8 of a CSR's number tell the lowest mode that may access it.
        if (!exists(h, number) || (number >>> 8 & 3) > h.mode) {
            return false;
        }
        if (number <= Csr.FCSR) {
            return h.floatEnabled();
        }
        if (number == Csr.SIREG || number == Csr.MIREG) {
            return InterruptCsrs.isAccessible(number == Csr.MIREG ? h.miselect : h.siselect);
        }
        if (h.mode == Hart.MACHINE) {
            return true;
        }
        if (number >= Csr.CYCLE && number <= Csr.HPMCOUNTER31) {
            long open = h.mode == Hart.USER ? h.mcounteren & h.scounteren : h.mcounteren;
            return (open >>> (number & 31) & 1) != 0;
        }
        return switch (number) {
            case Csr.SATP -> (h.mstatus & Csr.MSTATUS_TVM) == 0;
            case Csr.STIMECMP -> (h.menvcfg & Csr.MENVCFG_STCE) != 0 && (h.mcounteren & 2) != 0;
            default -> true;
        };
    }

    /** Value of a CSR that {@link #exists}, whatever the mode. */
    static long read(Hart h, int number) {
        return switch (number) {
            case Csr.FFLAGS -> h.fpu.fflags;
            case Csr.FRM -> h.fpu.frm;
            case Csr.FCSR -> h.fpu.fcsr();
            case Csr.SSTATUS -> h.mstatus & SSTATUS_WRITABLE | Csr.SSTATUS_UXL64 | dirty(h);
            case Csr.SIE -> h.mie & h.mideleg;
            case Csr.STVEC -> h.stvec;
            case Csr.SCOUNTEREN -> h.scounteren;
            case Csr.SENVCFG -> h.senvcfg;
            case Csr.SSCRATCH -> h.sscratch;
            case Csr.SEPC -> h.sepc;
            case Csr.SCAUSE -> h.scause;
            case Csr.STVAL -> h.stval;
            case Csr.SIP -> h.pending() & h.mideleg;
            case Csr.STIMECMP -> h.stimecmp;
            case Csr.SISELECT, Csr.SIREG, Csr.STOPEI, Csr.STOPI, Csr.MVIEN, Csr.MVIP, Csr.MISELECT, Csr.MIREG, Csr.MTOPEI, Csr.MTOPI ->
                InterruptCsrs.read(h, number);
            case Csr.SATP -> h.satp;
            case Csr.MSTATUS -> h.mstatus | Csr.SSTATUS_UXL64 | Csr.MSTATUS_SXL64 | dirty(h);
            case Csr.MISA -> MISA;
            case Csr.MEDELEG -> h.medeleg;
            case Csr.MIDELEG -> h.mideleg;
            case Csr.MIE -> h.mie;
            case Csr.MTVEC -> h.mtvec;
            case Csr.MCOUNTEREN -> h.mcounteren;
            case Csr.MENVCFG -> h.menvcfg;
            case Csr.MCOUNTINHIBIT -> h.mcountinhibit;
            case Csr.MSCRATCH -> h.mscratch;
            case Csr.MEPC -> h.mepc;
            case Csr.MCAUSE -> h.mcause;
            case Csr.MTVAL -> h.mtval;
            case Csr.MIP -> h.pending();
            case Csr.PMPCFG0 -> h.pmp.cfgs(0);
            case Csr.PMPCFG2 -> h.pmp.cfgs(8);
            case Csr.CYCLE, Csr.MCYCLE -> h.mcycleBase + ((h.mcountinhibit & INHIBIT_CYCLE) == 0 ? h.instret : 0);
            case Csr.INSTRET, Csr.MINSTRET -> h.minstretBase + ((h.mcountinhibit & INHIBIT_INSTRET) == 0 ? h.instret : 0);
            case Csr.TIME -> h.ticks();
            case Csr.MHARTID -> h.id;
            // Not implemented, as the specification says it (3.1.2 to 3.1.4, 3.1.17); no trigger (debug specification 1.0, 5.7.1); tinfo: type 0 only.
            case Csr.MVENDORID, Csr.MARCHID, Csr.MIMPID, Csr.MCONFIGPTR, Csr.TSELECT, Csr.TDATA1, Csr.TDATA2, Csr.TDATA3 -> 0;
            case Csr.TINFO -> 1;
            default -> {
                if (number >= Csr.PMPADDR0 && number <= Csr.PMPADDR15) {
                    yield h.pmp.address(number - Csr.PMPADDR0);
                }
                if (readsZero(number)) {
                    yield 0;
                }
                throw new IllegalArgumentException("no CSR " + Registers.csrName(number));
            }
        };
    }

    private static long dirty(Hart h) {
        return (h.mstatus & Csr.SSTATUS_FS) == Csr.SSTATUS_FS ? Csr.SSTATUS_SD : 0;
    }

    /** Writes a CSR that {@link #exists} and is not read-only by its number, with the legalization that the specification asks for. */
    static void write(Hart h, int number, long value) {
        switch (number) {
            case Csr.FFLAGS -> {
                h.fpu.fflags = (int) value & 31;
                h.floatDirty();
            }
            case Csr.FRM -> {
                h.fpu.frm = (int) value & 7;
                h.floatDirty();
            }
            case Csr.FCSR -> {
                h.fpu.setFcsr(value);
                h.floatDirty();
            }
            case Csr.SSTATUS -> writeStatus(h, value, SSTATUS_WRITABLE);
            case Csr.SIE -> writeEnables(h, value, h.mideleg);
            case Csr.STVEC -> h.stvec = vector(h.stvec, value);
            case Csr.SCOUNTEREN -> h.scounteren = value & COUNTERS;
            case Csr.SENVCFG -> h.senvcfg = value & Csr.ENVCFG_FIOM;
            case Csr.SSCRATCH -> h.sscratch = value;
            case Csr.SEPC -> h.sepc = value & ~1L;
            case Csr.SCAUSE -> h.scause = value;
            case Csr.STVAL -> h.stval = value;
            case Csr.SIP -> h.changePending((int) value, ~(int) value, Csr.SSIP & (int) h.mideleg);
            case Csr.STIMECMP -> {
                h.stimecmp = value;
                h.effects |= Hart.TIMER_CHANGED | Hart.INTERRUPTS_CHANGED;
            }
            case Csr.SISELECT, Csr.SIREG, Csr.STOPEI, Csr.MVIEN, Csr.MVIP, Csr.MISELECT, Csr.MIREG, Csr.MTOPEI -> InterruptCsrs.change(h, number, -1L, value);
            case Csr.SATP -> {
                int mode = (int) (value >>> 60);
                // A write with a mode that is not supported has no effect.
                if (mode == 0 || mode >= 8 && mode <= h.maxSatpMode) {
                    h.satp = value;
                    h.effects |= Hart.SATP_CHANGED;
                }
            }
            case Csr.MSTATUS -> writeStatus(h, (value & Csr.MSTATUS_MPP) == 2L << Csr.MSTATUS_MPP_SHIFT
                ? value & ~Csr.MSTATUS_MPP | h.mstatus & Csr.MSTATUS_MPP : value, MSTATUS_WRITABLE);
            case Csr.MEDELEG -> h.medeleg = value & DELEGABLE;
            case Csr.MIDELEG -> {
                h.mideleg = value & Hart.SUPERVISOR_INTERRUPTS;
                h.effects |= Hart.INTERRUPTS_CHANGED;
            }
            case Csr.MIE -> writeEnables(h, value, Hart.SUPERVISOR_INTERRUPTS | Hart.MACHINE_INTERRUPTS);
            case Csr.MTVEC -> h.mtvec = vector(h.mtvec, value);
            case Csr.MCOUNTEREN -> h.mcounteren = value & COUNTERS;
            case Csr.MENVCFG -> {
                h.menvcfg = value & MENVCFG_WRITABLE;
                h.effects |= Hart.TIMER_CHANGED | Hart.INTERRUPTS_CHANGED;
            }
            case Csr.MCOUNTINHIBIT -> inhibit(h, value & (INHIBIT_CYCLE | INHIBIT_INSTRET));
            case Csr.MSCRATCH -> h.mscratch = value;
            case Csr.MEPC -> h.mepc = value & ~1L;
            case Csr.MCAUSE -> h.mcause = value;
            case Csr.MTVAL -> h.mtval = value;
            case Csr.MIP -> h.changePending((int) value, ~(int) value, h.writablePending());
            case Csr.PMPCFG0, Csr.PMPCFG2 -> {
                h.pmp.setCfgs(8 * ((number - Csr.PMPCFG0) / 2), value);
                h.effects |= Hart.PMP_CHANGED;
            }
            case Csr.MCYCLE -> h.mcycleBase = value - ((h.mcountinhibit & INHIBIT_CYCLE) == 0 ? h.instret : 0);
            case Csr.MINSTRET -> h.minstretBase = value - ((h.mcountinhibit & INHIBIT_INSTRET) == 0 ? h.instret : 0);
            case Csr.MISA, Csr.TSELECT, Csr.TDATA1, Csr.TDATA2, Csr.TDATA3, Csr.TINFO -> {
                // Each of its fields has one legal value.
            }
            default -> {
                if (number >= Csr.PMPADDR0 && number <= Csr.PMPADDR15) {
                    h.pmp.setAddress(number - Csr.PMPADDR0, value);
                    h.effects |= Hart.PMP_CHANGED;
                } else if (!readsZero(number)) {
                    throw new IllegalArgumentException("CSR " + Registers.csrName(number) + " cannot be written");
                }
            }
        }
    }

    private static long vector(long old, long value) {
        return (value & 2) == 0 ? value : value & ~3L | old & 1;
    }

    private static void writeStatus(Hart h, long value, long writable) {
        long before = h.mstatus;
        h.mstatus = before & ~writable | value & writable;
        long changed = before ^ h.mstatus;
        if ((changed & (Csr.SSTATUS_SUM | Csr.SSTATUS_MXR | Csr.MSTATUS_MPRV | Csr.MSTATUS_MPP)) != 0) {
            h.effects |= Hart.ACCESS_CHANGED;
        }
        if ((changed & h.mstatus & (Csr.SSTATUS_SIE | Csr.MSTATUS_MIE)) != 0) {
            h.effects |= Hart.INTERRUPTS_CHANGED;
        }
    }

    private static void writeEnables(Hart h, long value, long writable) {
        h.mie = h.mie & ~writable | value & writable;
        h.effects |= Hart.INTERRUPTS_CHANGED;
    }

    /** A counter that stands still keeps its value as its base. */
    private static void inhibit(Hart h, long value) {
        long changed = h.mcountinhibit ^ value;
        if ((changed & INHIBIT_CYCLE) != 0) {
            h.mcycleBase += (value & INHIBIT_CYCLE) != 0 ? h.instret : -h.instret;
        }
        if ((changed & INHIBIT_INSTRET) != 0) {
            h.minstretBase += (value & INHIBIT_INSTRET) != 0 ? h.instret : -h.instret;
        }
        h.mcountinhibit = value;
    }
}
