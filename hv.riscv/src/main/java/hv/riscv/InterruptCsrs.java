package hv.riscv;

import hv.api.riscv.spi.InterruptFile;

/**
 * CSRs of a hart with an IMSIC: Smaia and Ssaia. The registers behind sireg, mireg and topei are the interrupt files'; messages for them come meanwhile.
 * Priorities of major interrupts are read-only zeros, and mvien is: interrupts are delegated by mideleg alone.
 * <p>Source: RISC-V Advanced Interrupt Architecture 1.0, 2.1, 2.2, 3.6 to 3.9, 5.2 to 5.4.
 */
final class InterruptCsrs {
    private static final int IPRIO0 = 0x30;
    private static final int IPRIO15 = 0x3f;
    private static final int FILE_FIRST = 0x70;
    private static final int FILE_LAST = 0xff;
    /** What siselect and miselect hold: more than there are registers, so that guests of hypervisors see no difference (2.2). */
    private static final int SELECT_MASK = 0x1ff;

    private InterruptCsrs() { }

    /** Whether the register that is selected can be accessed; if not, sireg and mireg are illegal. With 64 bits those of odd numbers are none. */
    static boolean isAccessible(int select) {
        boolean wide = select >= IPRIO0 && select <= IPRIO15 || select >= InterruptFile.EIP0 && select <= FILE_LAST;
        return wide ? (select & 1) == 0 : select >= FILE_FIRST && select < InterruptFile.EIP0;
    }

    /** Whether others change the CSR at any time, so that it is to be written by {@link #change}. */
    static boolean isShared(int number) {
        return number == Csr.SIREG || number == Csr.MIREG || number == Csr.STOPEI || number == Csr.MTOPEI || number == Csr.MVIP;
    }

    /** Reads a CSR that the hart has. */
    static long read(Hart h, int number) {
        return switch (number) {
            case Csr.STOPEI -> h.supervisorFile.top();
            case Csr.MTOPEI -> h.machineFile.top();
            case Csr.STOPI -> h.topInterrupt(false);
            case Csr.MTOPI -> h.topInterrupt(true);
            default -> change(h, number, 0, 0);
        };
    }

    /** Clears bits and sets others of a CSR that the hart has and that can be written, at once; @return its value before */
    static long change(Hart h, int number, long clear, long set) {
        switch (number) {
            case Csr.SISELECT -> {
                int old = h.siselect;
                h.siselect = (int) (old & ~clear | set) & SELECT_MASK;
                return old;
            }
            case Csr.MISELECT -> {
                int old = h.miselect;
                h.miselect = (int) (old & ~clear | set) & SELECT_MASK;
                return old;
            }
            case Csr.SIREG -> {
                return register(h.supervisorFile, h.siselect, clear, set);
            }
            case Csr.MIREG -> {
                return register(h.machineFile, h.miselect, clear, set);
            }
            case Csr.STOPEI -> {
                // Whatever is written.
                return h.supervisorFile.claim();
            }
            case Csr.MTOPEI -> {
                return h.machineFile.claim();
            }
            case Csr.MVIP -> {
                return virtualPending(h, clear, set);
            }
            default -> {
                // mvien.
                return 0;
            }
        }
    }

    private static long register(InterruptFile file, int select, long clear, long set) {
        return select >= FILE_FIRST && isAccessible(select) ? file.change(select, clear, set) : 0;
    }

    /** mvip with mvien zero: SSIP of mip, and SEIP and STIP as software writes them there (5.3). */
    private static long virtualPending(Hart h, long clear, long set) {
        int writable = h.writablePending();
        long old = (h.lines() & Csr.SSIP | h.softPending & (Csr.SEIP | Csr.STIP)) & writable;
        if ((clear | set) != 0) {
            h.changePending((int) set, (int) (clear & ~set), writable);
        }
        return old;
    }
}
