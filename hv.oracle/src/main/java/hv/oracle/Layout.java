package hv.oracle;

/**
 * Guest-physical layout of a batch: the harness in the first 2 MiB of RAM, then one region of 2 MiB a program.
 * <pre>
 * HARNESS            code of the harness, reset entry first
 *   + CONTEXT_S/_M   registers that the trap handlers save
 *   + HEADER         programs, index of the running one, its state
 * region + CODE      slots of 64 bytes, from an address that is 2 modulo 4: one slot in 64 crosses a page
 *        + DATA      16 pages under translations of all kinds
 *        + RESULT    what the harness found at the end, then a record a trap
 *        + INIT      what the program begins with
 *        + TABLES    page tables
 * </pre>
 */
final class Layout {
    /** Register of the board that ends the machine. */
    static final long POWER = 0x10_0000L;
    /** Register of the board's timer, which the harness puts to rest. */
    static final long MTIMECMP = 0x200_4000L;
    /** From here to RAM is the window of PCI's memory, where reads give ones while there is no device. */
    static final long PCI = 0x4000_0000L;
    /** Its other window. QEMU takes instructions from there, too, all ones; programs do not run there. */
    static final long PCI_HIGH = 0x4_0000_0000L;
    static final long PCI_HIGH_END = 0x8_0000_0000L;
    static final long HARNESS = 0x8000_0000L;
    static final long RAM_BYTES = 1L << 30;
    static final long CONTEXT_S = HARNESS + 0x8000;
    static final long CONTEXT_M = HARNESS + 0x8400;
    static final long HEADER = HARNESS + 0x9000;
    static final int HEADER_COUNT = 0;
    static final int HEADER_INDEX = 8;
    static final int HEADER_PROGRAM = 16;
    static final int HEADER_RECORDS = 24;
    static final int HEADER_ROLL = 32;
    static final int HEADER_ROUNDS = 40;
    static final int HEADER_ENDING = 48;

    static final long PROGRAMS = HARNESS + (16 << 20);
    static final int REGION_SHIFT = 21;
    /** RAM beyond the regions is the firmware's: QEMU puts the device tree there. */
    static final int MAX_PROGRAMS = 400;

    static final int SLOT_BYTES = 64;
    static final int SKEW = 2;
    static final int MAX_SLOTS = 500;
    static final int CODE_BYTES = 0x8000;
    static final int DATA = 0x8000;
    static final int DATA_PAGES = 16;
    static final int RESULT = 0x18000;
    static final int INIT = 0x1f000;
    static final int TABLES = 0x20000;
    static final int TABLE_PAGES = 32;
    static final int USED_BYTES = TABLES + TABLE_PAGES * 4096;

    static final int RESULT_STATUS = 0;
    static final int RESULT_RECORDS = 8;
    static final int RESULT_ROLL = 16;
    static final int RESULT_X = 64;
    static final int RESULT_F = RESULT_X + 256;
    static final int RESULT_CSRS = RESULT_F + 256;
    static final int RECORDS = RESULT + 1024;
    static final int RECORD_BYTES = 64;
    static final int MAX_RECORDS = 300;
    /** A program with more traps than that ends. */
    static final int TRAP_LIMIT = 4000;

    static final int INIT_X = 0;
    static final int INIT_F = 256;
    static final int INIT_ROUNDS = 512;
    static final int INIT_END = 520;
    static final int INIT_HOME = 528;
    static final int INIT_USER = 536;
    static final int INIT_U_BASE = 544;
    static final int INIT_ENTRY = 552;
    static final int INIT_SSTATUS = 560;
    static final int INIT_SATP = 568;
    static final int INIT_VECTORED = 576;
    static final int INIT_SCOUNTEREN = 584;
    static final int INIT_FCSR = 592;
    static final int INIT_MSTATUS = 600;
    static final int INIT_MEDELEG = 608;
    static final int INIT_MIDELEG = 616;
    static final int INIT_MCOUNTEREN = 624;
    static final int INIT_PMPCFG0 = 632;
    static final int INIT_PMPADDR0 = 640;
    /** Values for satp, below the tables: register s8 points there. */
    static final int SATPS = TABLES - 256;
    static final int MAX_SATPS = 32;

    private Layout() { }

    static long region(int index) {
        return PROGRAMS + ((long) index << REGION_SHIFT);
    }
}
