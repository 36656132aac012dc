package hv.riscv.fp;

import static hv.riscv.fp.Fpu.DZ;
import static hv.riscv.fp.Fpu.NV;
import static hv.riscv.fp.Fpu.NX;
import static hv.riscv.fp.Fpu.RDN;
import static hv.riscv.fp.Fpu.RNE;

/**
 * The F extension: operations on binary32, given and returned as raw bits (RISC-V unprivileged specification, chapter "F";
 * IEEE 754-2019). NaN boxing is the caller's ({@link Fpu#box}, {@link Fpu#unbox}).
 *
 * <p>{@code rm} is a resolved rounding mode, 0 .. 4. Flags are accrued into {@link Fpu#fflags}. A NaN result is the canonical
 * one, {@link #NAN}. Nothing allocates.
 *
 * <p>Fast as in {@link Fp64} once NX is accrued. The exact way computes in binary64, where nothing over- or underflows, such that rounding once
 * more is innocuous in each mode: a product is exact; a sum is rounded to odd (Boldo and Melquiond, "Emulation of FMA and
 * Correctly Rounded Sums"; 53 &gt;= 24 + 2 bits); a quotient or root which is not itself one of the 25-bit numbers at which
 * binary32 rounds is off them by more than 2^-51 of its size, which is more than the error of binary64.
 */
public final class Fp32 {
    /** The canonical NaN. */
    public static final int NAN = 0x7fc0_0000;

    private static final int SIGN = Integer.MIN_VALUE;
    private static final int INFINITY = 0x7f80_0000;
    private static final int QUIET = 0x0040_0000;
    private static final int MIN_NORMAL = 0x0080_0000;

    private Fp32() {}

    // ---- arithmetic ----------------------------------------------------------------------------------------------------

    /** FADD.S. */
    public static int add(Fpu fpu, int a, int b, int rm) {
        if (rm == RNE && (fpu.fflags & NX) != 0) {
            float r = Float.intBitsToFloat(a) + Float.intBitsToFloat(b);
            // A sum that is subnormal is exact.
            if (Math.abs(r) <= Float.MAX_VALUE) {
                return Float.floatToRawIntBits(r);
            }
        }
        return addExact(fpu, a, b, rm);
    }

    /** FSUB.S. */
    public static int sub(Fpu fpu, int a, int b, int rm) {
        return add(fpu, a, b ^ SIGN, rm);
    }

    /** FMUL.S. */
    public static int mul(Fpu fpu, int a, int b, int rm) {
        if (rm == RNE && (fpu.fflags & NX) != 0) {
            float r = Float.intBitsToFloat(a) * Float.intBitsToFloat(b);
            float m = Math.abs(r);
            // Strictly above: what rounds up to the smallest normal number may have been tiny.
            if (m > Float.MIN_NORMAL && m <= Float.MAX_VALUE) {
                return Float.floatToRawIntBits(r);
            }
        }
        return mulExact(fpu, a, b, rm);
    }

    /** FDIV.S. */
    public static int div(Fpu fpu, int a, int b, int rm) {
        if (rm == RNE && (fpu.fflags & NX) != 0) {
            float r = Float.intBitsToFloat(a) / Float.intBitsToFloat(b);
            float m = Math.abs(r);
            if (m > Float.MIN_NORMAL && m <= Float.MAX_VALUE) {
                return Float.floatToRawIntBits(r);
            }
        }
        return divExact(fpu, a, b, rm);
    }

    /** FSQRT.S. */
    public static int sqrt(Fpu fpu, int a, int rm) {
        double r = Math.sqrt(Float.intBitsToFloat(a));
        if (r <= Float.MAX_VALUE) {
            return round(fpu, r, rm);
        }
        return a == INFINITY ? a : nan(fpu, a, a);
    }

    /** FMADD.S: a * b + c, rounded once. */
    public static int fmadd(Fpu fpu, int a, int b, int c, int rm) {
        if (HardwareFma.PRESENT && rm == RNE && (fpu.fflags & NX) != 0) {
            float r = Math.fma(Float.intBitsToFloat(a), Float.intBitsToFloat(b), Float.intBitsToFloat(c));
            float m = Math.abs(r);
            if (m > Float.MIN_NORMAL && m <= Float.MAX_VALUE) {
                return Float.floatToRawIntBits(r);
            }
        }
        return fmaExact(fpu, a, b, c, rm);
    }

    /** FMSUB.S: a * b - c. */
    public static int fmsub(Fpu fpu, int a, int b, int c, int rm) {
        return fmadd(fpu, a, b, c ^ SIGN, rm);
    }

    /** FNMSUB.S: -(a * b) + c. */
    public static int fnmsub(Fpu fpu, int a, int b, int c, int rm) {
        return fmadd(fpu, a ^ SIGN, b, c, rm);
    }

    /** FNMADD.S: -(a * b) - c. */
    public static int fnmadd(Fpu fpu, int a, int b, int c, int rm) {
        return fmadd(fpu, a ^ SIGN, b, c ^ SIGN, rm);
    }

    // ---- the exact way -------------------------------------------------------------------------------------------------

    private static int addExact(Fpu fpu, int a, int b, int rm) {
        double x = Float.intBitsToFloat(a);
        double y = Float.intBitsToFloat(b);
        double s = x + y;
        if (Math.abs(s) <= Double.MAX_VALUE) {
            return roundSum(fpu, x, y, s, rm);
        }
        return Double.isNaN(s) ? nan(fpu, a, b) : (int) (Double.doubleToRawLongBits(s) >>> 32) & SIGN | INFINITY;
    }

    private static int mulExact(Fpu fpu, int a, int b, int rm) {
        double r = (double) Float.intBitsToFloat(a) * Float.intBitsToFloat(b);
        if (Math.abs(r) <= Double.MAX_VALUE) {
            return round(fpu, r, rm);
        }
        return Double.isNaN(r) ? nan(fpu, a, b) : (a ^ b) & SIGN | INFINITY;
    }

    private static int divExact(Fpu fpu, int a, int b, int rm) {
        double r = (double) Float.intBitsToFloat(a) / Float.intBitsToFloat(b);
        if (Math.abs(r) <= Double.MAX_VALUE) {
            return round(fpu, r, rm);
        }
        if (Double.isNaN(r)) {
            return nan(fpu, a, b);
        }
        if ((a & ~SIGN) != INFINITY) {
            fpu.fflags |= DZ;
        }
        return (a ^ b) & SIGN | INFINITY;
    }

    private static int fmaExact(Fpu fpu, int a, int b, int c, int rm) {
        double p = (double) Float.intBitsToFloat(a) * Float.intBitsToFloat(b);
        double z = Float.intBitsToFloat(c);
        double s = p + z;
        if (Math.abs(s) <= Double.MAX_VALUE) {
            return roundSum(fpu, p, z, s, rm);
        }
        return fmaSpecial(fpu, a, b, c);
    }

    /** Rounds x + y, of which {@code s} is the finite binary64 sum. */
    private static int roundSum(Fpu fpu, double x, double y, double s, int rm) {
        if (s == 0) {
            // An exact zero: negative where both are, and when rounding down unless neither is.
            long signs = Double.doubleToRawLongBits(x) | Double.doubleToRawLongBits(y);
            return rm == RDN ? signs < 0 ? SIGN : 0 : Double.doubleToRawLongBits(s) < 0 ? SIGN : 0;
        }
        double v = s - x;
        double error = (x - (s - v)) + (y - v);
        if (error != 0) {
            long bits = Double.doubleToRawLongBits(s);
            if ((bits & 1) == 0) {
                // To odd: s is the even one of the two neighbours, the exact sum lies towards the error.
                s = Double.longBitsToDouble(error > 0 == s > 0 ? bits + 1 : bits - 1);
            }
        }
        return round(fpu, s, rm);
    }

    /** Rounds a finite binary64. */
    private static int round(Fpu fpu, double d, int rm) {
        if (rm == RNE) {
            float r = (float) d;
            float m = Math.abs(r);
            if (m > Float.MIN_NORMAL && m <= Float.MAX_VALUE) {
                if (r != d) {
                    fpu.fflags |= NX;
                }
                return Float.floatToRawIntBits(r);
            }
        }
        return Fp64.narrow(fpu, Double.doubleToRawLongBits(d), rm);
    }

    /** The result is not finite since an operand is not. */
    private static int fmaSpecial(Fpu fpu, int a, int b, int c) {
        int absA = a & ~SIGN;
        int absB = b & ~SIGN;
        boolean timesInfinity = absA == INFINITY || absB == INFINITY;
        if (timesInfinity && (absA == 0 || absB == 0)) {
            fpu.fflags |= NV;
            return NAN;
        }
        if (isNan(a) || isNan(b) || isNan(c)) {
            if (isSignalling(a) || isSignalling(b) || isSignalling(c)) {
                fpu.fflags |= NV;
            }
            return NAN;
        }
        if (!timesInfinity) {
            return c;
        }
        int product = (a ^ b) & SIGN | INFINITY;
        if (c == (product ^ SIGN)) {
            fpu.fflags |= NV;
            return NAN;
        }
        return product;
    }

    /** The result where an operand is NaN, or, if none is, of an invalid operation. */
    private static int nan(Fpu fpu, int a, int b) {
        if (isSignalling(a) || isSignalling(b) || !isNan(a) && !isNan(b)) {
            fpu.fflags |= NV;
        }
        return NAN;
    }

    private static boolean isNan(int a) {
        return (a & ~SIGN) > INFINITY;
    }

    private static boolean isSignalling(int a) {
        return (a & ~SIGN) > INFINITY && (a & QUIET) == 0;
    }

    // ---- comparison and sign -------------------------------------------------------------------------------------------

    /** FMIN.S: minimumNumber of IEEE 754-2019: a NaN loses against a number, -0 is less than +0. */
    public static int min(Fpu fpu, int a, int b) {
        if (isNan(a) || isNan(b)) {
            return numberOf(fpu, a, b);
        }
        // Sign and magnitude, turned into two's complement.
        return (a ^ a >> 31 & ~SIGN) < (b ^ b >> 31 & ~SIGN) ? a : b;
    }

    /** FMAX.S: maximumNumber of IEEE 754-2019. */
    public static int max(Fpu fpu, int a, int b) {
        if (isNan(a) || isNan(b)) {
            return numberOf(fpu, a, b);
        }
        return (a ^ a >> 31 & ~SIGN) < (b ^ b >> 31 & ~SIGN) ? b : a;
    }

    private static int numberOf(Fpu fpu, int a, int b) {
        if (isSignalling(a) || isSignalling(b)) {
            fpu.fflags |= NV;
        }
        return !isNan(a) ? a : !isNan(b) ? b : NAN;
    }

    /** FSGNJ.S. */
    public static int sgnj(int a, int b) {
        return a & ~SIGN | b & SIGN;
    }

    /** FSGNJN.S. */
    public static int sgnjn(int a, int b) {
        return a & ~SIGN | ~b & SIGN;
    }

    /** FSGNJX.S. */
    public static int sgnjx(int a, int b) {
        return a ^ b & SIGN;
    }

    /** FEQ.S, a quiet comparison: 1 or 0; only a signalling NaN is invalid. */
    public static int feq(Fpu fpu, int a, int b) {
        if (isSignalling(a) || isSignalling(b)) {
            fpu.fflags |= NV;
        }
        return Float.intBitsToFloat(a) == Float.intBitsToFloat(b) ? 1 : 0;
    }

    /** FLT.S, a signalling comparison: 1 or 0; any NaN is invalid. */
    public static int flt(Fpu fpu, int a, int b) {
        if (isNan(a) || isNan(b)) {
            fpu.fflags |= NV;
        }
        return Float.intBitsToFloat(a) < Float.intBitsToFloat(b) ? 1 : 0;
    }

    /** FLE.S, a signalling comparison: 1 or 0; any NaN is invalid. */
    public static int fle(Fpu fpu, int a, int b) {
        if (isNan(a) || isNan(b)) {
            fpu.fflags |= NV;
        }
        return Float.intBitsToFloat(a) <= Float.intBitsToFloat(b) ? 1 : 0;
    }

    /** FCLASS.S: one bit set, as {@link Fp64#fclass} says. */
    public static int fclass(int a) {
        int abs = a & ~SIGN;
        if (abs > INFINITY) {
            return (a & QUIET) != 0 ? 1 << 9 : 1 << 8;
        }
        int fromZero = abs == 0 ? 0 : abs < MIN_NORMAL ? 1 : abs < INFINITY ? 2 : 3;
        return a < 0 ? 1 << 3 - fromZero : 1 << 4 + fromZero;
    }

    // ---- conversion ----------------------------------------------------------------------------------------------------

    /** FCVT.W.S, as {@link Fp64#toInt32}. */
    public static long toInt32(Fpu fpu, int a, int rm) {
        return Fp64.toInt32(fpu, widen(a), rm);
    }

    /** FCVT.WU.S, as {@link Fp64#toUint32}. */
    public static long toUint32(Fpu fpu, int a, int rm) {
        return Fp64.toUint32(fpu, widen(a), rm);
    }

    /** FCVT.L.S, as {@link Fp64#toInt64}. */
    public static long toInt64(Fpu fpu, int a, int rm) {
        return Fp64.toInt64(fpu, widen(a), rm);
    }

    /** FCVT.LU.S, as {@link Fp64#toUint64}. */
    public static long toUint64(Fpu fpu, int a, int rm) {
        return Fp64.toUint64(fpu, widen(a), rm);
    }

    /** A NaN stays one; to integers all are alike. */
    private static long widen(int a) {
        return Double.doubleToRawLongBits(Float.intBitsToFloat(a));
    }

    /** FCVT.S.W. */
    public static int fromInt32(Fpu fpu, int i, int rm) {
        return round(fpu, i, rm);
    }

    /** FCVT.S.WU. */
    public static int fromUint32(Fpu fpu, int i, int rm) {
        return round(fpu, i & 0xffff_ffffL, rm);
    }

    /** FCVT.S.L. */
    public static int fromInt64(Fpu fpu, long i, int rm) {
        if (i >= -(1L << 53) && i <= 1L << 53) {
            return round(fpu, i, rm);
        }
        return Rounding.normalizeAndRound32(fpu, i & Long.MIN_VALUE, 62, Math.abs(i), rm);
    }

    /** FCVT.S.LU. */
    public static int fromUint64(Fpu fpu, long i, int rm) {
        if (i >= 0 && i <= 1L << 53) {
            return round(fpu, i, rm);
        }
        return Rounding.normalizeAndRound32(fpu, 0, 62, i, rm);
    }

    /** FCVT.D.S: exact. */
    public static long toFloat64(Fpu fpu, int a) {
        if (isNan(a)) {
            if (isSignalling(a)) {
                fpu.fflags |= NV;
            }
            return Fp64.NAN;
        }
        return widen(a);
    }

    /** FCVT.S.D. */
    public static int fromFloat64(Fpu fpu, long a, int rm) {
        return Fp64.toFloat32(fpu, a, rm);
    }
}
