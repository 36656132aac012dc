package hv.engine.riscv.internal;

import hv.riscv.Op;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.OperatorInstruction;

/**
 * The usual integer operations as the JVM's own instructions, as {@link Meaning} has them as methods: a call less to be inlined for each, which is most of
 * what compiling a region costs. Operands are given as what pushes them, longs.
 */
final class IntegerCode {
    private IntegerCode() { }

    /** Leaves the operation's result on the stack, a long; writes nothing and returns false if it is none of the usual. */
    static boolean write(CodeBuilder code, int op, Runnable a, Runnable b, int imm) {
        Opcode operator = operator(op);
        if (operator == null) {
            return false;
        }
        boolean word = switch (operator) {
            case IADD, ISUB, IMUL, ISHL, IUSHR, ISHR -> true;
            default -> false;
        };
        // The second operand of the JVM's shifts is an int, of which they take what RISC-V takes.
        boolean secondIsInt = word || operator == Opcode.LSHL || operator == Opcode.LUSHR || operator == Opcode.LSHR;
        a.run();
        if (word) {
            code.l2i();
        }
        if (RegionShape.readsInteger2(op)) {
            b.run();
            if (secondIsInt) {
                code.l2i();
            }
            code.with(OperatorInstruction.of(operator));
        } else if (imm != 0 || op != Op.ADDI && op != Op.ADDIW) {
            if (secondIsInt) {
                code.loadConstant(imm);
            } else {
                code.loadConstant((long) imm);
            }
            code.with(OperatorInstruction.of(operator));
        }
        if (word) {
            code.i2l();
        }
        return true;
    }

    private static Opcode operator(int op) {
        return switch (op) {
            case Op.ADD, Op.ADDI -> Opcode.LADD;
            case Op.SUB -> Opcode.LSUB;
            case Op.AND, Op.ANDI -> Opcode.LAND;
            case Op.OR, Op.ORI -> Opcode.LOR;
            case Op.XOR, Op.XORI -> Opcode.LXOR;
            case Op.MUL -> Opcode.LMUL;
            case Op.SLL, Op.SLLI -> Opcode.LSHL;
            case Op.SRL, Op.SRLI -> Opcode.LUSHR;
            case Op.SRA, Op.SRAI -> Opcode.LSHR;
            case Op.ADDW, Op.ADDIW -> Opcode.IADD;
            case Op.SUBW -> Opcode.ISUB;
            case Op.MULW -> Opcode.IMUL;
            case Op.SLLW, Op.SLLIW -> Opcode.ISHL;
            case Op.SRLW, Op.SRLIW -> Opcode.IUSHR;
            case Op.SRAW, Op.SRAIW -> Opcode.ISHR;
            default -> null;
        };
    }

    /** Leaves an int on the stack that the returned instruction branches by if the guest's branch is taken. */
    static Opcode condition(CodeBuilder code, int op, Runnable a, Runnable b) {
        boolean unsigned = op == Op.BLTU || op == Op.BGEU;
        a.run();
        bias(code, unsigned);
        b.run();
        bias(code, unsigned);
        code.lcmp();
        return switch (op) {
            case Op.BEQ -> Opcode.IFEQ;
            case Op.BNE -> Opcode.IFNE;
            case Op.BLT, Op.BLTU -> Opcode.IFLT;
            case Op.BGE, Op.BGEU -> Opcode.IFGE;
            default -> throw new IllegalArgumentException("operation " + op + " is no branch");
        };
    }

    /** The opposite of a condition. */
    static Opcode not(Opcode condition) {
        return switch (condition) {
            case IFEQ -> Opcode.IFNE;
            case IFNE -> Opcode.IFEQ;
            case IFLT -> Opcode.IFGE;
            case IFGE -> Opcode.IFLT;
            default -> throw new IllegalArgumentException(condition + " is no condition of a branch");
        };
    }

    private static void bias(CodeBuilder code, boolean unsigned) {
        if (unsigned) {
            code.loadConstant(Long.MIN_VALUE).ladd();
        }
    }
}
