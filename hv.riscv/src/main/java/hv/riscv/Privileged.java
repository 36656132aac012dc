package hv.riscv;

import hv.api.vcpu.Registers;

/**
 * What the {@code system} instructions of the table mean: CSR accesses, ecall, ebreak, sret, wfi, sfence.vma, fence.i. An engine calls
 * it for those it owns; in strict mode the interpreter calls it for all.
 *
 * <p>Source: unprivileged specification, chapter "Zicsr"; privileged specification (20240411), chapters 2 and 12; Sstc.
 * Deviation: there is no M mode; mcounteren is taken as all ones, menvcfg.STCE and menvcfg.ADUE as set, mstatus.TVM, TW and TSR as clear.
 */
public final class Privileged {
    /** The instruction was executed; pc is behind it or where it went. */
    public static final int DONE = 0;
    /** It trapped: pc is at the guest's handler. */
    public static final int TRAPPED = 1;
    /** WFI: pc is behind it; the hart may wait until {@link Hart#wakes}. */
    public static final int WAIT = 2;
    /** ecall from S mode: a call of the firmware, for the interpreter; pc is still at the instruction. */
    public static final int FIRMWARE_CALL = 3;

    private static final long SSTATUS_WRITABLE = Csr.SSTATUS_SIE | Csr.SSTATUS_SPIE | Csr.SSTATUS_SPP | Csr.SSTATUS_FS | Csr.SSTATUS_SUM
        | Csr.SSTATUS_MXR;
    private static final long INTERRUPTS = Csr.SSIP | Csr.STIP | Csr.SEIP;

    private Privileged() { }

    /** Whether {@code system} instructions of that op are privileged, that is, leave the engine in strict mode. */
    public static boolean isPrivileged(int op, int code) {
        if (op == Op.SRET || op == Op.WFI || op == Op.SFENCE_VMA) {
            return true;
        }
        // Bits 9..8 of a CSR's number tell the lowest mode that may access it.
        return op >= Op.CSRRW && op <= Op.CSRRCI && (code >>> 28 & 3) != 0;
    }

    /**
     * Executes one {@code system} instruction at the program counter of {@code registers}, trap included, and counts it.
     *
     * @param code its encoding, 16-bit ones zero-extended
     * @return {@link #DONE}, {@link #TRAPPED}, {@link #WAIT} or {@link #FIRMWARE_CALL}
     */
    public static int execute(Registers registers, int code) {
        if (registers instanceof Hart hart) {
            int outcome = execute(hart, Decoder.decode(code), code);
            if (outcome == DONE || outcome == WAIT) {
                hart.instret++;
            }
            return outcome;
        }
        throw new IllegalArgumentException("registers of " + registers.getClass().getName() + " are not those of a " + Hart.class.getName());
    }

    /** As {@link #execute(Registers, int)}, decoded already; the caller counts it. */
    public static int execute(Hart h, long decoded, int code) {
        int op = Decoded.op(decoded);
        switch (op) {
            case Op.ECALL:
                if (h.mode == Hart.SUPERVISOR) {
                    return FIRMWARE_CALL;
                }
                return trap(h, Cause.ECALL_FROM_U, 0);
            case Op.EBREAK:
                return trap(h, Cause.BREAKPOINT, h.pc);
            case Op.FENCE_I:
                h.effects |= Hart.FENCE_I;
                break;
            case Op.SRET:
                if (h.mode != Hart.SUPERVISOR) {
                    return illegal(h, code);
                }
                returnFromTrap(h);
                return DONE;
            case Op.WFI:
                // In U mode it may complete at once or trap; with S mode present and mstatus.TW clear it traps after a bounded time: here at once.
                if (h.mode != Hart.SUPERVISOR) {
                    return illegal(h, code);
                }
                h.pc += 4;
                return WAIT;
            case Op.SFENCE_VMA:
                if (h.mode != Hart.SUPERVISOR) {
                    return illegal(h, code);
                }
                fenceVma(h, Decoded.rs1(decoded), Decoded.rs2(decoded));
                break;
            case Op.CSRRW, Op.CSRRS, Op.CSRRC, Op.CSRRWI, Op.CSRRSI, Op.CSRRCI:
                if (!csr(h, op, code)) {
                    return illegal(h, code);
                }
                break;
            default:
                return illegal(h, code);
        }
        h.pc += Decoded.lengthBytes(decoded);
        return DONE;
    }

    private static int illegal(Hart h, int code) {
        return trap(h, Cause.ILLEGAL_INSTRUCTION, (code & 3) == 3 ? code & 0xffff_ffffL : code & 0xffff);
    }

    private static int trap(Hart h, int cause, long value) {
        h.enterTrap(cause, value);
        return TRAPPED;
    }

    private static void returnFromTrap(Hart h) {
        long s = h.sstatus;
        h.mode = (s & Csr.SSTATUS_SPP) != 0 ? Hart.SUPERVISOR : Hart.USER;
        s = (s & Csr.SSTATUS_SPIE) != 0 ? s | Csr.SSTATUS_SIE : s & ~Csr.SSTATUS_SIE;
        h.sstatus = (s | Csr.SSTATUS_SPIE) & ~Csr.SSTATUS_SPP;
        h.pc = h.sepc;
        h.effects |= Hart.ACCESS_CHANGED | Hart.INTERRUPTS_CHANGED;
    }

    private static void fenceVma(Hart h, int rs1, int rs2) {
        int all = (rs1 == 0 ? 1 : 0) | (rs2 == 0 ? 2 : 0);
        if ((h.effects & Hart.FENCE_VMA) != 0) {
            // One that the engine did not see yet: together they are at most everything.
            all = 3;
        }
        h.fenceAll = all;
        h.fenceAddress = h.x[rs1];
        h.fenceAsid = h.x[rs2] & 0xffff;
        h.effects |= Hart.FENCE_VMA;
    }

    /** Reads, and writes where rs1 or the immediate say so; false if it is illegal. */
    private static boolean csr(Hart h, int op, int code) {
        int number = code >>> 20;
        int field = code >>> 15 & 31;
        int rd = code >>> 7 & 31;
        boolean immediate = op >= Op.CSRRWI;
        boolean replaces = op == Op.CSRRW || op == Op.CSRRWI;
        boolean writes = replaces || field != 0;
        if (!accessible(h, number) || writes && number >>> 10 == 3) {
            return false;
        }
        long operand = immediate ? field : h.x[field];
        // csrrw with rd = x0 does not read; no CSR here has side effects of reading.
        long old = readCsr(h, number);
        if (writes && number == Csr.SIP) {
            // Bit by bit: another hart may raise the line between our read and our write.
            if (replaces || (operand & Csr.SSIP) != 0) {
                h.setLine(1, op != Op.CSRRC && op != Op.CSRRCI && (operand & Csr.SSIP) != 0);
                h.effects |= Hart.INTERRUPTS_CHANGED;
            }
        } else if (writes) {
            long value = replaces ? operand : op == Op.CSRRS || op == Op.CSRRSI ? old | operand : old & ~operand;
            writeCsr(h, number, value);
        }
        if (rd != 0) {
            h.x[rd] = old;
        }
        return true;
    }

    private static boolean accessible(Hart h, int number) {
        if (!exists(number) || (number >>> 8 & 3) > h.mode) {
            return false;
        }
        if (number <= Csr.FCSR) {
            return h.floatEnabled();
        }
        if (number >= Csr.CYCLE && h.mode == Hart.USER) {
            return (h.scounteren >>> (number - Csr.CYCLE) & 1) != 0;
        }
        return true;
    }

    /** Whether this hart has the CSR. */
    public static boolean exists(int number) {
        return switch (number) {
            case Csr.FFLAGS, Csr.FRM, Csr.FCSR, Csr.SSTATUS, Csr.SIE, Csr.STVEC, Csr.SCOUNTEREN, Csr.SENVCFG, Csr.SSCRATCH, Csr.SEPC, Csr.SCAUSE,
                Csr.STVAL, Csr.SIP, Csr.STIMECMP, Csr.SATP, Csr.CYCLE, Csr.TIME, Csr.INSTRET -> true;
            default -> false;
        };
    }

    /** Value of a CSR that {@link #exists}, whatever the mode. */
    public static long readCsr(Hart h, int number) {
        return switch (number) {
            case Csr.FFLAGS -> h.fpu.fflags;
            case Csr.FRM -> h.fpu.frm;
            case Csr.FCSR -> h.fpu.fcsr();
            case Csr.SSTATUS -> h.sstatus | Csr.SSTATUS_UXL64 | ((h.sstatus & Csr.SSTATUS_FS) == Csr.SSTATUS_FS ? Csr.SSTATUS_SD : 0);
            case Csr.SIE -> h.sie;
            case Csr.STVEC -> h.stvec;
            case Csr.SCOUNTEREN -> h.scounteren;
            case Csr.SENVCFG -> h.senvcfg;
            case Csr.SSCRATCH -> h.sscratch;
            case Csr.SEPC -> h.sepc;
            case Csr.SCAUSE -> h.scause;
            case Csr.STVAL -> h.stval;
            case Csr.SIP -> h.pending();
            case Csr.STIMECMP -> h.stimecmp;
            case Csr.SATP -> h.satp;
            case Csr.CYCLE, Csr.INSTRET -> h.instret;
            case Csr.TIME -> h.ticks();
            default -> throw new IllegalArgumentException("no CSR " + hv.riscv.Registers.csrName(number));
        };
    }

    /** Writes a CSR that {@link #exists} and is not read-only, with the legalization the specification asks for. */
    public static void writeCsr(Hart h, int number, long value) {
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
            case Csr.SSTATUS -> {
                long changed = (h.sstatus ^ value) & SSTATUS_WRITABLE;
                h.sstatus = value & SSTATUS_WRITABLE;
                if ((changed & (Csr.SSTATUS_SUM | Csr.SSTATUS_MXR)) != 0) {
                    h.effects |= Hart.ACCESS_CHANGED;
                }
                if ((changed & h.sstatus & Csr.SSTATUS_SIE) != 0) {
                    h.effects |= Hart.INTERRUPTS_CHANGED;
                }
            }
            case Csr.SIE -> {
                h.sie = value & INTERRUPTS;
                h.effects |= Hart.INTERRUPTS_CHANGED;
            }
            case Csr.STVEC -> h.stvec = (value & 2) == 0 ? value : value & ~3L | h.stvec & 1;
            case Csr.SCOUNTEREN -> h.scounteren = value & 7;
            case Csr.SENVCFG -> h.senvcfg = value & 1;
            case Csr.SSCRATCH -> h.sscratch = value;
            case Csr.SEPC -> h.sepc = value & ~1L;
            case Csr.SCAUSE -> h.scause = value;
            case Csr.STVAL -> h.stval = value;
            case Csr.SIP -> {
                h.setLine(1, (value & Csr.SSIP) != 0);
                h.effects |= Hart.INTERRUPTS_CHANGED;
            }
            case Csr.STIMECMP -> {
                h.stimecmp = value;
                h.effects |= Hart.TIMER_CHANGED | Hart.INTERRUPTS_CHANGED;
            }
            case Csr.SATP -> {
                int mode = (int) (value >>> 60);
                // A write with a mode that is not supported has no effect.
                if (mode == 0 || mode >= 8 && mode <= h.maxSatpMode) {
                    h.satp = value;
                    h.effects |= Hart.SATP_CHANGED;
                }
            }
            default -> throw new IllegalArgumentException("CSR " + hv.riscv.Registers.csrName(number) + " cannot be written");
        }
    }
}
