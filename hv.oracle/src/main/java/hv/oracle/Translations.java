package hv.oracle;

import java.nio.ByteBuffer;
import java.util.Random;

/**
 * Page tables of a program: two sets, each of Sv39, Sv48 or Sv57, with the same windows and different permissions.
 * <pre>
 * harness            identity, 2 MiB page, supervisor
 * region             identity, 4 KiB pages: code, data of all kinds, result, init, tables
 * window + 0         the code again, for user mode
 *        + 0x8000    the data again, of all kinds
 *        + k * 2 MiB the region as large page, k = 1 .. 8, of all kinds
 *        + 1 GiB     RAM as page of 1 GiB, of all kinds
 * </pre>
 */
final class Translations {
    static final int V = 1;
    static final int R = 2;
    static final int W = 4;
    static final int X = 8;
    static final int U = 16;
    static final int G = 32;
    static final int A = 64;
    static final int D = 128;
    private static final int FIXED = V | R | W | X | A | D;
    /** An address where no machine has anything. */
    static final long HOLE = 0x1800_0000L;
    static final int LARGE_WINDOWS = 8;

    /** Where a PTE stands: byte offset from the first table. */
    record Entry(int offset, int level, int dataPage) { }

    /** One set of tables. */
    final class Tables {
        final int levels;
        final int root;
        final Entry[] identityData = new Entry[Layout.DATA_PAGES];
        final Entry[] windowData = new Entry[Layout.DATA_PAGES];
        final Entry[] large = new Entry[LARGE_WINDOWS];
        Entry huge;

        private Tables(int levels) {
            this.levels = levels;
            root = nextPage++;
        }

        private long satp(int asid) {
            return (long) (levels + 5) << 60 | (long) asid << 44 | region + Layout.TABLES + root * 4096L >>> 12;
        }

        /** Offset of the PTE of {@code va} at a level, with the tables above it. */
        private int entry(long va, int level) {
            int table = root;
            for (int k = levels - 1; k > level; k--) {
                int at = table * 4096 + (int) (va >>> 12 + 9 * k & 511) * 8;
                long pte = memory.getLong(Layout.TABLES + at);
                if ((pte & V) == 0) {
                    pte = region + Layout.TABLES + nextPage * 4096L >>> 12 << 10 | V;
                    memory.putLong(Layout.TABLES + at, pte);
                    nextPage++;
                }
                table = (int) ((pte >>> 10 << 12) - region - Layout.TABLES) >>> 12;
            }
            return table * 4096 + (int) (va >>> 12 + 9 * level & 511) * 8;
        }

        private Entry map(long va, int level, long pte, int dataPage) {
            int at = entry(va, level);
            memory.putLong(Layout.TABLES + at, pte);
            return new Entry(at, level, dataPage);
        }
    }

    private final ByteBuffer memory;
    private final long region;
    private final Random random;
    private final boolean userData;
    private final boolean global;
    /** Whether pages may lead to where no memory is. */
    final boolean holes;
    private final Avoided avoided;
    private int nextPage;
    /** Virtual address of the window, a multiple of 1 GiB. */
    final long window;
    final Tables[] sets;
    final long[] satps;

    /**
     * @param memory   the region's bytes
     * @param userData the good data pages are the user's
     */
    Translations(ByteBuffer memory, long region, Random random, boolean userData, Avoided avoided) {
        this.memory = memory;
        this.region = region;
        this.random = random;
        this.userData = userData;
        this.avoided = avoided;
        global = random.nextInt(3) == 0;
        holes = random.nextBoolean();
        int[] levels = {3 + random.nextInt(3), 3 + random.nextInt(3)};
        int bits = 12 + 9 * Math.min(levels[0], levels[1]);
        // Not where the identity is, nor, without translation, a window of PCI.
        long from = Layout.PCI_HIGH_END >>> 30;
        long gib = from + (random.nextLong() >>> 1) % ((1L << bits - 31) - 1 - from);
        window = random.nextBoolean() ? gib << 30 : -(gib << 30);
        sets = new Tables[] {new Tables(levels[0]), new Tables(levels[1])};
        for (Tables t : sets) {
            fill(t);
        }
        satps = new long[] {sets[0].satp(0), sets[0].satp(1), sets[1].satp(2), sets[1].satp(0xffff), 0, sets[0].satp(1), sets[1].satp(2), sets[0].satp(3)};
    }

    private void fill(Tables t) {
        t.map(Layout.HARNESS, 1, Layout.HARNESS >>> 2 | FIXED, -1);
        for (int page = 0; page < Layout.USED_BYTES >>> 12; page++) {
            int data = page - (Layout.DATA >>> 12);
            boolean isData = data >= 0 && data < Layout.DATA_PAGES;
            Entry e = t.map(region + page * 4096L, 0, isData ? dataLeaf(data) : own(page) | FIXED, isData ? data : -1);
            if (isData) {
                t.identityData[data] = e;
            }
        }
        for (int page = 0; page < Layout.CODE_BYTES >>> 12; page++) {
            t.map(window + page * 4096L, 0, own(page) | FIXED & ~(random.nextInt(3) == 0 ? A | D : 0) | U, -1);
        }
        for (int data = 0; data < Layout.DATA_PAGES; data++) {
            t.windowData[data] = t.map(window + Layout.DATA + data * 4096L, 0, leaf(own(data + (Layout.DATA >>> 12))), data);
        }
        for (int k = 0; k < LARGE_WINDOWS; k++) {
            t.large[k] = t.map(window + ((k + 1L) << 21), 1, upper(region >>> 2, 1), 0);
        }
        t.huge = t.map(window + (1L << 30), 2, upper(Layout.HARNESS >>> 2, 2), 0);
    }

    /** PPN of a page of the region, in its place. */
    private long own(int page) {
        return region + page * 4096L >>> 2;
    }

    private long dataLeaf(int data) {
        long pte = own(data + (Layout.DATA >>> 12));
        return data < 4 ? pte | FIXED | (userData ? U : 0) : leaf(pte);
    }

    private static final int[] PERMISSIONS = {R, R | W, R | X, R | W | X, X, R | W, R | W | X};

    int flags() {
        return V | PERMISSIONS[random.nextInt(PERMISSIONS.length)] | (random.nextBoolean() ? U : 0) | (random.nextInt(4) != 0 ? A : 0)
            | (random.nextInt(3) != 0 ? D : 0) | (global && random.nextInt(4) == 0 ? G : 0) | (random.nextInt(4) == 0 ? 3 << 8 : 0);
    }

    /** Whether pages may be global: then an address space alone cannot be fenced. */
    boolean hasGlobal() {
        return global;
    }

    private long leaf(long ppn) {
        return switch (random.nextInt(20)) {
            case 0, 1 -> random.nextLong() & ~1L;
            case 2 -> ppn | flags() & ~R | W;
            case 3 -> ppn | flags() | 1L << 54 + random.nextInt(10);
            case 4 -> ppn | V | (random.nextBoolean() ? A : 0);
            case 5 -> (holes ? HOLE >>> 2 : ppn) | flags();
            case 6 -> (holes ? (1L << 44) - 1 << 10 : ppn) | flags();
            default -> ppn | flags();
        };
    }

    /** A PTE above the lowest level: a large page mostly. */
    private long upper(long ppn, int level) {
        return switch (random.nextInt(10)) {
            case 0 -> ppn | flags() | 1L << 10 + random.nextInt(9 * level);
            case 1 -> ppn | V | (random.nextInt(7) + 1 << 5 & (A | D)) | U;
            case 2 -> avoided.is("table-outside-ram") ? 0 : HOLE >>> 2 | V;
            case 3 -> {
                long pte = leaf(ppn);
                boolean isTable = (pte & (V | R | W | X)) == V;
                // The first page there is code.
                yield isTable && avoided.is("table-of-code") ? region + Layout.TABLES >>> 2 | pte & (1 << 10) - 1 : pte;
            }
            default -> ppn | flags();
        };
    }
}
