package hv.riscv;

/**
 * Address translation: Bare, Sv39, Sv48, Sv57 with hardware update of the A and D bits (Svadu), and physical memory protection where the hart
 * has M mode. One per hart, reused: the result of a walk stands in the fields.
 *
 * <p>Source: privileged specification (20240411), sections 3.7, 12.3 to 12.6 and chapter "Svadu". Bits 54 to 63 of a PTE are reserved here
 * (no Svnapot, no Svpbmt).
 */
public final class PageWalk {
    /** Guest-physical memory as page tables need it. */
    public interface Memory {
        /** Whether the naturally aligned 8 bytes at {@code gpa} are RAM. */
        boolean isRam(long gpa);

        /** Reads the PTE at {@code gpa}, which is RAM, atomically. */
        long readPte(long gpa);

        /** Replaces the PTE at {@code gpa}, which is RAM, if it is still {@code expected}. */
        boolean replacePte(long gpa, long expected, long value);
    }

    public static final int READ = 0;
    public static final int WRITE = 1;
    public static final int EXECUTE = 2;

    private static final long V = 1;
    private static final long R = 2;
    private static final long W = 4;
    private static final long X = 8;
    private static final long U = 16;
    private static final long G = 32;
    private static final long A = 64;
    private static final long D = 128;
    private static final long RESERVED = -1L << 54;
    private static final long PPN = (1L << 44) - 1;

    /** Guest-physical address of the 4096-byte page that holds the address. */
    public long pageGpa;
    /** The hart may read all of the page in its present mode. */
    public boolean readable;
    /** The hart may write all of the page in its present mode, and its D bit is set. */
    public boolean writable;
    /** The hart may execute all of the page in its present mode. */
    public boolean executable;
    /** The mapping is in all address spaces. */
    public boolean global;
    /** Level of the leaf: 0 a page of 4 KiB, 1 of 2 MiB, 2 of 1 GiB ... */
    public int level;

    /**
     * Translates an access in the hart's present mode (loads and stores: as mstatus.MPRV says), and sets A and D.
     *
     * @param bytes of the access, which does not cross a page
     * @return 0, or the exception code (page fault or access fault) to be raised; 0 holds for these bytes, the fields for the whole page
     */
    public int walk(Hart h, Memory memory, long va, int access, int bytes) {
        int mode = access == EXECUTE ? h.mode : h.dataMode();
        int cause = mode == Hart.MACHINE ? bare(va, access) : translate(h, memory, va, access, mode);
        return cause != 0 || !h.machineMode ? cause : protect(h.pmp, va, access, bytes, mode);
    }

    /** Narrows permissions to what PMP leaves of them. */
    private int protect(Pmp pmp, long va, int access, int bytes, int mode) {
        int verdict = pmp.verdict(pageGpa, 4096, access, mode);
        if (verdict == Pmp.DENIED || verdict == Pmp.PARTIAL && pmp.verdict(pageGpa | va & 0xfff, bytes, access, mode) != Pmp.ALLOWED) {
            return accessFault(access);
        }
        readable &= pmp.verdict(pageGpa, 4096, READ, mode) == Pmp.ALLOWED;
        writable &= pmp.verdict(pageGpa, 4096, WRITE, mode) == Pmp.ALLOWED;
        executable &= pmp.verdict(pageGpa, 4096, EXECUTE, mode) == Pmp.ALLOWED;
        return 0;
    }

    private int bare(long va, int access) {
        pageGpa = va & ~0xfffL;
        readable = true;
        writable = true;
        executable = true;
        global = false;
        level = 0;
        return va >>> 56 == 0 ? 0 : accessFault(access);
    }

    private static boolean mayWalk(Hart h, long address, int access) {
        return !h.machineMode || h.pmp.verdict(address, 8, access, Hart.SUPERVISOR) == Pmp.ALLOWED;
    }

    private int translate(Hart h, Memory memory, long va, int access, int privilege) {
        int mode = (int) (h.satp >>> 60);
        if (mode == 0) {
            return bare(va, access);
        }
        int levels = mode - 5;
        int unused = 64 - 12 - 9 * levels;
        if (va << unused >> unused != va) {
            return pageFault(access);
        }
        for (;;) {
            long table = (h.satp & PPN) << 12;
            int depth = levels - 1;
            long address;
            long pte;
            boolean inGlobal = false;
            for (;;) {
                address = table + ((va >>> 12 + 9 * depth & 511) << 3);
                if (!memory.isRam(address) || !mayWalk(h, address, READ)) {
                    return accessFault(access);
                }
                pte = memory.readPte(address);
                if ((pte & V) == 0 || (pte & (R | W)) == W || (pte & RESERVED) != 0) {
                    return pageFault(access);
                }
                inGlobal |= (pte & G) != 0;
                if ((pte & (R | X)) != 0) {
                    break;
                }
                if ((pte & (A | D | U)) != 0 || --depth < 0) {
                    return pageFault(access);
                }
                table = (pte >>> 10 & PPN) << 12;
            }
            boolean user = (pte & U) != 0;
            boolean dataAllowed = privilege == Hart.USER ? user : !user || (h.mstatus & Csr.SSTATUS_SUM) != 0;
            boolean mayRead = dataAllowed && ((pte & R) != 0 || (pte & X) != 0 && (h.mstatus & Csr.SSTATUS_MXR) != 0);
            boolean mayWrite = dataAllowed && (pte & W) != 0;
            boolean mayExecute = (pte & X) != 0 && user == (privilege == Hart.USER);
            if (!(access == READ ? mayRead : access == WRITE ? mayWrite : mayExecute)) {
                return pageFault(access);
            }
            long ppn = pte >>> 10 & PPN;
            long low = (1L << 9 * depth) - 1;
            if ((ppn & low) != 0) {
                return pageFault(access);
            }
            long wanted = pte | A | (access == WRITE ? D : 0);
            if (wanted != pte) {
                if ((h.menvcfg & Csr.MENVCFG_ADUE) == 0) {
                    return pageFault(access);
                }
                if (!mayWalk(h, address, WRITE)) {
                    return accessFault(access);
                }
                if (!memory.replacePte(address, pte, wanted)) {
                    continue;
                }
            }
            pageGpa = (ppn | va >>> 12 & low) << 12;
            readable = mayRead;
            writable = mayWrite && (wanted & D) != 0;
            executable = mayExecute;
            global = inGlobal;
            level = depth;
            return 0;
        }
    }

    /** Page fault of that access. */
    public static int pageFault(int access) {
        return access == READ ? Cause.LOAD_PAGE_FAULT : access == WRITE ? Cause.STORE_PAGE_FAULT : Cause.FETCH_PAGE_FAULT;
    }

    /** Access fault of that access. */
    public static int accessFault(int access) {
        return access == READ ? Cause.LOAD_ACCESS : access == WRITE ? Cause.STORE_ACCESS : Cause.FETCH_ACCESS;
    }
}
