// Generated from hv.riscv's instructions.txt by hv.engine.riscv.tool.LoopGenerator; do not edit.
package hv.engine.riscv.internal;

import hv.riscv.Decoded;
import hv.riscv.Op;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The loop that executes blocks. Long since every instruction that is common has its place here; below 8000 bytes of bytecode, or HotSpot
 * would not compile it.
 */
final class InterpreterLoop {
    private static final long PAGE = ~0xfffL;

    private InterpreterLoop() { }

    /** Executes blocks from {@code c.block} at {@code c.pc0} on, at most {@code c.left} instructions; HartCore.AT_... */
    static int run(HartCore c) {
        final long[] x = c.x;
        final MemorySegment ram = c.ram;
        final Tlb tlb = c.tlb;
        final long[] read = tlb.read;
        final long[] write = tlb.write;
        final long[] exec = tlb.exec;
        Block b = c.block;
        long pc0 = c.pc0;
        long left = c.left;
        for (;;) {
            left -= b.count;
            if (left < 0 || c.attends()) {
                c.left = left + b.count;
                c.block = b;
                c.pc0 = pc0;
                return HartCore.AT_ENTRY;
            }
            final long[] code = b.code;
            int i = 0;
            long target;
            int link;
            dispatch:
            for (;;) {
                final long w = code[i++];
                final int v = (int) w;
                switch (v & 511) {
                    case Op.LUI:
                        x[v >>> 9 & 63] = (w >> 32);
                        continue;
                    case Op.AUIPC:
                        x[v >>> 9 & 63] = pc0 + (w >> 32);
                        continue;
                    case Op.BEQ:
                        if (x[v >>> 15 & 31] == x[v >>> 20 & 31]) {
                            left += w >>> 32 & 0xffff;
                            target = pc0 + (w >> 48);
                            link = i - 1;
                            break dispatch;
                        }
                        continue;
                    case Op.BNE:
                        if (x[v >>> 15 & 31] != x[v >>> 20 & 31]) {
                            left += w >>> 32 & 0xffff;
                            target = pc0 + (w >> 48);
                            link = i - 1;
                            break dispatch;
                        }
                        continue;
                    case Op.BLT:
                        if (x[v >>> 15 & 31] < x[v >>> 20 & 31]) {
                            left += w >>> 32 & 0xffff;
                            target = pc0 + (w >> 48);
                            link = i - 1;
                            break dispatch;
                        }
                        continue;
                    case Op.BGE:
                        if (x[v >>> 15 & 31] >= x[v >>> 20 & 31]) {
                            left += w >>> 32 & 0xffff;
                            target = pc0 + (w >> 48);
                            link = i - 1;
                            break dispatch;
                        }
                        continue;
                    case Op.BLTU:
                        if (x[v >>> 15 & 31] + Long.MIN_VALUE < x[v >>> 20 & 31] + Long.MIN_VALUE) {
                            left += w >>> 32 & 0xffff;
                            target = pc0 + (w >> 48);
                            link = i - 1;
                            break dispatch;
                        }
                        continue;
                    case Op.BGEU:
                        if (x[v >>> 15 & 31] + Long.MIN_VALUE >= x[v >>> 20 & 31] + Long.MIN_VALUE) {
                            left += w >>> 32 & 0xffff;
                            target = pc0 + (w >> 48);
                            link = i - 1;
                            break dispatch;
                        }
                        continue;
                    case Op.LB: {
                        final long va = x[v >>> 15 & 31] + (w >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (read[t] == (va & PAGE)) {
                            x[v >>> 9 & 63] = ram.get(ValueLayout.JAVA_BYTE, va + read[t + 1]);
                        } else if (!c.slowLoad(w, va)) {
                            return c.leave(b, i, pc0, left);
                        }
                        continue;
                    }
                    case Op.LH: {
                        final long va = x[v >>> 15 & 31] + (w >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (read[t] == (va & (PAGE | 1))) {
                            x[v >>> 9 & 63] = ram.get(HartCore.MEM16, va + read[t + 1]);
                        } else if (!c.slowLoad(w, va)) {
                            return c.leave(b, i, pc0, left);
                        }
                        continue;
                    }
                    case Op.LW: {
                        final long va = x[v >>> 15 & 31] + (w >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (read[t] == (va & (PAGE | 3))) {
                            x[v >>> 9 & 63] = ram.get(HartCore.MEM32, va + read[t + 1]);
                        } else if (!c.slowLoad(w, va)) {
                            return c.leave(b, i, pc0, left);
                        }
                        continue;
                    }
                    case Op.LD: {
                        final long va = x[v >>> 15 & 31] + (w >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (read[t] == (va & (PAGE | 7))) {
                            x[v >>> 9 & 63] = ram.get(HartCore.MEM64, va + read[t + 1]);
                        } else if (!c.slowLoad(w, va)) {
                            return c.leave(b, i, pc0, left);
                        }
                        continue;
                    }
                    case Op.LBU: {
                        final long va = x[v >>> 15 & 31] + (w >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (read[t] == (va & PAGE)) {
                            x[v >>> 9 & 63] = ram.get(ValueLayout.JAVA_BYTE, va + read[t + 1]) & 0xff;
                        } else if (!c.slowLoad(w, va)) {
                            return c.leave(b, i, pc0, left);
                        }
                        continue;
                    }
                    case Op.LHU: {
                        final long va = x[v >>> 15 & 31] + (w >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (read[t] == (va & (PAGE | 1))) {
                            x[v >>> 9 & 63] = ram.get(HartCore.MEM16, va + read[t + 1]) & 0xffff;
                        } else if (!c.slowLoad(w, va)) {
                            return c.leave(b, i, pc0, left);
                        }
                        continue;
                    }
                    case Op.LWU: {
                        final long va = x[v >>> 15 & 31] + (w >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (read[t] == (va & (PAGE | 3))) {
                            x[v >>> 9 & 63] = ram.get(HartCore.MEM32, va + read[t + 1]) & 0xffff_ffffL;
                        } else if (!c.slowLoad(w, va)) {
                            return c.leave(b, i, pc0, left);
                        }
                        continue;
                    }
                    case Op.SB: {
                        final long va = x[v >>> 15 & 31] + (w >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (write[t] == (va & PAGE)) {
                            ram.set(ValueLayout.JAVA_BYTE, va + write[t + 1], (byte) x[v >>> 20 & 31]);
                        } else if (!c.slowStore(w, va, x[v >>> 20 & 31])) {
                            return c.leave(b, i, pc0, left);
                        }
                        continue;
                    }
                    case Op.SH: {
                        final long va = x[v >>> 15 & 31] + (w >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (write[t] == (va & (PAGE | 1))) {
                            ram.set(HartCore.MEM16, va + write[t + 1], (short) x[v >>> 20 & 31]);
                        } else if (!c.slowStore(w, va, x[v >>> 20 & 31])) {
                            return c.leave(b, i, pc0, left);
                        }
                        continue;
                    }
                    case Op.SW: {
                        final long va = x[v >>> 15 & 31] + (w >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (write[t] == (va & (PAGE | 3))) {
                            ram.set(HartCore.MEM32, va + write[t + 1], (int) x[v >>> 20 & 31]);
                        } else if (!c.slowStore(w, va, x[v >>> 20 & 31])) {
                            return c.leave(b, i, pc0, left);
                        }
                        continue;
                    }
                    case Op.SD: {
                        final long va = x[v >>> 15 & 31] + (w >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (write[t] == (va & (PAGE | 7))) {
                            ram.set(HartCore.MEM64, va + write[t + 1], x[v >>> 20 & 31]);
                        } else if (!c.slowStore(w, va, x[v >>> 20 & 31])) {
                            return c.leave(b, i, pc0, left);
                        }
                        continue;
                    }
                    case Op.ADDI:
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] + (w >> 32);
                        continue;
                    case Op.SLTI:
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] < (w >> 32) ? 1 : 0;
                        continue;
                    case Op.SLTIU:
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] + Long.MIN_VALUE < (w >> 32) + Long.MIN_VALUE ? 1 : 0;
                        continue;
                    case Op.XORI:
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] ^ (w >> 32);
                        continue;
                    case Op.ORI:
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] | (w >> 32);
                        continue;
                    case Op.ANDI:
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] & (w >> 32);
                        continue;
                    case Op.SLLI:
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] << (w >> 32);
                        continue;
                    case Op.SRLI:
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] >>> (w >> 32);
                        continue;
                    case Op.SRAI:
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] >> (w >> 32);
                        continue;
                    case Op.ADDIW:
                        x[v >>> 9 & 63] = (int) (x[v >>> 15 & 31] + (w >> 32));
                        continue;
                    case Op.SLLIW:
                        x[v >>> 9 & 63] = (int) x[v >>> 15 & 31] << (w >> 32);
                        continue;
                    case Op.SRLIW:
                        x[v >>> 9 & 63] = (int) x[v >>> 15 & 31] >>> (w >> 32);
                        continue;
                    case Op.SRAIW:
                        x[v >>> 9 & 63] = (int) x[v >>> 15 & 31] >> (w >> 32);
                        continue;
                    case Op.ADD:
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] + x[v >>> 20 & 31];
                        continue;
                    case Op.SUB:
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] - x[v >>> 20 & 31];
                        continue;
                    case Op.SLL:
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] << x[v >>> 20 & 31];
                        continue;
                    case Op.SLT:
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] < x[v >>> 20 & 31] ? 1 : 0;
                        continue;
                    case Op.SLTU:
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] + Long.MIN_VALUE < x[v >>> 20 & 31] + Long.MIN_VALUE ? 1 : 0;
                        continue;
                    case Op.XOR:
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] ^ x[v >>> 20 & 31];
                        continue;
                    case Op.SRL:
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] >>> x[v >>> 20 & 31];
                        continue;
                    case Op.SRA:
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] >> x[v >>> 20 & 31];
                        continue;
                    case Op.OR:
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] | x[v >>> 20 & 31];
                        continue;
                    case Op.AND:
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] & x[v >>> 20 & 31];
                        continue;
                    case Op.ADDW:
                        x[v >>> 9 & 63] = (int) (x[v >>> 15 & 31] + x[v >>> 20 & 31]);
                        continue;
                    case Op.SUBW:
                        x[v >>> 9 & 63] = (int) (x[v >>> 15 & 31] - x[v >>> 20 & 31]);
                        continue;
                    case Op.SLLW:
                        x[v >>> 9 & 63] = (int) x[v >>> 15 & 31] << x[v >>> 20 & 31];
                        continue;
                    case Op.SRLW:
                        x[v >>> 9 & 63] = (int) x[v >>> 15 & 31] >>> x[v >>> 20 & 31];
                        continue;
                    case Op.SRAW:
                        x[v >>> 9 & 63] = (int) x[v >>> 15 & 31] >> x[v >>> 20 & 31];
                        continue;
                    case Op.MUL:
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] * x[v >>> 20 & 31];
                        continue;
                    case Op.MULHU:
                        x[v >>> 9 & 63] = Math.unsignedMultiplyHigh(x[v >>> 15 & 31], x[v >>> 20 & 31]);
                        continue;
                    case Op.MULW:
                        x[v >>> 9 & 63] = (int) (x[v >>> 15 & 31] * x[v >>> 20 & 31]);
                        continue;
                    case Op.ADD_UW:
                        x[v >>> 9 & 63] = (x[v >>> 15 & 31] & 0xffffffffL) + x[v >>> 20 & 31];
                        continue;
                    case Op.SH1ADD:
                        x[v >>> 9 & 63] = (x[v >>> 15 & 31] << 1) + x[v >>> 20 & 31];
                        continue;
                    case Op.SH2ADD:
                        x[v >>> 9 & 63] = (x[v >>> 15 & 31] << 2) + x[v >>> 20 & 31];
                        continue;
                    case Op.SH3ADD:
                        x[v >>> 9 & 63] = (x[v >>> 15 & 31] << 3) + x[v >>> 20 & 31];
                        continue;
                    case Op.ZEXT_H:
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] & 0xffff;
                        continue;
                    case Op.JAL:
                        x[v >>> 9 & 63] = pc0 + (v >>> 14 & 0x7fe);
                        target = pc0 + (w >> 32);
                        link = i - 1;
                        break dispatch;
                    case Op.JALR:
                        target = x[v >>> 15 & 31] + (w >> 48) & -2L;
                        x[v >>> 9 & 63] = pc0 + ((w >>> 31) & 0x1fffe);
                        link = -1;
                        break dispatch;
                    case HartCore.END:
                        target = pc0 + b.lenBytes;
                        link = i - 1;
                        break dispatch;
                    case HartCore.STRADDLE:
                        c.pc0 = pc0 + (v >>> Decoded.LENGTH_SHIFT << 1);
                        c.left = left;
                        return HartCore.AT_STRADDLE;
                    case Op.ECALL:
                    case Op.EBREAK:
                    case Op.FENCE_I:
                    case Op.CSRRW:
                    case Op.CSRRS:
                    case Op.CSRRC:
                    case Op.CSRRWI:
                    case Op.CSRRSI:
                    case Op.CSRRCI:
                    case Op.SRET:
                    case Op.WFI:
                    case Op.SFENCE_VMA:
                case Op.ILLEGAL:
                    c.block = b;
                    c.index = i - 1;
                    c.pc0 = pc0;
                    c.left = left;
                    return HartCore.AT_SYSTEM;
                default:
                    if (c.rare(w)) {
                        continue;
                    }
                    return c.leave(b, i, pc0, left);
            }
        }
        if (link >= 0) {
            final Block n = b.links[link];
            if (n != null) {
                b = n;
                pc0 = target;
                continue;
            }
        }
        final int e = (int) (target >>> 12) & Tlb.EXEC_MASK;
        if (exec[e] == (target & PAGE)) {
            final Block n = tlb.execPage[e].blocks[(int) target >>> 1 & 2047];
            if (n != null) {
                if (link >= 0 && ((pc0 ^ target) & PAGE) == 0 && b.page != null) {
                    b.links[link] = n;
                }
                b = n;
                pc0 = target;
                continue;
            }
        }
        c.hart.pc = target;
        c.left = left;
        return HartCore.AT_TARGET;
    }
}

/** Whether {@link #rareAlu} executes the operation. */
static boolean isRareAlu(int op) {
    return switch (op) {
        case Op.MULH, Op.MULHSU, Op.DIV, Op.DIVU, Op.REM, Op.REMU, Op.DIVW, Op.DIVUW,
                Op.REMW, Op.REMUW, Op.SH1ADD_UW, Op.SH2ADD_UW, Op.SH3ADD_UW, Op.SLLI_UW, Op.ANDN, Op.ORN,
                Op.XNOR, Op.CLZ, Op.CLZW, Op.CTZ, Op.CTZW, Op.CPOP, Op.CPOPW, Op.MAX,
                Op.MAXU, Op.MIN, Op.MINU, Op.SEXT_B, Op.SEXT_H, Op.ROL, Op.ROLW, Op.ROR,
                Op.RORW, Op.RORI, Op.RORIW, Op.ORC_B, Op.REV8, Op.BCLR, Op.BCLRI, Op.BEXT,
                Op.BEXTI, Op.BINV, Op.BINVI, Op.BSET, Op.BSETI -> true;
            default -> false;
        };
    }

    /** Result of an integer operation that is not in the loop. */
    static long rareAlu(int op, long a, long b, long i) {
        return switch (op) {
            case Op.MULH -> Math.multiplyHigh(a, b);
            case Op.MULHSU -> Math.multiplyHigh(a, b) + (a & b >> 63);
            case Op.DIV -> b == 0 ? -1 : a / b;
            case Op.DIVU -> b == 0 ? -1 : Long.divideUnsigned(a, b);
            case Op.REM -> b == 0 ? a : a % b;
            case Op.REMU -> b == 0 ? a : Long.remainderUnsigned(a, b);
            case Op.DIVW -> (int) b == 0 ? -1 : (int) a / (int) b;
            case Op.DIVUW -> (int) b == 0 ? -1 : Integer.divideUnsigned((int) a, (int) b);
            case Op.REMW -> (int) b == 0 ? (int) a : (int) a % (int) b;
            case Op.REMUW -> (int) b == 0 ? (int) a : Integer.remainderUnsigned((int) a, (int) b);
            case Op.SH1ADD_UW -> ((a & 0xffffffffL) << 1) + b;
            case Op.SH2ADD_UW -> ((a & 0xffffffffL) << 2) + b;
            case Op.SH3ADD_UW -> ((a & 0xffffffffL) << 3) + b;
            case Op.SLLI_UW -> (a & 0xffffffffL) << i;
            case Op.ANDN -> a & ~b;
            case Op.ORN -> a | ~b;
            case Op.XNOR -> ~(a ^ b);
            case Op.CLZ -> Long.numberOfLeadingZeros(a);
            case Op.CLZW -> Integer.numberOfLeadingZeros((int) a);
            case Op.CTZ -> Long.numberOfTrailingZeros(a);
            case Op.CTZW -> Integer.numberOfTrailingZeros((int) a);
            case Op.CPOP -> Long.bitCount(a);
            case Op.CPOPW -> Integer.bitCount((int) a);
            case Op.MAX -> Math.max(a, b);
            case Op.MAXU -> Long.compareUnsigned(a, b) > 0 ? a : b;
            case Op.MIN -> Math.min(a, b);
            case Op.MINU -> Long.compareUnsigned(a, b) < 0 ? a : b;
            case Op.SEXT_B -> (byte) a;
            case Op.SEXT_H -> (short) a;
            case Op.ROL -> Long.rotateLeft(a, (int) b);
            case Op.ROLW -> Integer.rotateLeft((int) a, (int) b);
            case Op.ROR -> Long.rotateRight(a, (int) b);
            case Op.RORW -> Integer.rotateRight((int) a, (int) b);
            case Op.RORI -> Long.rotateRight(a, (int) i);
            case Op.RORIW -> Integer.rotateRight((int) a, (int) i);
            case Op.ORC_B -> ((((a & 0x7f7f7f7f7f7f7f7fL) + 0x7f7f7f7f7f7f7f7fL | a) >>> 7) & 0x0101010101010101L) * 255;
            case Op.REV8 -> Long.reverseBytes(a);
            case Op.BCLR -> a & ~(1L << b);
            case Op.BCLRI -> a & ~(1L << i);
            case Op.BEXT -> a >>> b & 1;
            case Op.BEXTI -> a >>> i & 1;
            case Op.BINV -> a ^ 1L << b;
            case Op.BINVI -> a ^ 1L << i;
            case Op.BSET -> a | 1L << b;
            case Op.BSETI -> a | 1L << i;
            default -> throw new IllegalStateException("operation " + op + " is not a rare integer one");
        };
    }

    /** What an atomic memory operation stores, over the old value {@code m}; for 32 bits both are sign-extended. */
    static long amo(int op, long m, long b) {
        return switch (op) {
            case Op.AMOSWAP_W -> b;
            case Op.AMOADD_W -> m + b;
            case Op.AMOXOR_W -> m ^ b;
            case Op.AMOAND_W -> m & b;
            case Op.AMOOR_W -> m | b;
            case Op.AMOMIN_W -> Math.min(m, b);
            case Op.AMOMAX_W -> Math.max(m, b);
            case Op.AMOMINU_W -> Long.compareUnsigned(m, b) < 0 ? m : b;
            case Op.AMOMAXU_W -> Long.compareUnsigned(m, b) > 0 ? m : b;
            case Op.AMOSWAP_D -> b;
            case Op.AMOADD_D -> m + b;
            case Op.AMOXOR_D -> m ^ b;
            case Op.AMOAND_D -> m & b;
            case Op.AMOOR_D -> m | b;
            case Op.AMOMIN_D -> Math.min(m, b);
            case Op.AMOMAX_D -> Math.max(m, b);
            case Op.AMOMINU_D -> Long.compareUnsigned(m, b) < 0 ? m : b;
            case Op.AMOMAXU_D -> Long.compareUnsigned(m, b) > 0 ? m : b;
            default -> throw new IllegalStateException("operation " + op + " is not an atomic one");
        };
    }
}
