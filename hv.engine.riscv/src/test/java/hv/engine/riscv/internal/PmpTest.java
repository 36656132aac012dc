package hv.engine.riscv.internal;

import static hv.engine.riscv.internal.MachineProgram.enter;
import static hv.engine.riscv.internal.MachineProgram.inMode;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.riscv.Cause;
import hv.riscv.Csr;
import hv.riscv.Hart;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Physical memory protection and mstatus.MPRV, on data, fetches and page walks (privileged specification, sections 3.1.6.3 and 3.7). */
class PmpTest {
    private static final int U = Hart.USER;
    private static final int S = Hart.SUPERVISOR;
    private static final int M = Hart.MACHINE;
    private static final long DATA = BareMachine.BASE + 0x40_0000;
    private static final int R = 1;
    private static final int W = 2;
    private static final int X = 4;
    private static final int TOR = 8;
    private static final int NA4 = 16;
    private static final int NAPOT = 24;
    private static final int L = 128;

    /** Entry 15 opens all of memory behind those that {@code entries} gives. */
    private static MachineProgram program(String source, long... entries) throws Exception {
        MachineProgram p = MachineProgram.of(source);
        entries(p, entries);
        return p;
    }

    /** Pairs of configuration and address (bits 55 to 2). */
    private static void entries(MachineProgram p, long... entries) {
        long cfg = 0;
        for (int k = 0; k < entries.length; k += 2) {
            p.hart.write(hv.api.riscv.RiscvRegister.csr(Csr.PMPADDR0 + k / 2), entries[k + 1]);
            cfg |= entries[k] << 4 * k;
        }
        p.hart.write(hv.api.riscv.RiscvRegister.csr(Csr.PMPCFG0), cfg);
    }

    private static long napot(long base, long bytes) {
        return base >>> 2 | (bytes >>> 3) - 1;
    }

    private static void access(int mode, String instruction, long address, int cause, long... entries) throws Exception {
        try (MachineProgram p = program(inMode(mode, instruction), entries)) {
            p.hart.x[26] = address;
            p.toEnd();
            assertEquals(cause < 0 ? Cause.ECALL_FROM_U + mode : cause, p.hart.x[10], instruction + " in mode " + mode + " at " + Long.toHexString(address));
            if (cause >= 0) {
                assertEquals(address, p.hart.x[11]);
            }
        }
    }

    private static void load(int mode, long address, boolean allowed, long... entries) throws Exception {
        access(mode, "ld a0, 0(s10)", address, allowed ? -1 : Cause.LOAD_ACCESS, entries);
    }

    private static void store(int mode, long address, boolean allowed, long... entries) throws Exception {
        access(mode, "sd a0, 0(s10)", address, allowed ? -1 : Cause.STORE_ACCESS, entries);
    }

    @Test
    void withoutAnEntryOnlyMachineModeHasMemory() throws Exception {
        for (int mode : new int[] {U, S}) {
            try (MachineProgram p = MachineProgram.of(inMode(mode, "nop"), false, false)) {
                p.toEnd();
                assertEquals(Cause.FETCH_ACCESS, p.hart.x[10]);
                assertEquals(p.machine.symbol("there"), p.hart.x[11]);
            }
        }
        try (MachineProgram p = MachineProgram.of("la t0, there\n ld a4, 0(t0)\nthere: nop\n", false, false)) {
            p.endsByItself();
        }
    }

    @Test
    void permissionsHoldInLesserModesAndInMachineModeIfLocked() throws Exception {
        for (int mode : new int[] {U, S, M}) {
            for (int lock : new int[] {0, L}) {
                boolean bound = mode != M || lock != 0;
                for (int perm : new int[] {0, R, R | W, R | W | X, X}) {
                    long entry = lock | NAPOT | perm;
                    load(mode, DATA + 8, !bound || (perm & R) != 0, entry, napot(DATA, 4096));
                    store(mode, DATA + 8, !bound || (perm & W) != 0, entry, napot(DATA, 4096));
                    access(mode, "amoadd.d a0, a0, (s10)", DATA + 8, !bound || (perm & W) != 0 ? -1 : Cause.STORE_ACCESS, entry, napot(DATA, 4096));
                    access(mode, "lr.d a0, (s10)", DATA + 8, !bound || (perm & R) != 0 ? -1 : Cause.LOAD_ACCESS, entry, napot(DATA, 4096));
                }
                load(mode, DATA + 4096, true, lock | NAPOT, napot(DATA, 4096));
            }
        }
    }

    @Test
    void rangesEndWhereTheyShould() throws Exception {
        long[] tor = {0, DATA + 0x100 >>> 2, TOR | R, DATA + 0x200 >>> 2, NAPOT, napot(DATA, 0x1000)};
        load(S, DATA + 0xf8, false, tor);
        load(S, DATA + 0x100, true, tor);
        load(S, DATA + 0x1f8, true, tor);
        load(S, DATA + 0x200, false, tor);
        store(S, DATA + 0x100, false, tor);
        long[] na4 = {NA4 | R | W, DATA + 0x84 >>> 2, NAPOT, napot(DATA, 0x1000)};
        access(S, "lw a0, 0(s10)", DATA + 0x84, -1, na4);
        access(S, "lw a0, 0(s10)", DATA + 0x80, Cause.LOAD_ACCESS, na4);
        access(S, "lw a0, 0(s10)", DATA + 0x88, Cause.LOAD_ACCESS, na4);
        load(S, DATA + 0x80, false, na4);
        long[] eight = {NAPOT | R | W, napot(DATA + 0x88, 8), NAPOT, napot(DATA, 0x1000)};
        load(S, DATA + 0x88, true, eight);
        load(S, DATA + 0x80, false, eight);
        // A range that is empty, and one from the bottom.
        load(S, DATA, true, 0, DATA + 0x100 >>> 2, TOR, DATA >>> 2);
        load(S, DATA, false, TOR | X, DATA + 8 >>> 2);
    }

    @Test
    void anAccessThatAnEntryCoversInPartFailsInEveryMode() throws Exception {
        for (int mode : new int[] {U, S, M}) {
            load(mode, DATA, false, NA4 | R | W | X, DATA >>> 2);
            load(mode, DATA, false, NA4 | R | W | X, DATA + 4 >>> 2);
            load(mode, DATA + 8, true, NA4 | R | W | X, DATA + 4 >>> 2);
            // Across two pages each half is an access of its own.
            load(mode, DATA + 4092, true, NAPOT | R, napot(DATA, 4096));
        }
        load(S, DATA + 4092, false, NAPOT, napot(DATA, 4096));
    }

    @Test
    void theFirstEntryThatMatchesDecides() throws Exception {
        load(S, DATA, true, NAPOT | R, napot(DATA, 4096), NAPOT, napot(DATA, 8192));
        load(S, DATA, false, NAPOT, napot(DATA, 8192), NAPOT | R, napot(DATA, 4096));
    }

    @Test
    void writeWithoutReadIsNeither() throws Exception {
        try (MachineProgram p = MachineProgram.of("li t0, 0x1a7a\n csrw pmpcfg0, t0\n csrr s0, pmpcfg0\n")) {
            p.endsByItself();
            assertEquals(0x1818, p.hart.x[8], "reserved bits and W without R are dropped");
        }
    }

    @Test
    void lockedEntriesKeepWhatTheyHave() throws Exception {
        try (MachineProgram p = MachineProgram.of("""
                li   t0, 0x1000
                csrw pmpaddr0, t0
                csrw pmpaddr1, t0
                csrw pmpaddr2, t0
                li   t0, 0x8f00
                csrw pmpcfg0, t0
                csrr s0, pmpcfg0
                li   t0, -1
                csrw pmpaddr0, t0
                csrw pmpaddr1, t0
                csrw pmpaddr2, t0
                csrw pmpcfg0, zero
                csrr s1, pmpaddr0
                csrr s2, pmpaddr1
                csrr s3, pmpaddr2
                csrr s4, pmpcfg0
                """)) {
            p.endsByItself();
            assertEquals(0x8f00, p.hart.x[8]);
            assertEquals(0x1000, p.hart.x[9], "the base of a locked range is locked too");
            assertEquals(0x1000, p.hart.x[18]);
            assertEquals((1L << 54) - 1, p.hart.x[19]);
            assertEquals(0x8f00, p.hart.x[20]);
        }
    }

    @Test
    void fetchesEndAtAnEntryWithinThePage() throws Exception {
        for (int end = 0; end <= 16; end += 4) {
            String source = enter(S, "there") + " .balign 4096\nthere: addi s0, s0, 1\n c.addi s0, 1\n addi s0, s0, 1\n c.addi s0, 1\n addi s0, s0, 1\n ecall\n .space 2048\n j end\n";
            try (MachineProgram p = MachineProgram.of(source)) {
                long there = p.machine.symbol("there");
                entries(p, 0, there >>> 2, TOR | X, there + end >>> 2, NAPOT, napot(there & ~0xfffL, 0x1000));
                p.toEnd();
                // Instructions at 0, 4, 6, 10, 12: those that end before the limit are executed.
                int done = end < 4 ? 0 : end < 6 ? 1 : end < 10 ? 2 : end < 12 ? 3 : end < 16 ? 4 : 5;
                assertEquals(done, p.hart.x[8], "limit " + end);
                assertEquals(Cause.FETCH_ACCESS, p.hart.x[10]);
                int[] at = {0, 4, 6, 10, 12, 16};
                assertEquals(there + at[done], p.hart.x[12], "mepc, limit " + end);
                assertEquals(there + Math.max(at[done], end), p.hart.x[11], "mtval, limit " + end);
            }
        }
    }

    @Test
    void aLoopWithinAPageThatIsOpenInPartRunsAsElsewhere() throws Exception {
        String source = enter(U, "there") + " .balign 4096\n .space 64\nthere: li s1, 1000\nloop: addi s0, s0, 3\n addi s1, s1, -1\n bnez s1, loop\n ecall\n";
        try (MachineProgram p = MachineProgram.of(source)) {
            long page = p.machine.symbol("there") & ~0xfffL;
            entries(p, NAPOT, napot(page, 64));
            p.toEnd();
            assertEquals(3000, p.hart.x[8]);
            assertEquals(Cause.ECALL_FROM_U, p.hart.x[10]);
        }
    }

    @Test
    void whatIsForbiddenIsForgottenAtOnce() throws Exception {
        String source = "la t0, change\n csrw mtvec, t0\n" + enter(S, "first") + """
            first:  ld   s0, 0(s10)
                    sd   s0, 0(s10)
                    ecall
                    .balign 8
            change: la   t0, trapped
                    csrw mtvec, t0
                    csrw pmpaddr0, s11
                    li   t0, 0x18
                    csrw pmpcfg0, t0
            """ + enter(S, "next") + "next: ld s0, 0(s10)\n ecall\n";
        try (MachineProgram p = MachineProgram.of(source)) {
            p.hart.x[26] = DATA;
            p.hart.x[27] = napot(DATA, 4096);
            p.trapsWith(Cause.LOAD_ACCESS, DATA, "next");
        }
    }

    @Test
    void pageTablesAreReadAndWrittenAsSupervisor() throws Exception {
        for (int perm : new int[] {0, R, R | W}) {
            for (boolean update : new boolean[] {false, true}) {
                try (MachineProgram p = MachineProgram.of(inMode(U, "ld a4, 0(s10)"))) {
                    PageTables t = new PageTables(p.machine, 3);
                    t.map(BareMachine.BASE, BareMachine.BASE, PageTables.ALL | PageTables.U, 1);
                    t.map(0x4000_0000L, DATA, PageTables.V | PageTables.R | PageTables.U | (update ? 0 : PageTables.A));
                    p.hart.x[26] = 0x4000_0000L;
                    t.enter(0);
                    entries(p, perm | NAPOT, napot(t.entry(0x4000_0000L, 0) & ~0xfffL, 4096));
                    p.toEnd();
                    boolean allowed = perm == (R | W) || perm == R && !update;
                    assertEquals(allowed ? Cause.ECALL_FROM_U : Cause.LOAD_ACCESS, p.hart.x[10], "permissions " + perm + ", update " + update);
                    assertEquals(allowed || !update, (t.pte(0x4000_0000L) & PageTables.A) != 0);
                }
            }
        }
    }

    private static final int MXR = 1 << 19;
    private static final int SUM = 1 << 18;

    /** A load by M mode with MPRV set, from a page with those flags; its outcome: cause, or -1. */
    private static void mprv(int previous, int status, int flags, String instruction, int cause) throws Exception {
        String source = "li t0, " + (1 << 17 | previous << 11 | status) + "\n csrw mstatus, t0\nthere: " + instruction + "\n csrw mstatus, zero\n";
        try (MachineProgram p = MachineProgram.of(source)) {
            PageTables t = new PageTables(p.machine, 4);
            t.map(0x4000_0000L, DATA, flags | PageTables.V);
            p.machine.ram.segment().set(ValueLayout.JAVA_LONG, DATA - BareMachine.BASE, 77);
            p.hart.x[26] = 0x4000_0000L;
            t.enter(0);
            if (cause < 0) {
                p.endsByItself();
                assertEquals(instruction.startsWith("ld") ? 77 : 0, p.hart.x[8]);
            } else {
                p.trapsWith(cause, 0x4000_0000L, "there");
            }
        }
    }

    @Test
    void mprvMakesLoadsAndStoresThoseOfThePreviousMode() throws Exception {
        int rwx = PageTables.R | PageTables.W | PageTables.X | PageTables.A | PageTables.D;
        mprv(S, 0, rwx, "ld s0, 0(s10)", -1);
        mprv(S, 0, rwx, "sd zero, 0(s10)", -1);
        mprv(U, 0, rwx | PageTables.U, "ld s0, 0(s10)", -1);
        mprv(U, 0, rwx, "ld s0, 0(s10)", Cause.LOAD_PAGE_FAULT);
        mprv(S, 0, rwx | PageTables.U, "ld s0, 0(s10)", Cause.LOAD_PAGE_FAULT);
        mprv(S, SUM, rwx | PageTables.U, "ld s0, 0(s10)", -1);
        mprv(S, 0, PageTables.X | PageTables.A, "ld s0, 0(s10)", Cause.LOAD_PAGE_FAULT);
        mprv(S, MXR, PageTables.X | PageTables.A, "ld s0, 0(s10)", -1);
        mprv(S, 0, PageTables.R | PageTables.A, "sd zero, 0(s10)", Cause.STORE_PAGE_FAULT);
        mprv(S, 0, PageTables.R | PageTables.A, "amoadd.w a4, a4, (s10)", Cause.STORE_PAGE_FAULT);
    }

    @Test
    void mprvFollowsEveryChangeOfWhatItHoldsFor() throws Exception {
        // One page for S, one for U, at one address in two spaces; M mode reads under each in turn, all warm.
        String look = "li t0, %d\n csrw mstatus, t0\n ld %s, 0(s10)\n csrw mstatus, zero\n";
        int s = 1 << 17 | 1 << 11;
        String source = "csrw satp, s6\n" + look.formatted(s, "s0") + "csrw satp, s7\n" + look.formatted(s, "s1") + look.formatted(s, "s2")
            + "csrw satp, s6\n" + look.formatted(s, "s3") + "csrw satp, zero\n mv s10, s11\n" + look.formatted(s, "s4") + "ld s5, 0(s11)\n";
        try (MachineProgram p = MachineProgram.of(source)) {
            PageTables one = new PageTables(p.machine, 3);
            one.map(0x4000_0000L, DATA, PageTables.ALL);
            PageTables two = new PageTables(p.machine, 3, BareMachine.BASE + (9 << 20));
            p.hart.x[22] = one.satp(1);
            p.hart.x[23] = two.satp(2);
            two.map(0x4000_0000L, DATA + 4096, PageTables.ALL);
            p.hart.x[26] = 0x4000_0000L;
            p.hart.x[27] = DATA;
            p.machine.ram.segment().set(ValueLayout.JAVA_LONG, DATA - BareMachine.BASE, 11);
            p.machine.ram.segment().set(ValueLayout.JAVA_LONG, DATA + 4096 - BareMachine.BASE, 22);
            p.endsByItself();
            assertEquals(11, p.hart.x[8]);
            assertEquals(22, p.hart.x[9]);
            assertEquals(22, p.hart.x[18]);
            assertEquals(11, p.hart.x[19]);
            assertEquals(11, p.hart.x[20]);
            assertEquals(11, p.hart.x[21]);
        }
    }
}
