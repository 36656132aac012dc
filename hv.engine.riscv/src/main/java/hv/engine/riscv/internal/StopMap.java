package hv.engine.riscv.internal;

import hv.api.debug.StopPoints;
import hv.api.debug.Watchpoint;
import java.util.Arrays;

/**
 * Stop points as the hart looks them up: on the slow ways alone. A page of code that is reached by an address with breakpoints is decoded so that a
 * block ends before each of them and another begins with {@link HartCore#BREAK}; which address it was reached by is compared there. A page with watched
 * data gets no entry in the TLB for what is watched, so that such accesses go the slow way. Immutable; allocates only where code is decoded.
 */
final class StopMap {
    private static final long PAGE = ~0xfffL;

    private final long[] breakpoints;
    private final Watchpoint[] watchpoints;

    StopMap(StopPoints points) {
        breakpoints = points.breakpoints().stream().mapToLong(Long::longValue).sorted().toArray();
        watchpoints = points.watchpoints().toArray(Watchpoint[]::new);
    }

    boolean isBreakpoint(long va) {
        return Arrays.binarySearch(breakpoints, va) >= 0;
    }

    /** Whether any byte of the page is watched for such accesses. */
    boolean isWatched(long page, boolean write) {
        for (Watchpoint w : watchpoints) {
            if (w.meets(page, 4096, write)) {
                return true;
            }
        }
        return false;
    }

    /** Offset of the first byte of an access that is watched, or -1. */
    int firstWatched(long va, int bytes, boolean write) {
        int first = -1;
        for (Watchpoint w : watchpoints) {
            if (w.meets(va, bytes, write)) {
                // Begins in the access, or before it.
                int at = Long.compareUnsigned(w.va() - va, bytes) < 0 ? (int) (w.va() - va) : 0;
                first = first < 0 ? at : Math.min(first, at);
            }
        }
        return first;
    }

    /** {@code before}, and the breakpoints in the virtual page of {@code va}; {@code before} itself if there are no others. */
    Marks marks(long va, Marks before) {
        Marks m = before;
        for (long b : breakpoints) {
            int offset = (int) b & 0xffe;
            if ((b & PAGE) == (va & PAGE) && (m == null || !m.has(offset))) {
                m = Marks.with(m, offset);
            }
        }
        return m;
    }

    /** Offsets in a page, even. Immutable. */
    record Marks(long[] bits) {
        boolean has(int offset) {
            return (bits[offset >>> 7] >>> (offset >>> 1) & 1) != 0;
        }

        private static Marks with(Marks m, int offset) {
            long[] bits = m == null ? new long[32] : m.bits.clone();
            bits[offset >>> 7] |= 1L << (offset >>> 1);
            return new Marks(bits);
        }
    }
}
