package hv.riscv;

/**
 * Address translation for a debugger: where a hart finds an address, whatever the permissions and its mode's rights, without setting A or D. Machine
 * mode has no translation. Source: privileged specification (20240411), sections 12.3 to 12.6, and chapter "Svnapot".
 */
public final class PageLookup {
    private static final long V = 1;
    private static final long RX = 2 | 8;
    private static final long PPN = (1L << 44) - 1;
    private static final long NAPOT = 1L << 63;

    private PageLookup() { }

    /** Guest-physical address of {@code va}, or -1. Out of the guest. */
    public static long find(Hart h, PageWalk.Memory memory, long va) {
        int mode = (int) (h.satp >>> 60);
        if (mode == 0 || h.mode == Hart.MACHINE) {
            return va >>> 56 == 0 ? va : -1;
        }
        int levels = mode - 5;
        int unused = 64 - 12 - 9 * levels;
        if (va << unused >> unused != va) {
            return -1;
        }
        long table = (h.satp & PPN) << 12;
        for (int depth = levels - 1; depth >= 0; depth--) {
            long address = table + ((va >>> 12 + 9 * depth & 511) << 3);
            if (!memory.isRam(address)) {
                return -1;
            }
            long pte = memory.readPte(address);
            if ((pte & V) == 0) {
                return -1;
            }
            if ((pte & RX) != 0) {
                // A contiguous range of 64 KiB has its size in the low bits of its page number.
                long inLeaf = (1L << 12 + (depth == 0 && (pte & NAPOT) != 0 ? 4 : 9 * depth)) - 1;
                return (pte >>> 10 & PPN) << 12 & ~inLeaf | va & inLeaf;
            }
            table = (pte >>> 10 & PPN) << 12;
        }
        return -1;
    }
}
