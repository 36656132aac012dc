package hv.riscv.fp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.math.BigInteger;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation against exact arithmetic: bits and flags, in all rounding modes, with NX accrued before and not. */
class FloatingPointTest {
    private static final int QUICK = 12_000;
    private static final int FULL = 300_000;
    private static final int[] ACCRUED_BEFORE = {0, Fpu.NX, Fpu.UF | Fpu.OF | Fpu.DZ | Fpu.NV};

    private final Fpu fpu = new Fpu();

    static Stream<FloatingPoint> formats() {
        return Stream.of(new FloatingPoint.Binary32(), new FloatingPoint.Binary64(), new FloatingPoint.Binary64Exact());
    }

    /** What is under test, its operands bound. */
    private interface Operation {
        long apply(Fpu fpu);
    }

    private void check(String name, FloatingPoint fp, int rm, long expected, int flags, Operation operation, long... operands) {
        for (int before : ACCRUED_BEFORE) {
            fpu.fflags = before;
            long actual = operation.apply(fpu);
            if (actual != expected || fpu.fflags != (before | flags)) {
                StringBuilder hex = new StringBuilder();
                for (long operand : operands) {
                    hex.append(' ').append(Long.toHexString(operand));
                }
                fail("%s %s rm %d, flags %x, of%s: expected %x flags %x, was %x flags %x".formatted(
                        fp, name, rm, before, hex, expected, before | flags, actual, fpu.fflags));
            }
        }
    }

    private void checkUnary(FloatingPoint fp, long a) {
        ExactFloat x = fp.format();
        for (int mode = 0; mode < 5; mode++) {
            int rm = mode;
            long root = x.sqrt(a, rm);
            check("sqrt", fp, rm, root, x.flags, f -> fp.sqrt(f, a, rm), a);
            long int32 = x.toInteger(a, true, 32, rm).longValueExact();
            check("toInt32", fp, rm, int32, x.flags, f -> fp.toInt32(f, a, rm), a);
            long uint32 = x.toInteger(a, false, 32, rm).intValue();
            check("toUint32", fp, rm, uint32, x.flags, f -> fp.toUint32(f, a, rm), a);
            long int64 = x.toInteger(a, true, 64, rm).longValueExact();
            check("toInt64", fp, rm, int64, x.flags, f -> fp.toInt64(f, a, rm), a);
            long uint64 = x.toInteger(a, false, 64, rm).longValue();
            check("toUint64", fp, rm, uint64, x.flags, f -> fp.toUint64(f, a, rm), a);
            ExactFloat other = x == ExactFloat.BINARY32 ? ExactFloat.BINARY64 : ExactFloat.BINARY32;
            long converted = other.from(x, a, rm);
            check("toOther", fp, rm, converted, other.flags, f -> fp.toOther(f, a, rm), a);
        }
        int expected = x.isNan(a) ? x.isSignalling(a) ? 8 : 9
                : x.isInfinite(a) ? x.negative(a) ? 0 : 7
                : x.isZero(a) ? x.negative(a) ? 3 : 4
                : x.magnitude(a) < 1L << x.precision - 1 ? x.negative(a) ? 2 : 5
                : x.negative(a) ? 1 : 6;
        assertEquals(1 << expected, fp.fclass(a), () -> fp + " fclass of " + Long.toHexString(a));
    }

    private void checkSum(FloatingPoint fp, long a, long b) {
        ExactFloat x = fp.format();
        for (int mode = 0; mode < 5; mode++) {
            int rm = mode;
            long sum = x.add(a, b, rm);
            check("add", fp, rm, sum, x.flags, f -> fp.add(f, a, b, rm), a, b);
            long difference = x.add(a, b ^ x.signBit, rm);
            check("sub", fp, rm, difference, x.flags, f -> fp.sub(f, a, b, rm), a, b);
        }
    }

    private void checkProduct(FloatingPoint fp, long a, long b) {
        ExactFloat x = fp.format();
        for (int mode = 0; mode < 5; mode++) {
            int rm = mode;
            long product = x.mul(a, b, rm);
            check("mul", fp, rm, product, x.flags, f -> fp.mul(f, a, b, rm), a, b);
        }
    }

    private void checkQuotient(FloatingPoint fp, long a, long b) {
        ExactFloat x = fp.format();
        for (int mode = 0; mode < 5; mode++) {
            int rm = mode;
            long quotient = x.div(a, b, rm);
            check("div", fp, rm, quotient, x.flags, f -> fp.div(f, a, b, rm), a, b);
        }
    }

    private void checkComparison(FloatingPoint fp, long a, long b) {
        ExactFloat x = fp.format();
        long min = x.min(a, b);
        check("min", fp, 0, min, x.flags, f -> fp.min(f, a, b), a, b);
        long max = x.max(a, b);
        check("max", fp, 0, max, x.flags, f -> fp.max(f, a, b), a, b);
        long feq = x.equal(a, b) ? 1 : 0;
        check("feq", fp, 0, feq, x.flags, f -> fp.feq(f, a, b), a, b);
        long flt = x.less(a, b, false) ? 1 : 0;
        check("flt", fp, 0, flt, x.flags, f -> fp.flt(f, a, b), a, b);
        long fle = x.less(a, b, true) ? 1 : 0;
        check("fle", fp, 0, fle, x.flags, f -> fp.fle(f, a, b), a, b);
    }

    private void checkFused(FloatingPoint fp, long a, long b, long c, int rm) {
        ExactFloat x = fp.format();
        long s = x.signBit;
        long fmadd = x.fma(a, b, c, rm);
        check("fmadd", fp, rm, fmadd, x.flags, f -> fp.fmadd(f, a, b, c, rm), a, b, c);
        long fmsub = x.fma(a, b, c ^ s, rm);
        check("fmsub", fp, rm, fmsub, x.flags, f -> fp.fmsub(f, a, b, c, rm), a, b, c);
        long fnmsub = x.fma(a ^ s, b, c, rm);
        check("fnmsub", fp, rm, fnmsub, x.flags, f -> fp.fnmsub(f, a, b, c, rm), a, b, c);
        long fnmadd = x.fma(a ^ s, b, c ^ s, rm);
        check("fnmadd", fp, rm, fnmadd, x.flags, f -> fp.fnmadd(f, a, b, c, rm), a, b, c);
    }

    private void checkIntegers(FloatingPoint fp, long i) {
        ExactFloat x = fp.format();
        for (int mode = 0; mode < 5; mode++) {
            int rm = mode;
            long int32 = x.fromInteger(BigInteger.valueOf((int) i), rm);
            check("fromInt32", fp, rm, int32, x.flags, f -> fp.fromInt32(f, (int) i, rm), i);
            long uint32 = x.fromInteger(BigInteger.valueOf(Integer.toUnsignedLong((int) i)), rm);
            check("fromUint32", fp, rm, uint32, x.flags, f -> fp.fromUint32(f, (int) i, rm), i);
            long int64 = x.fromInteger(BigInteger.valueOf(i), rm);
            check("fromInt64", fp, rm, int64, x.flags, f -> fp.fromInt64(f, i, rm), i);
            long uint64 = x.fromInteger(new BigInteger(Long.toUnsignedString(i)), rm);
            check("fromUint64", fp, rm, uint64, x.flags, f -> fp.fromUint64(f, i, rm), i);
        }
    }

    // ---- special operands ----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("formats")
    void specialOperandsAloneAndInPairsAgree(FloatingPoint fp) {
        List<Long> special = Operands.special(fp.format());
        for (long a : special) {
            checkUnary(fp, a);
            for (long b : special) {
                checkSum(fp, a, b);
                checkProduct(fp, a, b);
                checkQuotient(fp, a, b);
                checkComparison(fp, a, b);
            }
        }
    }

    /** Every fifth triple, each in one rounding mode: every pair still meets every mode. */
    @ParameterizedTest
    @MethodSource("formats")
    void specialTriplesFuseAlike(FloatingPoint fp) {
        checkTriples(fp, 5);
    }

    @Tag("full")
    @ParameterizedTest
    @MethodSource("formats")
    void allSpecialTriplesFuseAlike(FloatingPoint fp) {
        for (int rotation = 0; rotation < 5; rotation++) {
            checkTriples(fp, 1, rotation);
        }
    }

    private void checkTriples(FloatingPoint fp, int step) {
        checkTriples(fp, step, 0);
    }

    private void checkTriples(FloatingPoint fp, int step, int rotation) {
        List<Long> special = Operands.special(fp.format());
        int size = special.size();
        for (int index = 0, mode = rotation; index < size * size * size; index += step, mode++) {
            checkFused(fp, special.get(index % size), special.get(index / size % size), special.get(index / size / size),
                    mode % 5);
        }
    }

    /** Halves, and what is next to them, next to each power of two: where rounding to an integer decides. */
    @ParameterizedTest
    @MethodSource("formats")
    void integersAndHalvesNextToPowersOfTwoAgree(FloatingPoint fp) {
        for (int power = 0; power <= 64; power++) {
            for (int delta = -2; delta <= 2; delta++) {
                long i = (power == 64 ? 0 : 1L << power) + delta;
                checkIntegers(fp, i);
                checkIntegers(fp, -i);
                // Odd multiples of a half and a quarter: exact wherever the format has the bits.
                for (double fraction : new double[] {0, 0.25, 0.5, 0.75}) {
                    double value = Math.scalb(1.0, power) + delta + fraction;
                    long bits = fp.format() == ExactFloat.BINARY32
                            ? Integer.toUnsignedLong(Float.floatToRawIntBits((float) value))
                            : Double.doubleToRawLongBits(value);
                    for (int ulps = -1; ulps <= 1; ulps++) {
                        checkUnary(fp, bits + ulps & (fp.format().signBit << 1) - 1);
                        checkUnary(fp, (bits + ulps ^ fp.format().signBit) & (fp.format().signBit << 1) - 1);
                    }
                }
            }
        }
    }

    // ---- random operands -----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("formats")
    void randomOperandsAgree(FloatingPoint fp) {
        checkRandom(fp, QUICK, 1);
    }

    @Tag("full")
    @ParameterizedTest
    @MethodSource("formats")
    void manyRandomOperandsAgree(FloatingPoint fp) {
        checkRandom(fp, FULL, 2);
    }

    private void checkRandom(FloatingPoint fp, int count, long seed) {
        ExactFloat x = fp.format();
        SplittableRandom random = new SplittableRandom(seed);
        Operands operands = new Operands(x, random);
        for (int n = 0; n < count; n++) {
            long a = operands.any();
            checkUnary(fp, a);
            long b = operands.near(a);
            checkSum(fp, a, b);
            checkComparison(fp, a, b);
            checkQuotient(fp, a, operands.factor(a, true));
            long factor = operands.factor(a, false);
            checkProduct(fp, a, factor);
            checkFused(fp, a, factor, operands.addend(x.mul(a, factor, n & 3)), n % 5);
            // A square and its neighbours have roots next to representable numbers.
            checkUnary(fp, x.mul(a, a, 0) + random.nextInt(-1, 2) & (x.signBit << 1) - 1);
            // Exact and nearly exact quotients.
            checkQuotient(fp, x.mul(a, b, 0) + random.nextInt(-1, 2) & (x.signBit << 1) - 1, b);
            checkIntegers(fp, random.nextLong() >> random.nextInt(64));
        }
    }
}
