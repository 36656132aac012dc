package hv.riscv.fp;

/**
 * The one place where an exact intermediate result becomes a binary32 or a binary64: rounds it, raises NX, UF and OF, packs it
 * (IEEE 754-2019, section 4.3, 7.4 to 7.6).
 *
 * <p>An intermediate result is {@code sign} (bit 63 only), {@code exp} and {@code sig}, of value {@code sig * 2^(exp - 62)}: so
 * for a {@code sig} whose leading one is bit 62, {@code exp} is the exponent of IEEE 754. Bit 0 of {@code sig} is sticky: it is
 * one when anything below it was lost.
 */
final class Rounding {
    /** Bits of a normalised {@code sig} below the precision of a binary64 (53 bits). */
    private static final int DISCARD_64 = 62 - 52;
    /** The same for a binary32 (24 bits). */
    private static final int DISCARD_32 = 62 - 23;

    private Rounding() {}

    /** Shifts right by {@code n >= 0}; bit 0 of the result tells whether anything was lost. */
    static long shiftRightSticky(long sig, int n) {
        if (n == 0) {
            return sig;
        }
        if (n > 63) {
            return sig == 0 ? 0 : 1;
        }
        return sig >>> n | ((sig << -n) != 0 ? 1 : 0);
    }

    /** What is added before truncation; for the two modes to nearest the tie is mended afterwards. Zero: magnitudes round down. */
    static long increment(int rm, long sign, int discard) {
        return switch (rm) {
            case Fpu.RTZ -> 0;
            case Fpu.RDN -> sign < 0 ? (1L << discard) - 1 : 0;
            case Fpu.RUP -> sign < 0 ? 0 : (1L << discard) - 1;
            default -> 1L << discard - 1;
        };
    }

    /** Any {@code sig} but zero, taken as unsigned. */
    static long normalizeAndRound64(Fpu fpu, long sign, int exp, long sig, int rm) {
        int zeros = Long.numberOfLeadingZeros(sig);
        return zeros == 0
                ? round64(fpu, sign, exp + 1, shiftRightSticky(sig, 1), rm)
                : round64(fpu, sign, exp - zeros + 1, sig << zeros - 1, rm);
    }

    /** Any {@code sig} but zero, taken as unsigned. */
    static int normalizeAndRound32(Fpu fpu, long sign, int exp, long sig, int rm) {
        int zeros = Long.numberOfLeadingZeros(sig);
        return zeros == 0
                ? round32(fpu, sign, exp + 1, shiftRightSticky(sig, 1), rm)
                : round32(fpu, sign, exp - zeros + 1, sig << zeros - 1, rm);
    }

    /** The leading one of {@code sig} is bit 62. */
    static long round64(Fpu fpu, long sign, int exp, long sig, int rm) {
        return sign | round(fpu, sign, exp + 1023, sig, rm, DISCARD_64, 2046);
    }

    /** The leading one of {@code sig} is bit 62. */
    static int round32(Fpu fpu, long sign, int exp, long sig, int rm) {
        return (int) (sign >>> 32) | (int) round(fpu, sign, exp + 127, sig, rm, DISCARD_32, 254);
    }

    /** The magnitude of the result, packed: {@code discard} tells the format, {@code maxBiased} its largest finite exponent. */
    private static long round(Fpu fpu, long sign, int biased, long sig, int rm, int discard, int maxBiased) {
        long increment = increment(rm, sign, discard);
        boolean tiny = false;
        if (biased < 1) {
            // Tiny after rounding: with an unbounded exponent the rounded result would still lie below the smallest normal
            // number. Only a carry into bit 63 takes it there, and only from the binade just below.
            tiny = biased < 0 || sig + increment >= 0;
            sig = shiftRightSticky(sig, 1 - biased);
            biased = 1;
        }
        long lost = sig & (1L << discard) - 1;
        long rounded = sig + increment >>> discard;
        if (rm == Fpu.RNE && lost == 1L << discard - 1) {
            rounded &= ~1L;
        }
        // The hidden bit is added to the exponent field: a subnormal lacks it, a carry counts twice.
        int fractionBits = 62 - discard;
        if (biased > maxBiased || ((long) (biased - 1) << fractionBits) + rounded >= (long) (maxBiased + 1) << fractionBits) {
            fpu.fflags |= Fpu.OF | Fpu.NX;
            long infinity = (long) (maxBiased + 1) << fractionBits;
            return increment != 0 ? infinity : infinity - 1;
        }
        if (lost != 0) {
            fpu.fflags |= tiny ? Fpu.UF | Fpu.NX : Fpu.NX;
        }
        return ((long) (biased - 1) << fractionBits) + rounded;
    }
}
