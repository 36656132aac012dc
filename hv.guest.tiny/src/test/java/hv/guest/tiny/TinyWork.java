package hv.guest.tiny;

/** The guest's workloads in Java, written from their descriptions: what the checksums must be. */
final class TinyWork {
    private static final long A = 6364136223846793005L;
    private static final long C = 1442695040888963407L;

    private TinyWork() {
    }

    static long sum(long n) {
        long x = 0;
        for (long i = 1; i <= n; i++) {
            x = x * A + i;
            x ^= x >>> 29;
        }
        return x;
    }

    static long mem(int passes) {
        long[] words = new long[131072];
        long x = 0;
        for (int pass = 1; pass <= passes; pass++) {
            long v = pass;
            for (int i = 0; i < words.length; i++) {
                v = v * A + C;
                words[i] = v;
            }
            for (int i = 0, at = 0; i < words.length; i++, at = at + 4097 & words.length - 1) {
                x = Long.rotateLeft(x, 1) ^ words[at];
            }
        }
        return x;
    }

    static long fp(int n) {
        double x = 1;
        long sum = 0;
        for (int i = 1; i <= n; i++) {
            x = Math.fma(x, 0.75, i);
            x = x / (Math.sqrt(x) + 1);
            sum += Double.doubleToRawLongBits(x);
        }
        return sum;
    }

    /** Word {@code index} of the 64 sectors that round {@code round} writes to the disk. */
    static long patternWord(int round, int index) {
        long v = round;
        for (int i = 0; i <= index; i++) {
            v = v * A + C;
        }
        return v;
    }
}
