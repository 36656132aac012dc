package hv.riscv;

import hv.api.vcpu.Registers;

/**
 * What the {@code system} instructions of the table mean: CSR accesses, ecall, ebreak, sret, mret, wfi, sfence.vma, fence.i. An engine calls
 * it for those it owns; in strict mode the interpreter calls it for all.
 *
 * <p>Source: unprivileged specification, chapter "Zicsr"; privileged specification (20240411), chapters 2, 3 and 12; Sstc.
 */
public final class Privileged {
    /** The instruction was executed; pc is behind it or where it went. */
    public static final int DONE = 0;
    /** It trapped: pc is at the guest's handler. */
    public static final int TRAPPED = 1;
    /** WFI: pc is behind it; the hart may wait until {@link Hart#wakes}. */
    public static final int WAIT = 2;
    /** ecall from S mode of a hart without M mode: a call of the firmware, for the interpreter; pc is still at the instruction. */
    public static final int FIRMWARE_CALL = 3;

    private Privileged() { }

    /** Whether {@code system} instructions of that op are privileged, that is, leave the engine in strict mode. */
    public static boolean isPrivileged(int op, int code) {
        if (op == Op.SRET || op == Op.MRET || op == Op.WFI || op == Op.SFENCE_VMA) {
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
                if (h.mode == Hart.SUPERVISOR && !h.machineMode) {
                    return FIRMWARE_CALL;
                }
                return trap(h, Cause.ECALL_FROM_U + h.mode, 0);
            case Op.EBREAK:
                return trap(h, Cause.BREAKPOINT, h.pc);
            case Op.FENCE_I:
                h.effects |= Hart.FENCE_I;
                break;
            case Op.SRET:
                if (h.mode < Hart.SUPERVISOR || h.mode == Hart.SUPERVISOR && (h.mstatus & Csr.MSTATUS_TSR) != 0) {
                    return illegal(h, code);
                }
                supervisorReturn(h);
                return DONE;
            case Op.MRET:
                if (h.mode != Hart.MACHINE) {
                    return illegal(h, code);
                }
                machineReturn(h);
                return DONE;
            case Op.WFI:
                // In U mode it may complete at once or trap; with S mode present and mstatus.TW clear it traps after a bounded time: here at once.
                if (h.mode < Hart.SUPERVISOR || h.mode == Hart.SUPERVISOR && (h.mstatus & Csr.MSTATUS_TW) != 0) {
                    return illegal(h, code);
                }
                h.pc += 4;
                return WAIT;
            case Op.SFENCE_VMA:
                if (h.mode < Hart.SUPERVISOR || h.mode == Hart.SUPERVISOR && (h.mstatus & Csr.MSTATUS_TVM) != 0) {
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

    private static void supervisorReturn(Hart h) {
        long s = h.mstatus;
        h.mode = (s & Csr.SSTATUS_SPP) != 0 ? Hart.SUPERVISOR : Hart.USER;
        s = (s & Csr.SSTATUS_SPIE) != 0 ? s | Csr.SSTATUS_SIE : s & ~Csr.SSTATUS_SIE;
        h.mstatus = (s | Csr.SSTATUS_SPIE) & ~(Csr.SSTATUS_SPP | Csr.MSTATUS_MPRV);
        h.pc = h.sepc;
        h.effects |= Hart.ACCESS_CHANGED | Hart.INTERRUPTS_CHANGED;
    }

    private static void machineReturn(Hart h) {
        long s = h.mstatus;
        h.mode = h.previousMode();
        s = (s & Csr.MSTATUS_MPIE) != 0 ? s | Csr.MSTATUS_MIE : s & ~Csr.MSTATUS_MIE;
        s = (s | Csr.MSTATUS_MPIE) & ~Csr.MSTATUS_MPP;
        h.mstatus = h.mode == Hart.MACHINE ? s : s & ~Csr.MSTATUS_MPRV;
        h.pc = h.mepc;
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
        if (!CsrFile.accessible(h, number) || writes && number >>> 10 == 3) {
            return false;
        }
        long operand = immediate ? field : h.x[field];
        boolean sets = op == Op.CSRRS || op == Op.CSRRSI;
        if (writes && InterruptCsrs.isShared(number)) {
            long before = InterruptCsrs.change(h, number, replaces ? -1L : sets ? 0 : operand, replaces || sets ? operand : 0);
            if (rd != 0) {
                h.x[rd] = before;
            }
            return true;
        }
        // csrrw with rd = x0 does not read; no CSR here has side effects of reading.
        long old = CsrFile.read(h, number);
        if (writes) {
            if (number == Csr.SIP || number == Csr.MIP) {
                // Bit by bit: another hart may raise a line between our read and our write, and a line is not to become software's.
                h.changePending((int) (replaces || sets ? operand : 0), (int) (replaces ? ~operand : sets ? 0 : operand),
                    number == Csr.MIP ? h.writablePending() : Csr.SSIP & (int) h.mideleg);
            } else {
                CsrFile.write(h, number, replaces ? operand : sets ? old | operand : old & ~operand);
            }
            if (number == Csr.MINSTRET) {
                // The instruction itself will be counted, and what it writes is what the next one reads.
                h.minstretBase -= (h.mcountinhibit & 4) == 0 ? 1 : 0;
            } else if (number == Csr.MCYCLE) {
                h.mcycleBase -= h.mcountinhibit & 1 ^ 1;
            }
        }
        if (rd != 0) {
            h.x[rd] = old;
        }
        return true;
    }
}
