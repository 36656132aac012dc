package hv.riscv.fp;

import static hv.riscv.fp.Fpu.DZ;
import static hv.riscv.fp.Fpu.NV;
import static hv.riscv.fp.Fpu.NX;
import static hv.riscv.fp.Fpu.RDN;
import static hv.riscv.fp.Fpu.RMM;
import static hv.riscv.fp.Fpu.RNE;
import static hv.riscv.fp.Fpu.RTZ;
import static hv.riscv.fp.Fpu.RUP;

/**
 * The D extension: operations on binary64, given and returned as raw bits (RISC-V unprivileged specification, chapter "D";
 * IEEE 754-2019).
 *
 * <p>{@code rm} is a resolved rounding mode, 0 .. 4. Flags are accrued into {@link Fpu#fflags}. A NaN result is the canonical
 * one, {@link #NAN}. Nothing allocates.
 *
 * <p>Two ways lead to each result. <b>Fast</b>: the host's arithmetic, which rounds to nearest even. When NX is accrued already
 * and the result is finite and above the subnormals there is nothing left to flag (the trick of QEMU's hardfloat); when it is
 * not, error-free transformations tell exactly whether the result is exact (Muller et al., Handbook of Floating-Point
 * Arithmetic, chapter 4). <b>Exact</b>: integer arithmetic and {@link Rounding}, for everything else.
 *
 * <p>More than 400 lines since it is one extension: the two ways of an operation stand side by side.
 */
public final class Fp64 {
    /** The canonical NaN. */
    public static final long NAN = 0x7ff8_0000_0000_0000L;

    private static final long SIGN = Long.MIN_VALUE;
    private static final long INFINITY = 0x7ff0_0000_0000_0000L;
    private static final long QUIET = 0x0008_0000_0000_0000L;
    private static final long FRACTION = 0x000f_ffff_ffff_ffffL;
    private static final long HIDDEN = 0x0010_0000_0000_0000L;

    /** Error terms of products and quotients are exact from here on: 2^-1074 and twice 53 bits are far below. */
    private static final double SAFE_MIN = 0x1p-900;
    /** No intermediate sum of the error-free transformations overflows below this. */
    private static final double SAFE_MAX = 0x1p1000;

    private Fp64() {}

    // ---- arithmetic ----------------------------------------------------------------------------------------------------

    /** FADD.D. */
    public static long add(Fpu fpu, long a, long b, int rm) {
        if (rm == RNE) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            double r = x + y;
            // A sum that is subnormal is exact, so finiteness is all that counts.
            if ((fpu.fflags & NX) != 0) {
                if (Math.abs(r) <= Double.MAX_VALUE) {
                    return Double.doubleToRawLongBits(r);
                }
            } else if (Math.abs(r) < SAFE_MAX && Math.abs(x) < SAFE_MAX) {
                double v = r - x;
                if ((x - (r - v)) + (y - v) != 0) {
                    fpu.fflags |= NX;
                }
                return Double.doubleToRawLongBits(r);
            }
        }
        return addExact(fpu, a, b, rm);
    }

    /** FSUB.D. */
    public static long sub(Fpu fpu, long a, long b, int rm) {
        return add(fpu, a, b ^ SIGN, rm);
    }

    /** FMUL.D. */
    public static long mul(Fpu fpu, long a, long b, int rm) {
        if (rm == RNE) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            double r = x * y;
            double m = Math.abs(r);
            if ((fpu.fflags & NX) != 0) {
                // Strictly above: what rounds up to the smallest normal number may have been tiny.
                if (m > Double.MIN_NORMAL && m <= Double.MAX_VALUE) {
                    return Double.doubleToRawLongBits(r);
                }
            } else if (HardwareFma.PRESENT && m >= SAFE_MIN && m <= Double.MAX_VALUE) {
                if (Math.fma(x, y, -r) != 0) {
                    fpu.fflags |= NX;
                }
                return Double.doubleToRawLongBits(r);
            }
            if (m == 0 && (x == 0 || y == 0)) {
                return Double.doubleToRawLongBits(r);
            }
        }
        return mulExact(fpu, a, b, rm);
    }

    /** FDIV.D. */
    public static long div(Fpu fpu, long a, long b, int rm) {
        if (rm == RNE) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            double r = x / y;
            double m = Math.abs(r);
            if ((fpu.fflags & NX) != 0) {
                if (m > Double.MIN_NORMAL && m <= Double.MAX_VALUE && y != 0) {
                    return Double.doubleToRawLongBits(r);
                }
            } else if (HardwareFma.PRESENT && m >= SAFE_MIN && m < SAFE_MAX && Math.abs(x) >= SAFE_MIN) {
                if (Math.fma(-r, y, x) != 0) {
                    fpu.fflags |= NX;
                }
                return Double.doubleToRawLongBits(r);
            }
        }
        return divExact(fpu, a, b, rm);
    }

    /** FSQRT.D. */
    public static long sqrt(Fpu fpu, long a, int rm) {
        if (rm == RNE) {
            double x = Double.longBitsToDouble(a);
            if ((fpu.fflags & NX) != 0) {
                double r = Math.sqrt(x);
                if (r <= Double.MAX_VALUE) {
                    return Double.doubleToRawLongBits(r);
                }
            } else if (HardwareFma.PRESENT && x >= SAFE_MIN && x <= Double.MAX_VALUE) {
                double r = Math.sqrt(x);
                if (Math.fma(-r, r, x) != 0) {
                    fpu.fflags |= NX;
                }
                return Double.doubleToRawLongBits(r);
            }
        }
        return sqrtExact(fpu, a, rm);
    }

    /** FMADD.D: a * b + c, rounded once. */
    public static long fmadd(Fpu fpu, long a, long b, long c, int rm) {
        if (HardwareFma.PRESENT && rm == RNE) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            double z = Double.longBitsToDouble(c);
            double r = Math.fma(x, y, z);
            double m = Math.abs(r);
            if ((fpu.fflags & NX) != 0) {
                if (m > Double.MIN_NORMAL && m <= Double.MAX_VALUE) {
                    return Double.doubleToRawLongBits(r);
                }
            } else {
                double p = x * y;
                double n = Math.abs(p);
                if (m >= SAFE_MIN && m < SAFE_MAX && n >= SAFE_MIN && n < SAFE_MAX && Math.abs(z) < SAFE_MAX
                        && (Math.abs(z) >= SAFE_MIN || z == 0)) {
                    if (fmaIsInexact(x, y, z, p, r)) {
                        fpu.fflags |= NX;
                    }
                    return Double.doubleToRawLongBits(r);
                }
            }
        }
        return fmaExact(fpu, a, b, c, rm);
    }

    /** FMSUB.D: a * b - c. */
    public static long fmsub(Fpu fpu, long a, long b, long c, int rm) {
        return fmadd(fpu, a, b, c ^ SIGN, rm);
    }

    /** FNMSUB.D: -(a * b) + c. */
    public static long fnmsub(Fpu fpu, long a, long b, long c, int rm) {
        return fmadd(fpu, a ^ SIGN, b, c, rm);
    }

    /** FNMADD.D: -(a * b) - c. */
    public static long fnmadd(Fpu fpu, long a, long b, long c, int rm) {
        return fmadd(fpu, a ^ SIGN, b, c ^ SIGN, rm);
    }

    /** The error of a fused multiply-add, and whether it is zero (Boldo and Muller, "Exact and Approximated Error of the FMA"). */
    private static boolean fmaIsInexact(double x, double y, double z, double p, double r) {
        double pLow = Math.fma(x, y, -p);
        double s = z + pLow;
        double v = s - z;
        double sLow = (z - (s - v)) + (pLow - v);
        double t = p + s;
        double w = t - p;
        double tLow = (p - (t - w)) + (s - w);
        return ((t - r) + tLow) + sLow != 0;
    }

    // ---- the exact way -------------------------------------------------------------------------------------------------

    static long addExact(Fpu fpu, long a, long b, int rm) {
        long absA = a & ~SIGN;
        long absB = b & ~SIGN;
        if (absA >= INFINITY || absB >= INFINITY) {
            if (absA > INFINITY || absB > INFINITY || absA == absB && a != b) {
                return nan(fpu, a, b);
            }
            return absA == INFINITY ? a : b;
        }
        if (absA == 0) {
            return absB == 0 ? zeroSum(a, b, rm) : b;
        }
        if (absB == 0) {
            return a;
        }
        if (absA < absB) {
            long swap = a;
            a = b;
            b = swap;
        }
        int exp = exponent(a);
        long sigA = significand(a) << 10;
        // Ten bits below the unit and a sticky one suffice: where more than one leading bit cancels, none was lost.
        long sigB = Rounding.shiftRightSticky(significand(b) << 10, exp - exponent(b));
        long sig = (a ^ b) < 0 ? sigA - sigB : sigA + sigB;
        if (sig == 0) {
            return rm == RDN ? SIGN : 0;
        }
        return Rounding.normalizeAndRound64(fpu, a & SIGN, exp, sig, rm);
    }

    static long mulExact(Fpu fpu, long a, long b, int rm) {
        long absA = a & ~SIGN;
        long absB = b & ~SIGN;
        long sign = (a ^ b) & SIGN;
        if (absA >= INFINITY || absB >= INFINITY) {
            if (absA > INFINITY || absB > INFINITY || absA == 0 || absB == 0) {
                return nan(fpu, a, b);
            }
            return sign | INFINITY;
        }
        if (absA == 0 || absB == 0) {
            return sign;
        }
        long sigA = significand(a) << 10;
        long sigB = significand(b) << 11;
        long sig = Math.unsignedMultiplyHigh(sigA, sigB) | (sigA * sigB != 0 ? 1 : 0);
        return Rounding.normalizeAndRound64(fpu, sign, exponent(a) + exponent(b) + 1, sig, rm);
    }

    static long divExact(Fpu fpu, long a, long b, int rm) {
        long absA = a & ~SIGN;
        long absB = b & ~SIGN;
        long sign = (a ^ b) & SIGN;
        if (absA >= INFINITY || absB >= INFINITY) {
            if (absA > INFINITY || absB > INFINITY || absA == absB) {
                return nan(fpu, a, b);
            }
            return absA == INFINITY ? sign | INFINITY : sign;
        }
        if (absB == 0) {
            if (absA == 0) {
                return nan(fpu, a, b);
            }
            fpu.fflags |= DZ;
            return sign | INFINITY;
        }
        if (absA == 0) {
            return sign;
        }
        int exp = exponent(a) - exponent(b);
        long sigA = significand(a);
        long sigB = significand(b);
        if (sigA < sigB) {
            sigA <<= 1;
            exp--;
        }
        // 2^52 <= quotient <= 2^53, correctly rounded by the host; the remainder, at most sigB / 2, survives the wrap of 64 bits.
        long quotient = (long) ((double) sigA / (double) sigB * 0x1p52);
        long remainder = (sigA << 52) - quotient * sigB;
        return Rounding.normalizeAndRound64(fpu, sign, exp, (quotient << 10) + Long.signum(remainder), rm);
    }

    static long sqrtExact(Fpu fpu, long a, int rm) {
        if ((a & ~SIGN) > INFINITY) {
            return nan(fpu, a, a);
        }
        if (a == 0 || a == SIGN || a == INFINITY) {
            return a;
        }
        if (a < 0) {
            return nan(fpu, a, a);
        }
        int exp = exponent(a);
        long sig = significand(a) << (exp & 1);
        // 2^52 <= sig < 2^54, the root of sig * 2^52 lies in 2^52 .. 2^53, correctly rounded by the host; the remainder, at
        // most the root, survives the wrap of 64 bits.
        long root = (long) (Math.sqrt((double) sig) * 0x1p26);
        long remainder = (sig << 52) - root * root;
        return Rounding.normalizeAndRound64(fpu, 0, exp >> 1, (root << 10) + Long.signum(remainder), rm);
    }

    static long fmaExact(Fpu fpu, long a, long b, long c, int rm) {
        long absA = a & ~SIGN;
        long absB = b & ~SIGN;
        long absC = c & ~SIGN;
        long sign = (a ^ b) & SIGN;
        if (absA >= INFINITY || absB >= INFINITY || absC >= INFINITY) {
            return fmaSpecial(fpu, a, b, c);
        }
        if (absA == 0 || absB == 0) {
            return absC == 0 ? zeroSum(sign, c, rm) : c;
        }
        // The product as 128 bits, exact, its leading one at bit 126 as that of a significand << 10 is in the upper half.
        long sigA = significand(a) << 10;
        long sigB = significand(b) << 11;
        int exp = exponent(a) + exponent(b) + 1;
        long high = Math.unsignedMultiplyHigh(sigA, sigB);
        long low = sigA * sigB;
        if (high >>> 62 == 0) {
            high = high << 1 | low >>> 63;
            low <<= 1;
            exp--;
        }
        if (absC == 0) {
            return Rounding.normalizeAndRound64(fpu, sign, exp, high | (low != 0 ? 1 : 0), rm);
        }
        long highC = significand(c) << 10;
        long lowC = 0;
        int shift = exp - exponent(c);
        if (shift > 0) {
            lowC = shiftRightStickyLow(highC, 0, shift);
            highC = shift > 63 ? 0 : highC >>> shift;
        } else if (shift < 0) {
            exp = exponent(c);
            low = shiftRightStickyLow(high, low, -shift);
            high = -shift > 63 ? 0 : high >>> -shift;
        }
        if ((sign ^ c) >= 0) {
            low += lowC;
            high += highC + (Long.compareUnsigned(low, lowC) < 0 ? 1 : 0);
        } else {
            // Both are below 2^127, so the sign of the difference is bit 127.
            long borrow = Long.compareUnsigned(low, lowC) < 0 ? 1 : 0;
            low -= lowC;
            high -= highC + borrow;
            if (high < 0) {
                sign ^= SIGN;
                low = -low;
                high = ~high + (low == 0 ? 1 : 0);
            }
            if ((high | low) == 0) {
                return rm == RDN ? SIGN : 0;
            }
        }
        if (high == 0) {
            high = low;
            low = 0;
            exp -= 64;
        }
        int zeros = Long.numberOfLeadingZeros(high);
        if (zeros > 1) {
            high = high << zeros - 1 | low >>> 65 - zeros;
            low <<= zeros - 1;
            exp -= zeros - 1;
        }
        return Rounding.normalizeAndRound64(fpu, sign, exp, high | (low != 0 ? 1 : 0), rm);
    }

    /** The low half of a 128-bit number shifted right by {@code n > 0}, bit 0 sticky. */
    private static long shiftRightStickyLow(long high, long low, int n) {
        if (n < 64) {
            return high << -n | low >>> n | ((low << -n) != 0 ? 1 : 0);
        }
        if (n == 64) {
            return high | (low != 0 ? 1 : 0);
        }
        return Rounding.shiftRightSticky(high, n - 64) | (low != 0 ? 1 : 0);
    }

    /** At least one operand is NaN or infinite. */
    private static long fmaSpecial(Fpu fpu, long a, long b, long c) {
        long absA = a & ~SIGN;
        long absB = b & ~SIGN;
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
        long product = (a ^ b) & SIGN | INFINITY;
        if (c == (product ^ SIGN)) {
            fpu.fflags |= NV;
            return NAN;
        }
        return product;
    }

    /** The result where an operand is NaN, or, if none is, of an invalid operation. */
    private static long nan(Fpu fpu, long a, long b) {
        if (isSignalling(a) || isSignalling(b) || !isNan(a) && !isNan(b)) {
            fpu.fflags |= NV;
        }
        return NAN;
    }

    /** The sum of two zeros, of which only the signs count. */
    private static long zeroSum(long a, long b, int rm) {
        return (rm == RDN ? a | b : a & b) & SIGN;
    }

    private static boolean isNan(long a) {
        return (a & ~SIGN) > INFINITY;
    }

    private static boolean isSignalling(long a) {
        return (a & ~SIGN) > INFINITY && (a & QUIET) == 0;
    }

    /** The exponent of a finite number but zero, as if it were normal. */
    private static int exponent(long a) {
        int biased = (int) (a >>> 52) & 0x7ff;
        return biased != 0 ? biased - 1023 : -1011 - Long.numberOfLeadingZeros(a & FRACTION);
    }

    /** The significand of a finite number but zero, 2^52 .. 2^53 - 1, as if it were normal. */
    private static long significand(long a) {
        long fraction = a & FRACTION;
        return (a & INFINITY) != 0 ? fraction | HIDDEN : fraction << Long.numberOfLeadingZeros(fraction) - 11;
    }

    // ---- comparison and sign -------------------------------------------------------------------------------------------

    /** FMIN.D: minimumNumber of IEEE 754-2019: a NaN loses against a number, -0 is less than +0. */
    public static long min(Fpu fpu, long a, long b) {
        if (isNan(a) || isNan(b)) {
            return numberOf(fpu, a, b);
        }
        // Sign and magnitude, turned into two's complement.
        return (a ^ a >> 63 & ~SIGN) < (b ^ b >> 63 & ~SIGN) ? a : b;
    }

    /** FMAX.D: maximumNumber of IEEE 754-2019. */
    public static long max(Fpu fpu, long a, long b) {
        if (isNan(a) || isNan(b)) {
            return numberOf(fpu, a, b);
        }
        return (a ^ a >> 63 & ~SIGN) < (b ^ b >> 63 & ~SIGN) ? b : a;
    }

    private static long numberOf(Fpu fpu, long a, long b) {
        if (isSignalling(a) || isSignalling(b)) {
            fpu.fflags |= NV;
        }
        return !isNan(a) ? a : !isNan(b) ? b : NAN;
    }

    /** FSGNJ.D. */
    public static long sgnj(long a, long b) {
        return a & ~SIGN | b & SIGN;
    }

    /** FSGNJN.D. */
    public static long sgnjn(long a, long b) {
        return a & ~SIGN | ~b & SIGN;
    }

    /** FSGNJX.D. */
    public static long sgnjx(long a, long b) {
        return a ^ b & SIGN;
    }

    /** FEQ.D, a quiet comparison: 1 or 0; only a signalling NaN is invalid. */
    public static int feq(Fpu fpu, long a, long b) {
        if (isSignalling(a) || isSignalling(b)) {
            fpu.fflags |= NV;
        }
        return Double.longBitsToDouble(a) == Double.longBitsToDouble(b) ? 1 : 0;
    }

    /** FLT.D, a signalling comparison: 1 or 0; any NaN is invalid. */
    public static int flt(Fpu fpu, long a, long b) {
        if (isNan(a) || isNan(b)) {
            fpu.fflags |= NV;
        }
        return Double.longBitsToDouble(a) < Double.longBitsToDouble(b) ? 1 : 0;
    }

    /** FLE.D, a signalling comparison: 1 or 0; any NaN is invalid. */
    public static int fle(Fpu fpu, long a, long b) {
        if (isNan(a) || isNan(b)) {
            fpu.fflags |= NV;
        }
        return Double.longBitsToDouble(a) <= Double.longBitsToDouble(b) ? 1 : 0;
    }

    /**
     * FCLASS.D: one bit set of: 0 -infinity, 1 negative normal, 2 negative subnormal, 3 -0, 4 +0, 5 positive subnormal,
     * 6 positive normal, 7 +infinity, 8 signalling NaN, 9 quiet NaN.
     */
    public static int fclass(long a) {
        long abs = a & ~SIGN;
        if (abs > INFINITY) {
            return (a & QUIET) != 0 ? 1 << 9 : 1 << 8;
        }
        int fromZero = abs == 0 ? 0 : abs < HIDDEN ? 1 : abs < INFINITY ? 2 : 3;
        return a < 0 ? 1 << 3 - fromZero : 1 << 4 + fromZero;
    }

    // ---- conversion ----------------------------------------------------------------------------------------------------

    /** FCVT.W.D: the signed 32-bit integer, sign-extended; saturates with NV, NaN gives the largest. */
    public static long toInt32(Fpu fpu, long a, int rm) {
        double x = Double.longBitsToDouble(a);
        double r = toIntegral(x, rm);
        if (r >= -0x1p31 && r < 0x1p31) {
            if (r != x) {
                fpu.fflags |= NX;
            }
            return (int) r;
        }
        fpu.fflags |= NV;
        return r < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE;
    }

    /** FCVT.WU.D: the unsigned 32-bit integer, its bit 31 extended as RV64 demands; saturates with NV, NaN gives 2^32 - 1. */
    public static long toUint32(Fpu fpu, long a, int rm) {
        double x = Double.longBitsToDouble(a);
        double r = toIntegral(x, rm);
        if (r >= 0 && r < 0x1p32) {
            if (r != x) {
                fpu.fflags |= NX;
            }
            return (int) (long) r;
        }
        fpu.fflags |= NV;
        return r < 0 ? 0 : -1;
    }

    /** FCVT.L.D: the signed 64-bit integer; saturates with NV, NaN gives the largest. */
    public static long toInt64(Fpu fpu, long a, int rm) {
        double x = Double.longBitsToDouble(a);
        double r = toIntegral(x, rm);
        if (r >= -0x1p63 && r < 0x1p63) {
            if (r != x) {
                fpu.fflags |= NX;
            }
            return (long) r;
        }
        fpu.fflags |= NV;
        return r < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    /** FCVT.LU.D: the unsigned 64-bit integer; saturates with NV, NaN gives 2^64 - 1. */
    public static long toUint64(Fpu fpu, long a, int rm) {
        double x = Double.longBitsToDouble(a);
        double r = toIntegral(x, rm);
        if (r >= 0 && r < 0x1p64) {
            if (r != x) {
                fpu.fflags |= NX;
            }
            return r < 0x1p63 ? (long) r : (long) (r - 0x1p63) ^ SIGN;
        }
        fpu.fflags |= NV;
        return r < 0 ? 0 : -1;
    }

    /** The integral number next to {@code x}, exact: a binary64 has no fraction where it could not hold the integer. */
    private static double toIntegral(double x, int rm) {
        return switch (rm) {
            case RTZ -> x < 0 ? Math.ceil(x) : Math.floor(x);
            case RDN -> Math.floor(x);
            case RUP -> Math.ceil(x);
            case RMM -> {
                double down = Math.floor(Math.abs(x));
                // The difference is exact: Sterbenz, or down is zero.
                yield Math.copySign(Math.abs(x) - down >= 0.5 ? down + 1 : down, x);
            }
            default -> Math.rint(x);
        };
    }

    /** FCVT.D.W: exact. */
    public static long fromInt32(int i) {
        return Double.doubleToRawLongBits(i);
    }

    /** FCVT.D.WU: exact. */
    public static long fromUint32(int i) {
        return Double.doubleToRawLongBits(i & 0xffff_ffffL);
    }

    /** FCVT.D.L. */
    public static long fromInt64(Fpu fpu, long i, int rm) {
        if (i >= -(1L << 53) && i <= 1L << 53) {
            return Double.doubleToRawLongBits(i);
        }
        return Rounding.normalizeAndRound64(fpu, i & SIGN, 62, Math.abs(i), rm);
    }

    /** FCVT.D.LU. */
    public static long fromUint64(Fpu fpu, long i, int rm) {
        if (i >= 0 && i <= 1L << 53) {
            return Double.doubleToRawLongBits(i);
        }
        return Rounding.normalizeAndRound64(fpu, 0, 62, i, rm);
    }

    /** FCVT.S.D. */
    public static int toFloat32(Fpu fpu, long a, int rm) {
        double x = Double.longBitsToDouble(a);
        if (rm == RNE) {
            float r = (float) x;
            float m = Math.abs(r);
            if (m > Float.MIN_NORMAL && m <= Float.MAX_VALUE) {
                if (r != x) {
                    fpu.fflags |= NX;
                }
                return Float.floatToRawIntBits(r);
            }
        }
        if (isNan(a)) {
            if (isSignalling(a)) {
                fpu.fflags |= NV;
            }
            return Fp32.NAN;
        }
        return narrow(fpu, a, rm);
    }

    /** Rounds a binary64 which is no NaN to binary32. */
    static int narrow(Fpu fpu, long a, int rm) {
        if ((a & ~SIGN) == 0 || (a & ~SIGN) == INFINITY) {
            return Float.floatToRawIntBits((float) Double.longBitsToDouble(a));
        }
        return Rounding.round32(fpu, a & SIGN, exponent(a), significand(a) << 10, rm);
    }

    /** FCVT.D.S: exact. */
    public static long fromFloat32(Fpu fpu, int a) {
        return Fp32.toFloat64(fpu, a);
    }
}
