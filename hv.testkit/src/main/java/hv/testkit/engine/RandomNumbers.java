package hv.testkit.engine;

import java.util.Random;

/** Raw 64-bit register values that are worth trying: bounds, single bits, special numbers, and plain ones. A seed gives the same ones for ever. */
public final class RandomNumbers {
    private static final long[] DOUBLES = {0, Long.MIN_VALUE, 0x7ff0000000000000L, 0xfff0000000000000L, 0x7ff8000000000000L, 0x7ff0000000000001L, 1,
        0x000fffffffffffffL, 0x0010000000000000L, 0x7fefffffffffffffL};
    private static final int[] SINGLES = {0, 1 << 31, 0x7f800000, 0xff800000, 0x7fc00000, 0x7f800001, 1, 0x007fffff, 0x00800000, 0x7f7fffff};

    private RandomNumbers() { }

    /** For an integer register. */
    public static long integer(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> random.nextInt(5) - 2;
            case 1 -> Long.MIN_VALUE >>> random.nextInt(64) << random.nextInt(64);
            case 2 -> random.nextInt();
            case 3 -> Long.MAX_VALUE - random.nextInt(3);
            default -> random.nextLong();
        };
    }

    /** For a floating-point register: doubles, boxed singles, and what is neither. */
    public static long floating(Random random) {
        return switch (random.nextInt(10)) {
            case 0 -> Double.doubleToRawLongBits(random.nextInt(2000) - 1000);
            case 1 -> Double.doubleToRawLongBits(random.nextGaussian());
            case 2 -> -1L << 32 | Float.floatToRawIntBits((float) random.nextGaussian()) & 0xffff_ffffL;
            case 3 -> -1L << 32 | random.nextInt() & 0xffff_ffffL;
            case 4 -> random.nextInt() & 0xffff_ffffL;
            case 5 -> DOUBLES[random.nextInt(DOUBLES.length)];
            case 6 -> -1L << 32 | SINGLES[random.nextInt(SINGLES.length)] & 0xffff_ffffL;
            case 7 -> Double.doubleToRawLongBits(Math.scalb(random.nextGaussian(), random.nextInt(140) - 70));
            default -> random.nextLong();
        };
    }
}
