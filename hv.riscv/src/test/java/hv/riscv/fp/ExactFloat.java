package hv.riscv.fp;

import java.math.BigInteger;

/**
 * The oracle: IEEE 754 arithmetic of one format straight from its definition. Operands become exact rational numbers of
 * unlimited size, the exact result is formed, and rounded once by comparing it with the numbers of the format. It shares no
 * code with what it checks and is in no hurry.
 *
 * <p>Numbers are raw bits in the low {@code width} bits of a long. Each operation leaves its exceptions in {@link #flags}.
 */
final class ExactFloat {
    static final ExactFloat BINARY32 = new ExactFloat(32, 24);
    static final ExactFloat BINARY64 = new ExactFloat(64, 53);

    private static final BigInteger TWO = BigInteger.TWO;

    final int width;
    final int precision;
    final int maxExp;
    final int minExp;
    final long signBit;
    final long infinity;
    final long quietBit;
    final long nan;

    /** The exceptions of the latest operation. */
    int flags;

    private ExactFloat(int width, int precision) {
        this.width = width;
        this.precision = precision;
        this.maxExp = (1 << width - precision - 1) - 1;
        this.minExp = 1 - maxExp;
        this.signBit = 1L << width - 1;
        this.infinity = signBit - (1L << precision - 1);
        this.quietBit = 1L << precision - 2;
        this.nan = infinity | quietBit;
    }

    // ---- what a bit pattern is -----------------------------------------------------------------------------------------

    boolean negative(long a) {
        return (a & signBit) != 0;
    }

    long magnitude(long a) {
        return a & signBit - 1;
    }

    boolean isNan(long a) {
        return magnitude(a) > infinity;
    }

    boolean isSignalling(long a) {
        return isNan(a) && (a & quietBit) == 0;
    }

    boolean isInfinite(long a) {
        return magnitude(a) == infinity;
    }

    boolean isZero(long a) {
        return magnitude(a) == 0;
    }

    /** The integer m of a finite number m * 2^scale(). */
    private BigInteger units(long a) {
        long fraction = a & (1L << precision - 1) - 1;
        int biased = (int) (magnitude(a) >>> precision - 1);
        BigInteger m = biased == 0
                ? BigInteger.valueOf(fraction)
                : BigInteger.valueOf(fraction | 1L << precision - 1).shiftLeft(biased - 1);
        return negative(a) ? m.negate() : m;
    }

    /** Every finite number is an integer times two to this. */
    private int scale() {
        return minExp - precision + 1;
    }

    // ---- rounding ------------------------------------------------------------------------------------------------------

    /** {@code num / den * 2^scale} in units of 2^q, rounded to an integer; {@code num >= 0}. Sets NX, or clears it. */
    private BigInteger roundTo(boolean negative, BigInteger num, BigInteger den, int scale, int q, int rm) {
        int shift = scale - q;
        BigInteger n = shift > 0 ? num.shiftLeft(shift) : num;
        BigInteger d = shift < 0 ? den.shiftLeft(-shift) : den;
        BigInteger[] parts = n.divideAndRemainder(d);
        boolean exact = parts[1].signum() == 0;
        int half = parts[1].shiftLeft(1).compareTo(d);
        boolean up = switch (rm) {
            case 0 -> half > 0 || half == 0 && parts[0].testBit(0);
            case 1 -> false;
            case 2 -> !exact && negative;
            case 3 -> !exact && !negative;
            case 4 -> half >= 0;
            default -> throw new IllegalArgumentException("rounding mode " + rm);
        };
        flags = exact ? 0 : Fpu.NX;
        return up ? parts[0].add(BigInteger.ONE) : parts[0];
    }

    /** Rounds {@code num / den * 2^scale}; {@code num > 0}. */
    private long round(boolean negative, BigInteger num, BigInteger den, int scale, int rm) {
        int exp = num.bitLength() - den.bitLength();
        boolean less = exp >= 0
                ? num.compareTo(den.shiftLeft(exp)) < 0
                : num.shiftLeft(-exp).compareTo(den) < 0;
        exp += scale - (less ? 1 : 0);

        int free = exp - precision + 1;
        BigInteger unbounded = roundTo(negative, num, den, scale, free, rm);
        boolean tiny = minExp > free && unbounded.compareTo(BigInteger.ONE.shiftLeft(minExp - free)) < 0;

        int q = Math.max(free, scale());
        BigInteger m = roundTo(negative, num, den, scale, q, rm);
        if (tiny && flags != 0) {
            flags |= Fpu.UF;
        }
        if (m.bitLength() > precision) {
            m = m.shiftRight(1);
            q++;
        }
        long sign = negative ? signBit : 0;
        if (q + precision - 1 > maxExp) {
            flags = Fpu.OF | Fpu.NX;
            boolean toInfinity = rm == 0 || rm == 4 || rm == 2 && negative || rm == 3 && !negative;
            return sign | (toInfinity ? infinity : infinity - 1);
        }
        if (m.bitLength() < precision) {
            return sign | m.longValueExact();
        }
        long biased = q + precision - 1 + maxExp;
        return sign | biased << precision - 1 | m.longValueExact() - (1L << precision - 1);
    }

    /** Rounds {@code num * 2^scale}, which is not zero. */
    private long round(BigInteger num, int scale, int rm) {
        return round(num.signum() < 0, num.abs(), BigInteger.ONE, scale, rm);
    }

    private long anyNan(long... operands) {
        flags = 0;
        for (long a : operands) {
            if (isSignalling(a)) {
                flags = Fpu.NV;
            }
        }
        return nan;
    }

    private long invalid() {
        flags = Fpu.NV;
        return nan;
    }

    // ---- operations ----------------------------------------------------------------------------------------------------

    long add(long a, long b, int rm) {
        return fma(a, maxExp * (1L << precision - 1), b, rm);
    }

    long mul(long a, long b, int rm) {
        flags = 0;
        long sign = (a ^ b) & signBit;
        if (isNan(a) || isNan(b)) {
            return anyNan(a, b);
        }
        if (isInfinite(a) && isZero(b) || isZero(a) && isInfinite(b)) {
            return invalid();
        }
        if (isInfinite(a) || isInfinite(b)) {
            return sign | infinity;
        }
        if (isZero(a) || isZero(b)) {
            return sign;
        }
        return round(units(a).multiply(units(b)), 2 * scale(), rm);
    }

    long div(long a, long b, int rm) {
        flags = 0;
        long sign = (a ^ b) & signBit;
        if (isNan(a) || isNan(b)) {
            return anyNan(a, b);
        }
        if (isInfinite(a) && isInfinite(b) || isZero(a) && isZero(b)) {
            return invalid();
        }
        if (isInfinite(a)) {
            return sign | infinity;
        }
        if (isInfinite(b) || isZero(a)) {
            return sign;
        }
        if (isZero(b)) {
            flags = Fpu.DZ;
            return sign | infinity;
        }
        return round(sign != 0, units(a).abs(), units(b).abs(), 0, rm);
    }

    long sqrt(long a, int rm) {
        flags = 0;
        if (isNan(a)) {
            return anyNan(a);
        }
        if (isZero(a)) {
            return a;
        }
        if (negative(a)) {
            return invalid();
        }
        if (isInfinite(a)) {
            return a;
        }
        // 2 * 160 more bits, an even power of two in all: the root has over 80 bits below any rounding boundary.
        int more = 320 + (scale() & 1);
        BigInteger[] root = units(a).shiftLeft(more).sqrtAndRemainder();
        BigInteger twice = root[0].shiftLeft(1);
        // An irrational root lies strictly between two of these; any number between rounds alike.
        return round(root[1].signum() == 0 ? twice : twice.add(BigInteger.ONE), (scale() - more) / 2 - 1, rm);
    }

    /** a * b + c. */
    long fma(long a, long b, long c, int rm) {
        flags = 0;
        if (isInfinite(a) && isZero(b) || isZero(a) && isInfinite(b)) {
            return invalid();
        }
        if (isNan(a) || isNan(b) || isNan(c)) {
            return anyNan(a, b, c);
        }
        boolean negativeProduct = negative(a) != negative(b);
        if (isInfinite(a) || isInfinite(b)) {
            if (isInfinite(c) && negative(c) != negativeProduct) {
                return invalid();
            }
            return (negativeProduct ? signBit : 0) | infinity;
        }
        if (isInfinite(c)) {
            return c;
        }
        BigInteger sum = units(a).multiply(units(b)).add(units(c).shiftLeft(-scale()));
        if (sum.signum() != 0) {
            return round(sum, 2 * scale(), rm);
        }
        boolean negativeZero = negativeProduct == negative(c) ? negativeProduct : rm == 2;
        return negativeZero ? signBit : 0;
    }

    /** Negative, zero, positive: a against b, which are no NaNs; zeros are ordered by sign when {@code signedZeros}. */
    private int compare(long a, long b, boolean signedZeros) {
        BigInteger beyond = TWO.shiftLeft(maxExp - scale() + 1);
        BigInteger x = isInfinite(a) ? negative(a) ? beyond.negate() : beyond : units(a);
        BigInteger y = isInfinite(b) ? negative(b) ? beyond.negate() : beyond : units(b);
        int order = x.compareTo(y);
        return order == 0 && signedZeros ? Boolean.compare(negative(b), negative(a)) : order;
    }

    long min(long a, long b) {
        anyNan(a, b);
        return isNan(a) ? isNan(b) ? nan : b : isNan(b) ? a : compare(a, b, true) <= 0 ? a : b;
    }

    long max(long a, long b) {
        anyNan(a, b);
        return isNan(a) ? isNan(b) ? nan : b : isNan(b) ? a : compare(a, b, true) >= 0 ? a : b;
    }

    boolean equal(long a, long b) {
        anyNan(a, b);
        return !isNan(a) && !isNan(b) && compare(a, b, false) == 0;
    }

    boolean less(long a, long b, boolean orEqual) {
        flags = isNan(a) || isNan(b) ? Fpu.NV : 0;
        return flags == 0 && compare(a, b, false) < (orEqual ? 1 : 0);
    }

    /** To an integer of so many bits, saturating; its value, for an unsigned one not negative. */
    BigInteger toInteger(long a, boolean signed, int bits, int rm) {
        BigInteger min = signed ? BigInteger.ONE.shiftLeft(bits - 1).negate() : BigInteger.ZERO;
        BigInteger max = BigInteger.ONE.shiftLeft(signed ? bits - 1 : bits).subtract(BigInteger.ONE);
        BigInteger value;
        if (isNan(a) || isInfinite(a)) {
            flags = Fpu.NV;
            return isNan(a) || !negative(a) ? max : min;
        }
        value = roundTo(negative(a), units(a).abs(), BigInteger.ONE, scale(), 0, rm);
        if (negative(a)) {
            value = value.negate();
        }
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            flags = Fpu.NV;
            return value.signum() < 0 ? min : max;
        }
        return value;
    }

    long fromInteger(BigInteger i, int rm) {
        flags = 0;
        return i.signum() == 0 ? 0 : round(i, 0, rm);
    }

    /** A number of another format in this one. */
    long from(ExactFloat other, long a, int rm) {
        flags = 0;
        long sign = other.negative(a) ? signBit : 0;
        if (other.isNan(a)) {
            flags = other.isSignalling(a) ? Fpu.NV : 0;
            return nan;
        }
        if (other.isInfinite(a)) {
            return sign | infinity;
        }
        return other.isZero(a) ? sign : round(other.units(a), other.scale(), rm);
    }
}
