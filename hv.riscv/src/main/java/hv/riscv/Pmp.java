package hv.riscv;

import java.util.Arrays;

/**
 * Physical memory protection of one hart: 16 entries of 4-byte granularity. Belongs to the hart's thread.
 *
 * <p>Source: privileged specification (20240411), section 3.7.
 */
public final class Pmp {
    public static final int ENTRIES = 16;

    /** Verdict: every byte may be accessed. */
    public static final int ALLOWED = 0;
    /** Verdict: no byte may be accessed. */
    public static final int DENIED = 1;
    /** Verdict: an entry begins or ends inside the range. A single access to it fails; a page of it is judged access by access. */
    public static final int PARTIAL = 2;

    private static final int R = 1;
    private static final int W = 2;
    private static final int X = 4;
    private static final int A_SHIFT = 3;
    private static final int A = 3 << A_SHIFT;
    private static final int TOR = 1;
    private static final int NA4 = 2;
    private static final int NAPOT = 3;
    private static final int L = 128;
    /** Bits 55 to 2 of an address. */
    private static final long ADDRESS = (1L << 54) - 1;

    private final int[] cfg = new int[ENTRIES];
    private final long[] address = new long[ENTRIES];
    /** First and last byte of what each entry matches; one that matches nothing has its first behind its last. */
    private final long[] first = new long[ENTRIES];
    private final long[] last = new long[ENTRIES];
    /** Entries from this one on match nothing. */
    private int used;

    Pmp() {
        reset();
    }

    void reset() {
        Arrays.fill(cfg, 0);
        Arrays.fill(address, 0);
        derive();
    }

    /** Eight configurations from entry {@code from} on, as pmpcfg0 and pmpcfg2 show them. */
    long cfgs(int from) {
        long value = 0;
        for (int k = 7; k >= 0; k--) {
            value = value << 8 | cfg[from + k];
        }
        return value;
    }

    /** Writes eight of them; locked entries keep theirs, and the reserved combination W without R becomes neither. */
    void setCfgs(int from, long value) {
        for (int k = 0; k < 8; k++) {
            if ((cfg[from + k] & L) == 0) {
                int c = (int) (value >>> 8 * k) & (R | W | X | A | L);
                cfg[from + k] = (c & R) != 0 ? c : c & ~W;
            }
        }
        derive();
    }

    /** pmpaddr of an entry: bits 55 to 2 of an address. */
    long address(int entry) {
        return address[entry];
    }

    /** Writes it, unless it is locked, or the end of a locked range begins at it. */
    void setAddress(int entry, long value) {
        boolean isBase = entry + 1 < ENTRIES && (cfg[entry + 1] & L) != 0 && (cfg[entry + 1] & A) == TOR << A_SHIFT;
        if ((cfg[entry] & L) == 0 && !isBase) {
            address[entry] = value & ADDRESS;
            derive();
        }
    }

    /** Takes all entries of another over, locks included. */
    void copy(Pmp other) {
        System.arraycopy(other.cfg, 0, cfg, 0, ENTRIES);
        System.arraycopy(other.address, 0, address, 0, ENTRIES);
        derive();
    }

    private void derive() {
        used = 0;
        for (int k = 0; k < ENTRIES; k++) {
            long a = address[k];
            switch ((cfg[k] & A) >>> A_SHIFT) {
                case TOR -> {
                    first[k] = k == 0 ? 0 : address[k - 1] << 2;
                    last[k] = (a << 2) - 1;
                }
                case NA4 -> {
                    first[k] = a << 2;
                    last[k] = first[k] + 3;
                }
                case NAPOT -> {
                    first[k] = (a & a + 1) << 2;
                    last[k] = (a | a + 1) << 2 | 3;
                }
                default -> {
                    first[k] = 1;
                    last[k] = 0;
                }
            }
            if (first[k] <= last[k]) {
                used = k + 1;
            }
        }
    }

    /**
     * What the first entry that matches any byte says of all of them.
     *
     * @param gpa    first byte
     * @param bytes  at least 1
     * @param access {@link PageWalk#READ}, {@link PageWalk#WRITE} or {@link PageWalk#EXECUTE}
     * @param mode   privilege mode that the access has
     * @return {@link #ALLOWED}, {@link #DENIED} or {@link #PARTIAL}
     */
    public int verdict(long gpa, int bytes, int access, int mode) {
        long end = gpa + bytes - 1;
        for (int k = 0; k < used; k++) {
            if (end < first[k] || gpa > last[k]) {
                continue;
            }
            if (gpa < first[k] || end > last[k]) {
                return PARTIAL;
            }
            if (mode == Hart.MACHINE && (cfg[k] & L) == 0) {
                return ALLOWED;
            }
            return (cfg[k] & (access == PageWalk.READ ? R : access == PageWalk.WRITE ? W : X)) != 0 ? ALLOWED : DENIED;
        }
        return mode == Hart.MACHINE ? ALLOWED : DENIED;
    }
}
