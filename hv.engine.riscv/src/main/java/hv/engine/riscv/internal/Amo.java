package hv.engine.riscv.internal;

import hv.riscv.Op;
import java.lang.foreign.MemorySegment;

/** Atomic memory operations on RAM: one instruction of the host where it has one, so that no hart starves under contention. */
final class Amo {
    private Amo() { }

    /** @return the value before, sign-extended */
    static long apply32(int op, MemorySegment ram, long offset, int b) {
        return switch (op) {
            case Op.AMOSWAP_W -> (int) HartCore.RAM32.getAndSet(ram, offset, b);
            case Op.AMOADD_W -> (int) HartCore.RAM32.getAndAdd(ram, offset, b);
            case Op.AMOXOR_W -> (int) HartCore.RAM32.getAndBitwiseXor(ram, offset, b);
            case Op.AMOAND_W -> (int) HartCore.RAM32.getAndBitwiseAnd(ram, offset, b);
            case Op.AMOOR_W -> (int) HartCore.RAM32.getAndBitwiseOr(ram, offset, b);
            default -> {
                int m;
                do {
                    m = (int) HartCore.RAM32.getVolatile(ram, offset);
                } while (!HartCore.RAM32.compareAndSet(ram, offset, m, (int) InterpreterLoop.amo(op, m, b)));
                yield m;
            }
        };
    }

    /** @return the value before */
    static long apply64(int op, MemorySegment ram, long offset, long b) {
        return switch (op) {
            case Op.AMOSWAP_D -> (long) HartCore.RAM64.getAndSet(ram, offset, b);
            case Op.AMOADD_D -> (long) HartCore.RAM64.getAndAdd(ram, offset, b);
            case Op.AMOXOR_D -> (long) HartCore.RAM64.getAndBitwiseXor(ram, offset, b);
            case Op.AMOAND_D -> (long) HartCore.RAM64.getAndBitwiseAnd(ram, offset, b);
            case Op.AMOOR_D -> (long) HartCore.RAM64.getAndBitwiseOr(ram, offset, b);
            default -> {
                long m;
                do {
                    m = (long) HartCore.RAM64.getVolatile(ram, offset);
                } while (!HartCore.RAM64.compareAndSet(ram, offset, m, InterpreterLoop.amo(op, m, b)));
                yield m;
            }
        };
    }
}
