package hv.engine.riscv.internal;

import hv.riscv.Op;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Opcode;

/**
 * The usual integer operations as the JVM's own instructions, as {@link Meaning} has them as methods: a call less to be inlined for each, which is most of
 * what compiling a region costs. Operands are given as what pushes them, longs.
 */
final class IntegerCode {
    private IntegerCode() { }

    /** Leaves the operation's result on the stack, a long; writes nothing and returns false if it is none of the usual. */
    static boolean write(CodeBuilder code, int op, Runnable a, Runnable b, int imm) {
        switch (op) {
            case Op.ADD, Op.SUB, Op.AND, Op.OR, Op.XOR, Op.MUL -> {
                a.run();
                b.run();
                switch (op) {
                    case Op.ADD -> code.ladd();
                    case Op.SUB -> code.lsub();
                    case Op.AND -> code.land();
                    case Op.OR -> code.lor();
                    case Op.XOR -> code.lxor();
                    default -> code.lmul();
                }
            }
            case Op.ADDI, Op.ANDI, Op.ORI, Op.XORI -> {
                a.run();
                if (op == Op.ADDI && imm == 0) {
                    return true;
                }
                code.loadConstant((long) imm);
                switch (op) {
                    case Op.ADDI -> code.ladd();
                    case Op.ANDI -> code.land();
                    case Op.ORI -> code.lor();
                    default -> code.lxor();
                }
            }
            case Op.SLL, Op.SRL, Op.SRA, Op.SLLI, Op.SRLI, Op.SRAI -> {
                a.run();
                if (op == Op.SLL || op == Op.SRL || op == Op.SRA) {
                    b.run();
                    code.l2i();
                } else {
                    code.loadConstant(imm & 63);
                }
                switch (op) {
                    case Op.SLL, Op.SLLI -> code.lshl();
                    case Op.SRL, Op.SRLI -> code.lushr();
                    default -> code.lshr();
                }
            }
            case Op.ADDW, Op.SUBW, Op.MULW, Op.SLLW, Op.SRLW, Op.SRAW -> {
                a.run();
                code.l2i();
                b.run();
                code.l2i();
                switch (op) {
                    case Op.ADDW -> code.iadd();
                    case Op.SUBW -> code.isub();
                    case Op.MULW -> code.imul();
                    case Op.SLLW -> code.ishl();
                    case Op.SRLW -> code.iushr();
                    default -> code.ishr();
                }
                code.i2l();
            }
            case Op.ADDIW, Op.SLLIW, Op.SRLIW, Op.SRAIW -> {
                a.run();
                code.l2i();
                if (op != Op.ADDIW) {
                    code.loadConstant(imm & 31);
                } else if (imm != 0) {
                    code.loadConstant(imm);
                }
                switch (op) {
                    case Op.ADDIW -> {
                        if (imm != 0) {
                            code.iadd();
                        }
                    }
                    case Op.SLLIW -> code.ishl();
                    case Op.SRLIW -> code.iushr();
                    default -> code.ishr();
                }
                code.i2l();
            }
            default -> {
                return false;
            }
        }
        return true;
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
