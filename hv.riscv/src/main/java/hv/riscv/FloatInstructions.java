package hv.riscv;

import hv.riscv.fp.Fp32;
import hv.riscv.fp.Fp64;
import hv.riscv.fp.Fpu;

/**
 * What the {@code float} instructions of the table mean, over {@link Fp32} and {@link Fp64}. Loads and stores are the engine's.
 * Source: unprivileged specification, chapters "F" and "D".
 */
public final class FloatInstructions {
    private FloatInstructions() { }

    /**
     * Executes one. The caller has checked {@link Hart#floatEnabled} and moves pc.
     *
     * @param d the decoded instruction; registers above 31 are where the engine sends writes of x0
     * @return false if its rounding mode is reserved: the instruction is illegal, and nothing changed
     */
    public static boolean execute(Hart h, long d) {
        Fpu fpu = h.fpu;
        int rm = fpu.resolve((int) (d >>> Decoded.IMM_SHIFT) & 7);
        if (rm < 0) {
            return false;
        }
        int rd = Decoded.rd(d);
        long a = h.f[Decoded.rs1(d)];
        long b = h.f[Decoded.rs2(d)];
        int flags = fpu.fflags;
        int op = Decoded.op(d);
        switch (op) {
            // Integer results: dirty only if a flag rose.
            case Op.FEQ_S -> h.x[rd] = Fp32.feq(fpu, Fpu.unbox(a), Fpu.unbox(b));
            case Op.FLT_S -> h.x[rd] = Fp32.flt(fpu, Fpu.unbox(a), Fpu.unbox(b));
            case Op.FLE_S -> h.x[rd] = Fp32.fle(fpu, Fpu.unbox(a), Fpu.unbox(b));
            case Op.FCLASS_S -> h.x[rd] = Fp32.fclass(Fpu.unbox(a));
            case Op.FCVT_W_S -> h.x[rd] = Fp32.toInt32(fpu, Fpu.unbox(a), rm);
            case Op.FCVT_WU_S -> h.x[rd] = Fp32.toUint32(fpu, Fpu.unbox(a), rm);
            case Op.FCVT_L_S -> h.x[rd] = Fp32.toInt64(fpu, Fpu.unbox(a), rm);
            case Op.FCVT_LU_S -> h.x[rd] = Fp32.toUint64(fpu, Fpu.unbox(a), rm);
            case Op.FEQ_D -> h.x[rd] = Fp64.feq(fpu, a, b);
            case Op.FLT_D -> h.x[rd] = Fp64.flt(fpu, a, b);
            case Op.FLE_D -> h.x[rd] = Fp64.fle(fpu, a, b);
            case Op.FCLASS_D -> h.x[rd] = Fp64.fclass(a);
            case Op.FCVT_W_D -> h.x[rd] = Fp64.toInt32(fpu, a, rm);
            case Op.FCVT_WU_D -> h.x[rd] = Fp64.toUint32(fpu, a, rm);
            case Op.FCVT_L_D -> h.x[rd] = Fp64.toInt64(fpu, a, rm);
            case Op.FCVT_LU_D -> h.x[rd] = Fp64.toUint64(fpu, a, rm);
            case Op.FMV_X_W -> h.x[rd] = (int) a;
            case Op.FMV_X_D -> h.x[rd] = a;
            default -> {
                h.f[rd & 31] = toFloat(h, fpu, op, d, a, b, rm);
                h.floatDirty();
                return true;
            }
        }
        if (fpu.fflags != flags) {
            h.floatDirty();
        }
        return true;
    }

    private static long toFloat(Hart h, Fpu fpu, int op, long d, long a, long b, int rm) {
        return switch (op) {
            case Op.FADD_D -> Fp64.add(fpu, a, b, rm);
            case Op.FSUB_D -> Fp64.sub(fpu, a, b, rm);
            case Op.FMUL_D -> Fp64.mul(fpu, a, b, rm);
            case Op.FDIV_D -> Fp64.div(fpu, a, b, rm);
            case Op.FSQRT_D -> Fp64.sqrt(fpu, a, rm);
            case Op.FMADD_D -> Fp64.fmadd(fpu, a, b, h.f[(int) (d >>> Decoded.IMM_SHIFT + 3) & 31], rm);
            case Op.FMSUB_D -> Fp64.fmsub(fpu, a, b, h.f[(int) (d >>> Decoded.IMM_SHIFT + 3) & 31], rm);
            case Op.FNMSUB_D -> Fp64.fnmsub(fpu, a, b, h.f[(int) (d >>> Decoded.IMM_SHIFT + 3) & 31], rm);
            case Op.FNMADD_D -> Fp64.fnmadd(fpu, a, b, h.f[(int) (d >>> Decoded.IMM_SHIFT + 3) & 31], rm);
            case Op.FSGNJ_D -> Fp64.sgnj(a, b);
            case Op.FSGNJN_D -> Fp64.sgnjn(a, b);
            case Op.FSGNJX_D -> Fp64.sgnjx(a, b);
            case Op.FMIN_D -> Fp64.min(fpu, a, b);
            case Op.FMAX_D -> Fp64.max(fpu, a, b);
            case Op.FCVT_D_W -> Fp64.fromInt32((int) h.x[Decoded.rs1(d)]);
            case Op.FCVT_D_WU -> Fp64.fromUint32((int) h.x[Decoded.rs1(d)]);
            case Op.FCVT_D_L -> Fp64.fromInt64(fpu, h.x[Decoded.rs1(d)], rm);
            case Op.FCVT_D_LU -> Fp64.fromUint64(fpu, h.x[Decoded.rs1(d)], rm);
            case Op.FCVT_D_S -> Fp64.fromFloat32(fpu, Fpu.unbox(a));
            case Op.FMV_D_X -> h.x[Decoded.rs1(d)];
            case Op.FMV_W_X -> Fpu.box((int) h.x[Decoded.rs1(d)]);
            case Op.FCVT_S_D -> Fpu.box(Fp64.toFloat32(fpu, a, rm));
            case Op.FADD_S, Op.FSUB_S, Op.FMUL_S, Op.FDIV_S, Op.FSQRT_S, Op.FMADD_S, Op.FMSUB_S, Op.FNMSUB_S, Op.FNMADD_S, Op.FSGNJ_S,
                Op.FSGNJN_S, Op.FSGNJX_S, Op.FMIN_S, Op.FMAX_S, Op.FCVT_S_W, Op.FCVT_S_WU, Op.FCVT_S_L,
                Op.FCVT_S_LU -> single(h, fpu, op, d, a, b, rm);
            default -> throw new IllegalStateException("operation " + op + " is not a floating-point one");
        };
    }

    private static long single(Hart h, Fpu fpu, int op, long d, long fa, long fb, int rm) {
        int a = Fpu.unbox(fa);
        int b = Fpu.unbox(fb);
        return Fpu.box(switch (op) {
            case Op.FADD_S -> Fp32.add(fpu, a, b, rm);
            case Op.FSUB_S -> Fp32.sub(fpu, a, b, rm);
            case Op.FMUL_S -> Fp32.mul(fpu, a, b, rm);
            case Op.FDIV_S -> Fp32.div(fpu, a, b, rm);
            case Op.FSQRT_S -> Fp32.sqrt(fpu, a, rm);
            case Op.FMADD_S -> Fp32.fmadd(fpu, a, b, Fpu.unbox(h.f[(int) (d >>> Decoded.IMM_SHIFT + 3) & 31]), rm);
            case Op.FMSUB_S -> Fp32.fmsub(fpu, a, b, Fpu.unbox(h.f[(int) (d >>> Decoded.IMM_SHIFT + 3) & 31]), rm);
            case Op.FNMSUB_S -> Fp32.fnmsub(fpu, a, b, Fpu.unbox(h.f[(int) (d >>> Decoded.IMM_SHIFT + 3) & 31]), rm);
            case Op.FNMADD_S -> Fp32.fnmadd(fpu, a, b, Fpu.unbox(h.f[(int) (d >>> Decoded.IMM_SHIFT + 3) & 31]), rm);
            case Op.FSGNJ_S -> Fp32.sgnj(a, b);
            case Op.FSGNJN_S -> Fp32.sgnjn(a, b);
            case Op.FSGNJX_S -> Fp32.sgnjx(a, b);
            case Op.FMIN_S -> Fp32.min(fpu, a, b);
            case Op.FMAX_S -> Fp32.max(fpu, a, b);
            case Op.FCVT_S_W -> Fp32.fromInt32(fpu, (int) h.x[Decoded.rs1(d)], rm);
            case Op.FCVT_S_WU -> Fp32.fromUint32(fpu, (int) h.x[Decoded.rs1(d)], rm);
            case Op.FCVT_S_L -> Fp32.fromInt64(fpu, h.x[Decoded.rs1(d)], rm);
            case Op.FCVT_S_LU -> Fp32.fromUint64(fpu, h.x[Decoded.rs1(d)], rm);
            default -> throw new IllegalStateException("operation " + op + " is not a single-precision one");
        });
    }
}
