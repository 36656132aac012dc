package hv.riscv.fp;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Operands at which floating-point arithmetic is wrong when it is wrong: listed, and drawn with a bias towards them. */
final class Operands {
    private final ExactFloat format;
    private final RandomGenerator random;
    private final int fractionBits;

    Operands(ExactFloat format, RandomGenerator random) {
        this.format = format;
        this.random = random;
        this.fractionBits = format.precision - 1;
    }

    /** Twenty magnitudes and their negatives, and four NaNs. */
    static List<Long> special(ExactFloat f) {
        int fraction = f.precision - 1;
        long one = (long) f.maxExp << fraction;
        long binade = 1L << fraction;
        List<Long> list = new ArrayList<>(List.of(
                0L, 1L, 2L, 3L, binade / 2, binade - 1, binade, binade + 1, 2 * binade - 1,
                one - 1, one, one + 1, one - binade, one + binade, one + binade / 2,
                one + fraction * binade, one + (fraction + 1) * binade + 1,
                f.infinity - binade, f.infinity - 1, f.infinity));
        for (long a : List.copyOf(list)) {
            list.add(a | f.signBit);
        }
        list.addAll(List.of(f.nan, f.nan | f.signBit | 5, f.infinity + 1, f.signBit | f.infinity + f.quietBit - 1));
        return list;
    }

    /** A biased exponent field, in range. */
    private long exponentField(long wanted) {
        return Math.max(0, Math.min(2L * format.maxExp, wanted));
    }

    private long fraction() {
        long mask = (1L << fractionBits) - 1;
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> mask;
            case 2 -> 1L << random.nextInt(fractionBits);
            case 3 -> mask & -(1L << random.nextInt(fractionBits)) ^ random.nextInt(2);
            default -> random.nextLong() & mask;
        };
    }

    private long number(long exponentField) {
        return (random.nextBoolean() ? format.signBit : 0) | exponentField(exponentField) << fractionBits | fraction();
    }

    /** A number alone. */
    long any() {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextLong() & (format.signBit << 1) - 1;
            case 1 -> number(0);
            case 2 -> number(random.nextInt(2, 2 * format.precision));
            case 3 -> number(2L * format.maxExp - random.nextInt(format.precision));
            case 4 -> special(format).get(random.nextInt(44));
            default -> number(format.maxExp + random.nextInt(-format.precision, 2 * format.precision));
        };
    }

    private int field(long a) {
        return (int) (format.magnitude(a) >>> fractionBits);
    }

    /** A number whose sum with {@code a} is worth looking at: near in magnitude, or just at the edge of what counts. */
    long near(long a) {
        return switch (random.nextInt(6)) {
            case 0 -> a ^ format.signBit ^ random.nextInt(4);
            case 1 -> number(field(a) + random.nextInt(-2, 3));
            case 2 -> number(field(a) + (random.nextBoolean() ? 1L : -1L) * (format.precision + random.nextInt(-3, 4)));
            case 3 -> number(field(a) + random.nextInt(-format.precision, format.precision));
            default -> any();
        };
    }

    /** A factor (or divisor) with which the product (or quotient) of {@code a} lies where it under- or overflows. */
    long factor(long a, boolean divisor) {
        long unbiased = field(a) - format.maxExp;
        long target = switch (random.nextInt(4)) {
            case 0 -> format.minExp + random.nextInt(-format.precision - 2, 3);
            case 1 -> format.maxExp + random.nextInt(-2, 2);
            case 2 -> random.nextInt(-3, 4);
            default -> Long.MIN_VALUE;
        };
        if (target == Long.MIN_VALUE) {
            return any();
        }
        return number((divisor ? unbiased - target : target - unbiased) + format.maxExp);
    }

    /** An addend that cancels most of {@code product}, or is next to nothing beside it, or anything. */
    long addend(long product) {
        return random.nextInt(3) == 0 ? product ^ format.signBit ^ random.nextInt(2) : near(product);
    }
}
