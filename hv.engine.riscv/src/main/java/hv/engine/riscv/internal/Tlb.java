package hv.engine.riscv.internal;

import hv.riscv.PageWalk;
import java.util.Arrays;

/**
 * Translations that hold for one set of circumstances (mode, SUM, address space), direct-mapped. An entry of {@link #read} and
 * {@link #write} is two values: the virtual page address, and what is to be added to a virtual address to get an offset in guest RAM.
 * An access of n bytes compares {@code va & (PAGE | n - 1)}, so that misaligned ones miss and go the slow way.
 */
final class Tlb {
    static final int ENTRIES = 512;
    static final int EXEC_ENTRIES = 256;
    /** {@code va >>> INDEX_SHIFT & INDEX_MASK} is the index of the first value of an entry. */
    static final int INDEX_SHIFT = 11;
    static final int INDEX_MASK = 2 * ENTRIES - 2;
    static final int EXEC_MASK = EXEC_ENTRIES - 1;
    /** No page address has low bits set. */
    private static final long EMPTY = -1;

    final long[] read = new long[2 * ENTRIES];
    final long[] write = new long[2 * ENTRIES];
    final long[] exec;
    final CodePage[] execPage;
    /** The address space (satp) that it is for. */
    long satp;
    /** Whether anything was entered since the last flush. */
    boolean used = true;
    /** Whether something was entered that is not in all address spaces. */
    boolean hasLocal;
    /** By a hash of the 2 MiB, and of the 1 GiB, that an address is in: whether a part of a larger page was entered. */
    private final long[] large = new long[16];
    /** When it was last in use; for replacement. */
    long lastUse;

    /** @param sharesExec whose instruction side this one has, or null for its own */
    Tlb(Tlb sharesExec) {
        exec = sharesExec == null ? new long[EXEC_ENTRIES] : sharesExec.exec;
        execPage = sharesExec == null ? new CodePage[EXEC_ENTRIES] : sharesExec.execPage;
        flush();
    }

    void flush() {
        if (used) {
            Arrays.fill(read, EMPTY);
            Arrays.fill(write, EMPTY);
            Arrays.fill(exec, EMPTY);
            Arrays.fill(large, 0);
            used = false;
            hasLocal = false;
        }
    }

    /** Drops the data side of one that shares its instruction side. */
    void flushData() {
        if (used) {
            Arrays.fill(read, EMPTY);
            Arrays.fill(write, EMPTY);
            used = false;
            hasLocal = false;
        }
    }

    /** Notes what the walk found out about an entry that is being made. */
    void entered(long va, PageWalk walk) {
        used = true;
        hasLocal |= !walk.global;
        if (walk.level > 0) {
            int h = hash(va >>> 12 + 9 * Math.min(walk.level, 2));
            large[h >>> 6] |= 1L << h;
        }
    }

    private static int hash(long region) {
        return (int) (region * 0x9E3779B97F4A7C15L >>> 54);
    }

    private boolean mayBeLarge(long region) {
        int h = hash(region);
        return (large[h >>> 6] >>> h & 1) != 0;
    }

    /** Drops the page of {@code va}; of a larger page all parts (up to 1 GiB; beyond, those in the same 1 GiB). */
    void flushPage(long va) {
        if (!used) {
            return;
        }
        int t = (int) (va >>> INDEX_SHIFT) & INDEX_MASK;
        read[t] = EMPTY;
        write[t] = EMPTY;
        exec[(int) (va >>> 12) & EXEC_MASK] = EMPTY;
        if (mayBeLarge(va >>> 30)) {
            flushRegion(va, 30);
        } else if (mayBeLarge(va >>> 21)) {
            flushRegion(va, 21);
        }
    }

    private void flushRegion(long va, int shift) {
        for (int k = 0; k < read.length; k += 2) {
            if (read[k] >>> shift == va >>> shift) {
                read[k] = EMPTY;
            }
            if (write[k] >>> shift == va >>> shift) {
                write[k] = EMPTY;
            }
        }
        for (int k = 0; k < exec.length; k++) {
            if (exec[k] >>> shift == va >>> shift) {
                exec[k] = EMPTY;
            }
        }
    }

    /** Gives up the permission to write the page at {@code offset} of guest RAM without asking. */
    void protect(long offset) {
        if (!used) {
            return;
        }
        for (int t = 0; t < write.length; t += 2) {
            if (write[t] != EMPTY && write[t] + write[t + 1] == offset) {
                write[t] = EMPTY;
            }
        }
    }

    void protectAll() {
        if (used) {
            Arrays.fill(write, EMPTY);
        }
    }
}
