package hv.engine.riscv.internal;

import hv.riscv.fp.Fp32;
import hv.riscv.fp.Fp64;
import hv.riscv.fp.Fpu;

/**
 * Floating-point operations as translated code calls them, one method each, named as in the instruction table with '_' for '.'. The registers are those of
 * {@code f} by number; {@code rm} is a rounding mode, 0 .. 4, where the operation has one. Called only while {@code mstatus.FS} is dirty: whoever calls need not
 * mark what they change. Meanings and flags are {@link Fp32}'s and {@link Fp64}'s.
 */
final class RegionFloat {
    private RegionFloat() { }

    static void fadd_d(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fp64.add(fpu, f[rs1], f[rs2], rm);
    }

    static void fadd_s(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fpu.box(Fp32.add(fpu, Fpu.unbox(f[rs1]), Fpu.unbox(f[rs2]), rm));
    }

    static void fsub_d(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fp64.sub(fpu, f[rs1], f[rs2], rm);
    }

    static void fsub_s(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fpu.box(Fp32.sub(fpu, Fpu.unbox(f[rs1]), Fpu.unbox(f[rs2]), rm));
    }

    static void fmul_d(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fp64.mul(fpu, f[rs1], f[rs2], rm);
    }

    static void fmul_s(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fpu.box(Fp32.mul(fpu, Fpu.unbox(f[rs1]), Fpu.unbox(f[rs2]), rm));
    }

    static void fdiv_d(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fp64.div(fpu, f[rs1], f[rs2], rm);
    }

    static void fdiv_s(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fpu.box(Fp32.div(fpu, Fpu.unbox(f[rs1]), Fpu.unbox(f[rs2]), rm));
    }

    static void fsqrt_d(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fp64.sqrt(fpu, f[rs1], rm);
    }

    static void fsqrt_s(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fpu.box(Fp32.sqrt(fpu, Fpu.unbox(f[rs1]), rm));
    }

    static void fmadd_d(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fp64.fmadd(fpu, f[rs1], f[rs2], f[rs3], rm);
    }

    static void fmadd_s(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fpu.box(Fp32.fmadd(fpu, Fpu.unbox(f[rs1]), Fpu.unbox(f[rs2]), Fpu.unbox(f[rs3]), rm));
    }

    static void fmsub_d(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fp64.fmsub(fpu, f[rs1], f[rs2], f[rs3], rm);
    }

    static void fmsub_s(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fpu.box(Fp32.fmsub(fpu, Fpu.unbox(f[rs1]), Fpu.unbox(f[rs2]), Fpu.unbox(f[rs3]), rm));
    }

    static void fnmsub_d(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fp64.fnmsub(fpu, f[rs1], f[rs2], f[rs3], rm);
    }

    static void fnmsub_s(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fpu.box(Fp32.fnmsub(fpu, Fpu.unbox(f[rs1]), Fpu.unbox(f[rs2]), Fpu.unbox(f[rs3]), rm));
    }

    static void fnmadd_d(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fp64.fnmadd(fpu, f[rs1], f[rs2], f[rs3], rm);
    }

    static void fnmadd_s(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fpu.box(Fp32.fnmadd(fpu, Fpu.unbox(f[rs1]), Fpu.unbox(f[rs2]), Fpu.unbox(f[rs3]), rm));
    }

    static void fsgnj_d(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fp64.sgnj(f[rs1], f[rs2]);
    }

    static void fsgnj_s(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fpu.box(Fp32.sgnj(Fpu.unbox(f[rs1]), Fpu.unbox(f[rs2])));
    }

    static void fsgnjn_d(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fp64.sgnjn(f[rs1], f[rs2]);
    }

    static void fsgnjn_s(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fpu.box(Fp32.sgnjn(Fpu.unbox(f[rs1]), Fpu.unbox(f[rs2])));
    }

    static void fsgnjx_d(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fp64.sgnjx(f[rs1], f[rs2]);
    }

    static void fsgnjx_s(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fpu.box(Fp32.sgnjx(Fpu.unbox(f[rs1]), Fpu.unbox(f[rs2])));
    }

    static void fmin_d(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fp64.min(fpu, f[rs1], f[rs2]);
    }

    static void fmin_s(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fpu.box(Fp32.min(fpu, Fpu.unbox(f[rs1]), Fpu.unbox(f[rs2])));
    }

    static void fmax_d(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fp64.max(fpu, f[rs1], f[rs2]);
    }

    static void fmax_s(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fpu.box(Fp32.max(fpu, Fpu.unbox(f[rs1]), Fpu.unbox(f[rs2])));
    }

    static void fcvt_d_s(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fp64.fromFloat32(fpu, Fpu.unbox(f[rs1]));
    }

    static void fcvt_s_d(Fpu fpu, long[] f, int rd, int rs1, int rs2, int rs3, int rm) {
        f[rd] = Fpu.box(Fp64.toFloat32(fpu, f[rs1], rm));
    }

    static long feq_d(Fpu fpu, long[] f, int rs1, int rs2, int rm) {
        return Fp64.feq(fpu, f[rs1], f[rs2]);
    }

    static long feq_s(Fpu fpu, long[] f, int rs1, int rs2, int rm) {
        return Fp32.feq(fpu, Fpu.unbox(f[rs1]), Fpu.unbox(f[rs2]));
    }

    static long flt_d(Fpu fpu, long[] f, int rs1, int rs2, int rm) {
        return Fp64.flt(fpu, f[rs1], f[rs2]);
    }

    static long flt_s(Fpu fpu, long[] f, int rs1, int rs2, int rm) {
        return Fp32.flt(fpu, Fpu.unbox(f[rs1]), Fpu.unbox(f[rs2]));
    }

    static long fle_d(Fpu fpu, long[] f, int rs1, int rs2, int rm) {
        return Fp64.fle(fpu, f[rs1], f[rs2]);
    }

    static long fle_s(Fpu fpu, long[] f, int rs1, int rs2, int rm) {
        return Fp32.fle(fpu, Fpu.unbox(f[rs1]), Fpu.unbox(f[rs2]));
    }

    static long fclass_d(Fpu fpu, long[] f, int rs1, int rs2, int rm) {
        return Fp64.fclass(f[rs1]);
    }

    static long fclass_s(Fpu fpu, long[] f, int rs1, int rs2, int rm) {
        return Fp32.fclass(Fpu.unbox(f[rs1]));
    }

    static long fcvt_w_d(Fpu fpu, long[] f, int rs1, int rs2, int rm) {
        return Fp64.toInt32(fpu, f[rs1], rm);
    }

    static long fcvt_w_s(Fpu fpu, long[] f, int rs1, int rs2, int rm) {
        return Fp32.toInt32(fpu, Fpu.unbox(f[rs1]), rm);
    }

    static long fcvt_wu_d(Fpu fpu, long[] f, int rs1, int rs2, int rm) {
        return Fp64.toUint32(fpu, f[rs1], rm);
    }

    static long fcvt_wu_s(Fpu fpu, long[] f, int rs1, int rs2, int rm) {
        return Fp32.toUint32(fpu, Fpu.unbox(f[rs1]), rm);
    }

    static long fcvt_l_d(Fpu fpu, long[] f, int rs1, int rs2, int rm) {
        return Fp64.toInt64(fpu, f[rs1], rm);
    }

    static long fcvt_l_s(Fpu fpu, long[] f, int rs1, int rs2, int rm) {
        return Fp32.toInt64(fpu, Fpu.unbox(f[rs1]), rm);
    }

    static long fcvt_lu_d(Fpu fpu, long[] f, int rs1, int rs2, int rm) {
        return Fp64.toUint64(fpu, f[rs1], rm);
    }

    static long fcvt_lu_s(Fpu fpu, long[] f, int rs1, int rs2, int rm) {
        return Fp32.toUint64(fpu, Fpu.unbox(f[rs1]), rm);
    }

    static long fmv_x_d(Fpu fpu, long[] f, int rs1, int rs2, int rm) {
        return f[rs1];
    }

    static long fmv_x_w(Fpu fpu, long[] f, int rs1, int rs2, int rm) {
        return (int) f[rs1];
    }

    static void fcvt_d_w(Fpu fpu, long[] f, int rd, long x, int rm) {
        f[rd] = Fp64.fromInt32((int) x);
    }

    static void fcvt_d_wu(Fpu fpu, long[] f, int rd, long x, int rm) {
        f[rd] = Fp64.fromUint32((int) x);
    }

    static void fcvt_d_l(Fpu fpu, long[] f, int rd, long x, int rm) {
        f[rd] = Fp64.fromInt64(fpu, x, rm);
    }

    static void fcvt_d_lu(Fpu fpu, long[] f, int rd, long x, int rm) {
        f[rd] = Fp64.fromUint64(fpu, x, rm);
    }

    static void fcvt_s_w(Fpu fpu, long[] f, int rd, long x, int rm) {
        f[rd] = Fpu.box(Fp32.fromInt32(fpu, (int) x, rm));
    }

    static void fcvt_s_wu(Fpu fpu, long[] f, int rd, long x, int rm) {
        f[rd] = Fpu.box(Fp32.fromUint32(fpu, (int) x, rm));
    }

    static void fcvt_s_l(Fpu fpu, long[] f, int rd, long x, int rm) {
        f[rd] = Fpu.box(Fp32.fromInt64(fpu, x, rm));
    }

    static void fcvt_s_lu(Fpu fpu, long[] f, int rd, long x, int rm) {
        f[rd] = Fpu.box(Fp32.fromUint64(fpu, x, rm));
    }

    static void fmv_d_x(Fpu fpu, long[] f, int rd, long x, int rm) {
        f[rd] = x;
    }

    static void fmv_w_x(Fpu fpu, long[] f, int rd, long x, int rm) {
        f[rd] = Fpu.box((int) x);
    }
}
