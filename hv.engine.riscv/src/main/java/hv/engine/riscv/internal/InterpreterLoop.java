// Generated from hv.riscv's instructions.txt by hv.engine.riscv.tool.LoopGenerator; do not edit.
package hv.engine.riscv.internal;

import hv.riscv.Decoded;
import hv.riscv.Op;
import java.lang.foreign.MemorySegment;

/**
 * The loop that executes blocks. Long since every instruction that is common has its place here; below 8000 bytes of bytecode, or HotSpot
 * would not compile it.
 */
final class InterpreterLoop {
    private static final long PAGE = ~0xfffL;
    /** Number of the first operation that stands for a pair; {@link #PAIRS} tells which. */
    static final int FUSED = HartCore.BREAK + 1;
    /** First and second operation of the pairs; the second stays in the block behind the first. */
    static final int[] PAIRS = {
        Op.LD, Op.LD,
        Op.SD, Op.SD,
        Op.ADD, Op.ADD,
        Op.ADDI, Op.ADDI,
        Op.ADDI, Op.BNE,
        Op.SLLI, Op.SRLI,
        Op.SLLI, Op.ADD,
        Op.XOR, Op.XOR,
        Op.SRLI, Op.ADD,
        Op.ADDI, Op.BEQ,
        Op.ADDI, Op.ADD,
        Op.SLLI, Op.OR,
        Op.SLLIW, Op.OR,
        Op.ANDI, Op.BNE,
        Op.AUIPC, Op.JALR,
        Op.SRLIW, Op.SLLIW,
        Op.ADDW, Op.ADDW,
    };

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
            dispatch: {
            final Region region = b.region;
            if (region != null) {
                if (left + b.count >= region.most && !c.refused) {
                    target = region.run(c, pc0, left + b.count);
                    left = c.left;
                    link = -1;
                    break dispatch;
                }
                c.refused = false;
            } else if (--b.heat == 0) {
                c.hot(b);
            }
            for (;;) {
                final long w = code[i++];
                final int v = (int) w;
                switch (v & 511) {
                    case Op.LUI: {
                        x[v >>> 9 & 63] = (w >> 32);
                        continue;
                    }
                    case Op.AUIPC: {
                        x[v >>> 9 & 63] = pc0 + (w >> 32);
                        continue;
                    }
                    case Op.JAL: {
                        x[v >>> 9 & 63] = pc0 + (v >>> 14 & 0x7fe);
                        target = pc0 + (w >> 32);
                        link = i - 1;
                        break dispatch;
                    }
                    case Op.JALR: {
                        target = x[v >>> 15 & 31] + (w >> 48) & -2L;
                        x[v >>> 9 & 63] = pc0 + (w >>> 31 & 0x1fffe);
                        link = -1;
                        break dispatch;
                    }
                    case Op.BEQ: {
                        if (x[v >>> 15 & 31] == x[v >>> 20 & 31]) {
                            left += w >>> 32 & 0xffff;
                            target = pc0 + (w >> 48);
                            link = i - 1;
                            break dispatch;
                        }
                        continue;
                    }
                    case Op.BNE: {
                        if (x[v >>> 15 & 31] != x[v >>> 20 & 31]) {
                            left += w >>> 32 & 0xffff;
                            target = pc0 + (w >> 48);
                            link = i - 1;
                            break dispatch;
                        }
                        continue;
                    }
                    case Op.BLT: {
                        if (x[v >>> 15 & 31] < x[v >>> 20 & 31]) {
                            left += w >>> 32 & 0xffff;
                            target = pc0 + (w >> 48);
                            link = i - 1;
                            break dispatch;
                        }
                        continue;
                    }
                    case Op.BGE: {
                        if (x[v >>> 15 & 31] >= x[v >>> 20 & 31]) {
                            left += w >>> 32 & 0xffff;
                            target = pc0 + (w >> 48);
                            link = i - 1;
                            break dispatch;
                        }
                        continue;
                    }
                    case Op.BLTU: {
                        if (x[v >>> 15 & 31] + Long.MIN_VALUE < x[v >>> 20 & 31] + Long.MIN_VALUE) {
                            left += w >>> 32 & 0xffff;
                            target = pc0 + (w >> 48);
                            link = i - 1;
                            break dispatch;
                        }
                        continue;
                    }
                    case Op.BGEU: {
                        if (x[v >>> 15 & 31] + Long.MIN_VALUE >= x[v >>> 20 & 31] + Long.MIN_VALUE) {
                            left += w >>> 32 & 0xffff;
                            target = pc0 + (w >> 48);
                            link = i - 1;
                            break dispatch;
                        }
                        continue;
                    }
                    case Op.LB: {
                        final long va = x[v >>> 15 & 31] + (w >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (read[t] == (va & PAGE)) {
                            x[v >>> 9 & 63] = (byte) HartCore.RAM8.getOpaque(ram, va + read[t + 1]);
                        } else if (!c.slow(w, va, 0)) {
                            return c.leave(b, i, pc0, left);
                        }
                        continue;
                    }
                    case Op.LH: {
                        final long va = x[v >>> 15 & 31] + (w >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (read[t] == (va & (PAGE | 1))) {
                            x[v >>> 9 & 63] = (short) HartCore.RAM16.getOpaque(ram, va + read[t + 1]);
                        } else if (!c.slow(w, va, 0)) {
                            return c.leave(b, i, pc0, left);
                        }
                        continue;
                    }
                    case Op.LW: {
                        final long va = x[v >>> 15 & 31] + (w >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (read[t] == (va & (PAGE | 3))) {
                            x[v >>> 9 & 63] = (int) HartCore.RAM32.getOpaque(ram, va + read[t + 1]);
                        } else if (!c.slow(w, va, 0)) {
                            return c.leave(b, i, pc0, left);
                        }
                        continue;
                    }
                    case Op.LD: {
                        final long va = x[v >>> 15 & 31] + (w >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (read[t] == (va & (PAGE | 7))) {
                            x[v >>> 9 & 63] = (long) HartCore.RAM64.getOpaque(ram, va + read[t + 1]);
                        } else if (!c.slow(w, va, 0)) {
                            return c.leave(b, i, pc0, left);
                        }
                        continue;
                    }
                    case Op.LBU: {
                        final long va = x[v >>> 15 & 31] + (w >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (read[t] == (va & PAGE)) {
                            x[v >>> 9 & 63] = (byte) HartCore.RAM8.getOpaque(ram, va + read[t + 1]) & 0xff;
                        } else if (!c.slow(w, va, 0)) {
                            return c.leave(b, i, pc0, left);
                        }
                        continue;
                    }
                    case Op.LHU: {
                        final long va = x[v >>> 15 & 31] + (w >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (read[t] == (va & (PAGE | 1))) {
                            x[v >>> 9 & 63] = (short) HartCore.RAM16.getOpaque(ram, va + read[t + 1]) & 0xffff;
                        } else if (!c.slow(w, va, 0)) {
                            return c.leave(b, i, pc0, left);
                        }
                        continue;
                    }
                    case Op.LWU: {
                        final long va = x[v >>> 15 & 31] + (w >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (read[t] == (va & (PAGE | 3))) {
                            x[v >>> 9 & 63] = (int) HartCore.RAM32.getOpaque(ram, va + read[t + 1]) & 0xffff_ffffL;
                        } else if (!c.slow(w, va, 0)) {
                            return c.leave(b, i, pc0, left);
                        }
                        continue;
                    }
                    case Op.SB: {
                        final long va = x[v >>> 15 & 31] + (w >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (write[t] == (va & PAGE)) {
                            HartCore.RAM8.setOpaque(ram, va + write[t + 1], (byte) x[v >>> 20 & 31]);
                        } else if (!c.slow(w, va, x[v >>> 20 & 31])) {
                            return c.leave(b, i, pc0, left);
                        }
                        continue;
                    }
                    case Op.SH: {
                        final long va = x[v >>> 15 & 31] + (w >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (write[t] == (va & (PAGE | 1))) {
                            HartCore.RAM16.setOpaque(ram, va + write[t + 1], (short) x[v >>> 20 & 31]);
                        } else if (!c.slow(w, va, x[v >>> 20 & 31])) {
                            return c.leave(b, i, pc0, left);
                        }
                        continue;
                    }
                    case Op.SW: {
                        final long va = x[v >>> 15 & 31] + (w >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (write[t] == (va & (PAGE | 3))) {
                            HartCore.RAM32.setOpaque(ram, va + write[t + 1], (int) x[v >>> 20 & 31]);
                        } else if (!c.slow(w, va, x[v >>> 20 & 31])) {
                            return c.leave(b, i, pc0, left);
                        }
                        continue;
                    }
                    case Op.SD: {
                        final long va = x[v >>> 15 & 31] + (w >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (write[t] == (va & (PAGE | 7))) {
                            HartCore.RAM64.setOpaque(ram, va + write[t + 1], x[v >>> 20 & 31]);
                        } else if (!c.slow(w, va, x[v >>> 20 & 31])) {
                            return c.leave(b, i, pc0, left);
                        }
                        continue;
                    }
                    case Op.ADDI: {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] + (w >> 32);
                        continue;
                    }
                    case Op.SLTI: {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] < (w >> 32) ? 1 : 0;
                        continue;
                    }
                    case Op.SLTIU: {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] + Long.MIN_VALUE < (w >> 32) + Long.MIN_VALUE ? 1 : 0;
                        continue;
                    }
                    case Op.XORI: {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] ^ (w >> 32);
                        continue;
                    }
                    case Op.ORI: {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] | (w >> 32);
                        continue;
                    }
                    case Op.ANDI: {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] & (w >> 32);
                        continue;
                    }
                    case Op.SLLI: {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] << (w >> 32);
                        continue;
                    }
                    case Op.SRLI: {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] >>> (w >> 32);
                        continue;
                    }
                    case Op.SRAI: {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] >> (w >> 32);
                        continue;
                    }
                    case Op.ADDIW: {
                        x[v >>> 9 & 63] = (int) (x[v >>> 15 & 31] + (w >> 32));
                        continue;
                    }
                    case Op.SLLIW: {
                        x[v >>> 9 & 63] = (int) x[v >>> 15 & 31] << (w >> 32);
                        continue;
                    }
                    case Op.SRLIW: {
                        x[v >>> 9 & 63] = (int) x[v >>> 15 & 31] >>> (w >> 32);
                        continue;
                    }
                    case Op.SRAIW: {
                        x[v >>> 9 & 63] = (int) x[v >>> 15 & 31] >> (w >> 32);
                        continue;
                    }
                    case Op.ADD: {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] + x[v >>> 20 & 31];
                        continue;
                    }
                    case Op.SUB: {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] - x[v >>> 20 & 31];
                        continue;
                    }
                    case Op.SLL: {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] << x[v >>> 20 & 31];
                        continue;
                    }
                    case Op.SLT: {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] < x[v >>> 20 & 31] ? 1 : 0;
                        continue;
                    }
                    case Op.SLTU: {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] + Long.MIN_VALUE < x[v >>> 20 & 31] + Long.MIN_VALUE ? 1 : 0;
                        continue;
                    }
                    case Op.XOR: {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] ^ x[v >>> 20 & 31];
                        continue;
                    }
                    case Op.SRL: {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] >>> x[v >>> 20 & 31];
                        continue;
                    }
                    case Op.SRA: {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] >> x[v >>> 20 & 31];
                        continue;
                    }
                    case Op.OR: {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] | x[v >>> 20 & 31];
                        continue;
                    }
                    case Op.AND: {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] & x[v >>> 20 & 31];
                        continue;
                    }
                    case Op.ADDW: {
                        x[v >>> 9 & 63] = (int) (x[v >>> 15 & 31] + x[v >>> 20 & 31]);
                        continue;
                    }
                    case Op.SUBW: {
                        x[v >>> 9 & 63] = (int) (x[v >>> 15 & 31] - x[v >>> 20 & 31]);
                        continue;
                    }
                    case Op.SLLW: {
                        x[v >>> 9 & 63] = (int) x[v >>> 15 & 31] << x[v >>> 20 & 31];
                        continue;
                    }
                    case Op.SRLW: {
                        x[v >>> 9 & 63] = (int) x[v >>> 15 & 31] >>> x[v >>> 20 & 31];
                        continue;
                    }
                    case Op.SRAW: {
                        x[v >>> 9 & 63] = (int) x[v >>> 15 & 31] >> x[v >>> 20 & 31];
                        continue;
                    }
                    case Op.MUL: {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] * x[v >>> 20 & 31];
                        continue;
                    }
                    case Op.MULHU: {
                        x[v >>> 9 & 63] = Math.unsignedMultiplyHigh(x[v >>> 15 & 31], x[v >>> 20 & 31]);
                        continue;
                    }
                    case Op.MULW: {
                        x[v >>> 9 & 63] = (int) (x[v >>> 15 & 31] * x[v >>> 20 & 31]);
                        continue;
                    }
                    case Op.ADD_UW: {
                        x[v >>> 9 & 63] = (x[v >>> 15 & 31] & 0xffffffffL) + x[v >>> 20 & 31];
                        continue;
                    }
                    case Op.SH1ADD: {
                        x[v >>> 9 & 63] = (x[v >>> 15 & 31] << 1) + x[v >>> 20 & 31];
                        continue;
                    }
                    case Op.SH2ADD: {
                        x[v >>> 9 & 63] = (x[v >>> 15 & 31] << 2) + x[v >>> 20 & 31];
                        continue;
                    }
                    case Op.SH3ADD: {
                        x[v >>> 9 & 63] = (x[v >>> 15 & 31] << 3) + x[v >>> 20 & 31];
                        continue;
                    }
                    case Op.ZEXT_H: {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] & 0xffff;
                        continue;
                    }
                    case FUSED + 0: { // ld ld
                        {
                        final long va = x[v >>> 15 & 31] + (w >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (read[t] == (va & (PAGE | 7))) {
                            x[v >>> 9 & 63] = (long) HartCore.RAM64.getOpaque(ram, va + read[t + 1]);
                        } else if (!c.slow(w, va, 0)) {
                            return c.leave(b, i, pc0, left);
                        }
                        }
                        final long w2 = code[i++];
                        final int v2 = (int) w2;
                        final long va = x[v2 >>> 15 & 31] + (w2 >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (read[t] == (va & (PAGE | 7))) {
                            x[v2 >>> 9 & 63] = (long) HartCore.RAM64.getOpaque(ram, va + read[t + 1]);
                        } else if (!c.slow(w2, va, 0)) {
                            return c.leave(b, i, pc0, left);
                        }
                        continue;
                    }
                    case FUSED + 1: { // sd sd
                        {
                        final long va = x[v >>> 15 & 31] + (w >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (write[t] == (va & (PAGE | 7))) {
                            HartCore.RAM64.setOpaque(ram, va + write[t + 1], x[v >>> 20 & 31]);
                        } else if (!c.slow(w, va, x[v >>> 20 & 31])) {
                            return c.leave(b, i, pc0, left);
                        }
                        }
                        final long w2 = code[i++];
                        final int v2 = (int) w2;
                        final long va = x[v2 >>> 15 & 31] + (w2 >> 32);
                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
                        if (write[t] == (va & (PAGE | 7))) {
                            HartCore.RAM64.setOpaque(ram, va + write[t + 1], x[v2 >>> 20 & 31]);
                        } else if (!c.slow(w2, va, x[v2 >>> 20 & 31])) {
                            return c.leave(b, i, pc0, left);
                        }
                        continue;
                    }
                    case FUSED + 2: { // add add
                        {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] + x[v >>> 20 & 31];
                        }
                        final long w2 = code[i++];
                        final int v2 = (int) w2;
                        x[v2 >>> 9 & 63] = x[v2 >>> 15 & 31] + x[v2 >>> 20 & 31];
                        continue;
                    }
                    case FUSED + 3: { // addi addi
                        {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] + (w >> 32);
                        }
                        final long w2 = code[i++];
                        final int v2 = (int) w2;
                        x[v2 >>> 9 & 63] = x[v2 >>> 15 & 31] + (w2 >> 32);
                        continue;
                    }
                    case FUSED + 4: { // addi bne
                        {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] + (w >> 32);
                        }
                        final long w2 = code[i++];
                        final int v2 = (int) w2;
                        if (x[v2 >>> 15 & 31] != x[v2 >>> 20 & 31]) {
                            left += w2 >>> 32 & 0xffff;
                            target = pc0 + (w2 >> 48);
                            link = i - 1;
                            break dispatch;
                        }
                        continue;
                    }
                    case FUSED + 5: { // slli srli
                        {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] << (w >> 32);
                        }
                        final long w2 = code[i++];
                        final int v2 = (int) w2;
                        x[v2 >>> 9 & 63] = x[v2 >>> 15 & 31] >>> (w2 >> 32);
                        continue;
                    }
                    case FUSED + 6: { // slli add
                        {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] << (w >> 32);
                        }
                        final long w2 = code[i++];
                        final int v2 = (int) w2;
                        x[v2 >>> 9 & 63] = x[v2 >>> 15 & 31] + x[v2 >>> 20 & 31];
                        continue;
                    }
                    case FUSED + 7: { // xor xor
                        {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] ^ x[v >>> 20 & 31];
                        }
                        final long w2 = code[i++];
                        final int v2 = (int) w2;
                        x[v2 >>> 9 & 63] = x[v2 >>> 15 & 31] ^ x[v2 >>> 20 & 31];
                        continue;
                    }
                    case FUSED + 8: { // srli add
                        {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] >>> (w >> 32);
                        }
                        final long w2 = code[i++];
                        final int v2 = (int) w2;
                        x[v2 >>> 9 & 63] = x[v2 >>> 15 & 31] + x[v2 >>> 20 & 31];
                        continue;
                    }
                    case FUSED + 9: { // addi beq
                        {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] + (w >> 32);
                        }
                        final long w2 = code[i++];
                        final int v2 = (int) w2;
                        if (x[v2 >>> 15 & 31] == x[v2 >>> 20 & 31]) {
                            left += w2 >>> 32 & 0xffff;
                            target = pc0 + (w2 >> 48);
                            link = i - 1;
                            break dispatch;
                        }
                        continue;
                    }
                    case FUSED + 10: { // addi add
                        {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] + (w >> 32);
                        }
                        final long w2 = code[i++];
                        final int v2 = (int) w2;
                        x[v2 >>> 9 & 63] = x[v2 >>> 15 & 31] + x[v2 >>> 20 & 31];
                        continue;
                    }
                    case FUSED + 11: { // slli or
                        {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] << (w >> 32);
                        }
                        final long w2 = code[i++];
                        final int v2 = (int) w2;
                        x[v2 >>> 9 & 63] = x[v2 >>> 15 & 31] | x[v2 >>> 20 & 31];
                        continue;
                    }
                    case FUSED + 12: { // slliw or
                        {
                        x[v >>> 9 & 63] = (int) x[v >>> 15 & 31] << (w >> 32);
                        }
                        final long w2 = code[i++];
                        final int v2 = (int) w2;
                        x[v2 >>> 9 & 63] = x[v2 >>> 15 & 31] | x[v2 >>> 20 & 31];
                        continue;
                    }
                    case FUSED + 13: { // andi bne
                        {
                        x[v >>> 9 & 63] = x[v >>> 15 & 31] & (w >> 32);
                        }
                        final long w2 = code[i++];
                        final int v2 = (int) w2;
                        if (x[v2 >>> 15 & 31] != x[v2 >>> 20 & 31]) {
                            left += w2 >>> 32 & 0xffff;
                            target = pc0 + (w2 >> 48);
                            link = i - 1;
                            break dispatch;
                        }
                        continue;
                    }
                    case FUSED + 14: { // auipc jalr
                        {
                        x[v >>> 9 & 63] = pc0 + (w >> 32);
                        }
                        final long w2 = code[i++];
                        final int v2 = (int) w2;
                        target = x[v2 >>> 15 & 31] + (w2 >> 48) & -2L;
                        x[v2 >>> 9 & 63] = pc0 + (w2 >>> 31 & 0x1fffe);
                        link = -1;
                        break dispatch;
                    }
                    case FUSED + 15: { // srliw slliw
                        {
                        x[v >>> 9 & 63] = (int) x[v >>> 15 & 31] >>> (w >> 32);
                        }
                        final long w2 = code[i++];
                        final int v2 = (int) w2;
                        x[v2 >>> 9 & 63] = (int) x[v2 >>> 15 & 31] << (w2 >> 32);
                        continue;
                    }
                    case FUSED + 16: { // addw addw
                        {
                        x[v >>> 9 & 63] = (int) (x[v >>> 15 & 31] + x[v >>> 20 & 31]);
                        }
                        final long w2 = code[i++];
                        final int v2 = (int) w2;
                        x[v2 >>> 9 & 63] = (int) (x[v2 >>> 15 & 31] + x[v2 >>> 20 & 31]);
                        continue;
                    }
                    case HartCore.END:
                        target = pc0 + b.lenBytes;
                        link = i - 1;
                        break dispatch;
                    case HartCore.STRADDLE:
                        c.pc0 = pc0 + (v >>> Decoded.LENGTH_SHIFT << 1);
                        c.left = left;
                        return HartCore.AT_STRADDLE;
                    default:
                        if (rare(c, w)) {
                            continue;
                        }
                        return c.leave(b, i, pc0, left);
                }
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
                final Block[] blocks = tlb.execPage[e].blocks;
                final Block n = blocks[(int) target >>> 1 & blocks.length - 1];
                if (n != null && n.start == ((int) target & 0xffe)) {
                    if (link >= 0 && ((pc0 ^ target) & PAGE) == 0) {
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

    /** What has no place in the loop; false if it did not come to its end. Too long for HotSpot to make it a part of the loop. */
    private static boolean rare(HartCore c, long w) {
        final long[] x = c.x;
        final int v = (int) w;
        switch (v & 511) {
            case Op.MULH:
                x[v >>> 9 & 63] = Math.multiplyHigh(x[v >>> 15 & 31], x[v >>> 20 & 31]);
                return true;
            case Op.MULHSU:
                x[v >>> 9 & 63] = Math.multiplyHigh(x[v >>> 15 & 31], x[v >>> 20 & 31]) + (x[v >>> 15 & 31] & x[v >>> 20 & 31] >> 63);
                return true;
            case Op.DIV:
                x[v >>> 9 & 63] = x[v >>> 20 & 31] == 0 ? -1 : x[v >>> 15 & 31] / x[v >>> 20 & 31];
                return true;
            case Op.DIVU:
                x[v >>> 9 & 63] = x[v >>> 20 & 31] == 0 ? -1 : Long.divideUnsigned(x[v >>> 15 & 31], x[v >>> 20 & 31]);
                return true;
            case Op.REM:
                x[v >>> 9 & 63] = x[v >>> 20 & 31] == 0 ? x[v >>> 15 & 31] : x[v >>> 15 & 31] % x[v >>> 20 & 31];
                return true;
            case Op.REMU:
                x[v >>> 9 & 63] = x[v >>> 20 & 31] == 0 ? x[v >>> 15 & 31] : Long.remainderUnsigned(x[v >>> 15 & 31], x[v >>> 20 & 31]);
                return true;
            case Op.DIVW:
                x[v >>> 9 & 63] = (int) x[v >>> 20 & 31] == 0 ? -1 : (int) x[v >>> 15 & 31] / (int) x[v >>> 20 & 31];
                return true;
            case Op.DIVUW:
                x[v >>> 9 & 63] = (int) x[v >>> 20 & 31] == 0 ? -1 : Integer.divideUnsigned((int) x[v >>> 15 & 31], (int) x[v >>> 20 & 31]);
                return true;
            case Op.REMW:
                x[v >>> 9 & 63] = (int) x[v >>> 20 & 31] == 0 ? (int) x[v >>> 15 & 31] : (int) x[v >>> 15 & 31] % (int) x[v >>> 20 & 31];
                return true;
            case Op.REMUW:
                x[v >>> 9 & 63] = (int) x[v >>> 20 & 31] == 0 ? (int) x[v >>> 15 & 31] : Integer.remainderUnsigned((int) x[v >>> 15 & 31], (int) x[v >>> 20 & 31]);
                return true;
            case Op.SH1ADD_UW:
                x[v >>> 9 & 63] = ((x[v >>> 15 & 31] & 0xffffffffL) << 1) + x[v >>> 20 & 31];
                return true;
            case Op.SH2ADD_UW:
                x[v >>> 9 & 63] = ((x[v >>> 15 & 31] & 0xffffffffL) << 2) + x[v >>> 20 & 31];
                return true;
            case Op.SH3ADD_UW:
                x[v >>> 9 & 63] = ((x[v >>> 15 & 31] & 0xffffffffL) << 3) + x[v >>> 20 & 31];
                return true;
            case Op.SLLI_UW:
                x[v >>> 9 & 63] = (x[v >>> 15 & 31] & 0xffffffffL) << (w >> 32);
                return true;
            case Op.ANDN:
                x[v >>> 9 & 63] = x[v >>> 15 & 31] & ~x[v >>> 20 & 31];
                return true;
            case Op.ORN:
                x[v >>> 9 & 63] = x[v >>> 15 & 31] | ~x[v >>> 20 & 31];
                return true;
            case Op.XNOR:
                x[v >>> 9 & 63] = ~(x[v >>> 15 & 31] ^ x[v >>> 20 & 31]);
                return true;
            case Op.CLZ:
                x[v >>> 9 & 63] = Long.numberOfLeadingZeros(x[v >>> 15 & 31]);
                return true;
            case Op.CLZW:
                x[v >>> 9 & 63] = Integer.numberOfLeadingZeros((int) x[v >>> 15 & 31]);
                return true;
            case Op.CTZ:
                x[v >>> 9 & 63] = Long.numberOfTrailingZeros(x[v >>> 15 & 31]);
                return true;
            case Op.CTZW:
                x[v >>> 9 & 63] = Integer.numberOfTrailingZeros((int) x[v >>> 15 & 31]);
                return true;
            case Op.CPOP:
                x[v >>> 9 & 63] = Long.bitCount(x[v >>> 15 & 31]);
                return true;
            case Op.CPOPW:
                x[v >>> 9 & 63] = Integer.bitCount((int) x[v >>> 15 & 31]);
                return true;
            case Op.MAX:
                x[v >>> 9 & 63] = Math.max(x[v >>> 15 & 31], x[v >>> 20 & 31]);
                return true;
            case Op.MAXU:
                x[v >>> 9 & 63] = Long.compareUnsigned(x[v >>> 15 & 31], x[v >>> 20 & 31]) > 0 ? x[v >>> 15 & 31] : x[v >>> 20 & 31];
                return true;
            case Op.MIN:
                x[v >>> 9 & 63] = Math.min(x[v >>> 15 & 31], x[v >>> 20 & 31]);
                return true;
            case Op.MINU:
                x[v >>> 9 & 63] = Long.compareUnsigned(x[v >>> 15 & 31], x[v >>> 20 & 31]) < 0 ? x[v >>> 15 & 31] : x[v >>> 20 & 31];
                return true;
            case Op.SEXT_B:
                x[v >>> 9 & 63] = (byte) x[v >>> 15 & 31];
                return true;
            case Op.SEXT_H:
                x[v >>> 9 & 63] = (short) x[v >>> 15 & 31];
                return true;
            case Op.ROL:
                x[v >>> 9 & 63] = Long.rotateLeft(x[v >>> 15 & 31], (int) x[v >>> 20 & 31]);
                return true;
            case Op.ROLW:
                x[v >>> 9 & 63] = Integer.rotateLeft((int) x[v >>> 15 & 31], (int) x[v >>> 20 & 31]);
                return true;
            case Op.ROR:
                x[v >>> 9 & 63] = Long.rotateRight(x[v >>> 15 & 31], (int) x[v >>> 20 & 31]);
                return true;
            case Op.RORW:
                x[v >>> 9 & 63] = Integer.rotateRight((int) x[v >>> 15 & 31], (int) x[v >>> 20 & 31]);
                return true;
            case Op.RORI:
                x[v >>> 9 & 63] = Long.rotateRight(x[v >>> 15 & 31], (int) (w >> 32));
                return true;
            case Op.RORIW:
                x[v >>> 9 & 63] = Integer.rotateRight((int) x[v >>> 15 & 31], (int) (w >> 32));
                return true;
            case Op.ORC_B:
                x[v >>> 9 & 63] = ((((x[v >>> 15 & 31] & 0x7f7f7f7f7f7f7f7fL) + 0x7f7f7f7f7f7f7f7fL | x[v >>> 15 & 31]) >>> 7) & 0x0101010101010101L) * 255;
                return true;
            case Op.REV8:
                x[v >>> 9 & 63] = Long.reverseBytes(x[v >>> 15 & 31]);
                return true;
            case Op.BCLR:
                x[v >>> 9 & 63] = x[v >>> 15 & 31] & ~(1L << x[v >>> 20 & 31]);
                return true;
            case Op.BCLRI:
                x[v >>> 9 & 63] = x[v >>> 15 & 31] & ~(1L << (w >> 32));
                return true;
            case Op.BEXT:
                x[v >>> 9 & 63] = x[v >>> 15 & 31] >>> x[v >>> 20 & 31] & 1;
                return true;
            case Op.BEXTI:
                x[v >>> 9 & 63] = x[v >>> 15 & 31] >>> (w >> 32) & 1;
                return true;
            case Op.BINV:
                x[v >>> 9 & 63] = x[v >>> 15 & 31] ^ 1L << x[v >>> 20 & 31];
                return true;
            case Op.BINVI:
                x[v >>> 9 & 63] = x[v >>> 15 & 31] ^ 1L << (w >> 32);
                return true;
            case Op.BSET:
                x[v >>> 9 & 63] = x[v >>> 15 & 31] | 1L << x[v >>> 20 & 31];
                return true;
            case Op.BSETI:
                x[v >>> 9 & 63] = x[v >>> 15 & 31] | 1L << (w >> 32);
                return true;
            default:
                return c.rare(w);
        }
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
