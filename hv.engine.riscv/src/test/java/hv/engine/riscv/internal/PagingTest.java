package hv.engine.riscv.internal;

import static hv.engine.riscv.internal.PageTables.A;
import static hv.engine.riscv.internal.PageTables.ALL;
import static hv.engine.riscv.internal.PageTables.D;
import static hv.engine.riscv.internal.PageTables.G;
import static hv.engine.riscv.internal.PageTables.R;
import static hv.engine.riscv.internal.PageTables.U;
import static hv.engine.riscv.internal.PageTables.V;
import static hv.engine.riscv.internal.PageTables.W;
import static hv.engine.riscv.internal.PageTables.X;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.riscv.Cause;
import hv.riscv.Csr;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Translation: every rule of the walk, and what is cached of it. */
class PagingTest {
    private static final long BASE = BareMachine.BASE;
    private static final long DATA = BASE + (4 << 20);
    private static final long VA = 0x40_0000_0000L >>> 1;

    /** One access at the address in a0; the cause comes back in s0 (0: none), the loaded value in a1. */
    private static final String ACCESS = """
                la   t0, handler
                csrw stvec, t0
                li   s0, 0
                OP
                ecall
                .balign 4
        handler: csrr s0, scause
                csrr s1, stval
                ecall
        """;

    private static void poke(BareMachine m, long gpa, long value) {
        m.ram.segment().set(ValueLayout.JAVA_LONG_UNALIGNED, gpa - BASE, value);
    }

    private static long peek(BareMachine m, long gpa) {
        return m.ram.segment().get(ValueLayout.JAVA_LONG_UNALIGNED, gpa - BASE);
    }

    private interface Setup {
        void on(PageTables t);
    }

    private static void access(int levels, long sstatus, Setup setup, String op, long va, int cause) throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.load(ACCESS.replace("OP", op));
            PageTables t = new PageTables(m, levels).identity();
            setup.on(t);
            t.enter(1);
            m.hart.mstatus |= sstatus;
            m.hart.x[10] = va;
            poke(m, DATA, 0x1122_3344_5566_7788L);
            m.toCall();
            assertEquals(cause, m.hart.x[8], op + " at " + Long.toHexString(va));
            if (cause != 0) {
                assertEquals(va, m.hart.x[9], "stval");
            } else if (op.startsWith("ld")) {
                assertEquals(0x1122_3344_5566_7788L, m.hart.x[11]);
            }
        }
    }

    private static void load(int flags, long sstatus, int cause) throws Exception {
        access(3, sstatus, t -> t.map(VA, DATA, flags), "ld a1, 0(a0)", VA, cause);
    }

    private static void store(int flags, long sstatus, int cause) throws Exception {
        access(3, sstatus, t -> t.map(VA, DATA, flags), "sd a1, 0(a0)", VA, cause);
    }

    @Test
    void permissionsAreThoseOfThePage() throws Exception {
        load(V | R | A, 0, 0);
        load(V | R | W | A | D, 0, 0);
        load(V | X | A, 0, Cause.LOAD_PAGE_FAULT);
        load(V | X | A, Csr.SSTATUS_MXR, 0);
        load(0, 0, Cause.LOAD_PAGE_FAULT);
        load(R | W | A | D, 0, Cause.LOAD_PAGE_FAULT);
        load(V | W | A | D, 0, Cause.LOAD_PAGE_FAULT);
        load(V | W | X | A | D, 0, Cause.LOAD_PAGE_FAULT);
        load(V | R | U | A, 0, Cause.LOAD_PAGE_FAULT);
        load(V | R | U | A, Csr.SSTATUS_SUM, 0);
        load(V, 0, Cause.LOAD_PAGE_FAULT);
        store(V | R | W | A | D, 0, 0);
        store(V | R | A | D, 0, Cause.STORE_PAGE_FAULT);
        store(V | R | W | U | A | D, 0, Cause.STORE_PAGE_FAULT);
        store(V | R | W | U | A | D, Csr.SSTATUS_SUM, 0);
    }

    @Test
    void atomicsFaultAsStoresAndLoadReservedAsALoad() throws Exception {
        access(3, 0, t -> t.map(VA, DATA, V | R | A), "amoadd.d a1, a1, (a0)", VA, Cause.STORE_PAGE_FAULT);
        access(3, 0, t -> t.map(VA, DATA, V | R | A), "sc.d a1, a1, (a0)", VA, Cause.STORE_PAGE_FAULT);
        access(3, 0, t -> t.map(VA, DATA, V | X | A), "lr.d a1, (a0)", VA, Cause.LOAD_PAGE_FAULT);
        access(3, 0, t -> t.map(VA, DATA, ALL), "amoadd.d a1, a1, (a0)", VA + 4, Cause.STORE_MISALIGNED);
        access(3, 0, t -> t.map(VA, DATA, ALL), "lr.w a1, (a0)", VA + 2, Cause.LOAD_MISALIGNED);
    }

    /** Privileged specification, "Supervisor Trap Value (stval) Register"; what comes of the part that does not fault is open: here nothing. */
    @Test
    void overTwoPagesThePartThatFaultedIsReported() throws Exception {
        record Upper(long gpa, int flags, int load, int store) { }
        long nothing = 0x1000_0000L;
        for (Upper u : new Upper[] {new Upper(DATA + 4096, 0, Cause.LOAD_PAGE_FAULT, Cause.STORE_PAGE_FAULT),
            new Upper(nothing, ALL, Cause.LOAD_ACCESS, Cause.STORE_ACCESS)}) {
            for (String op : new String[] {"lh", "lhu", "lw", "lwu", "ld", "flw", "fld", "sh", "sw", "sd", "fsw", "fsd"}) {
                boolean store = op.contains("s");
                String instruction = op + (op.startsWith("f") ? " f1" : " a1") + ", -1(a0)";
                try (BareMachine m = new BareMachine()) {
                    m.load(ACCESS.replace("OP", instruction));
                    new PageTables(m, 3).identity().map(VA, DATA, ALL).map(VA + 4096, u.gpa(), u.flags()).enter(1);
                    m.hart.mstatus |= Csr.SSTATUS_FS;
                    m.hart.x[10] = VA + 4096;
                    poke(m, DATA + 4088, -1L);
                    m.toCall();
                    assertEquals(store ? u.store() : u.load(), m.hart.x[8], instruction);
                    assertEquals(VA + 4096, m.hart.x[9], "stval of " + instruction);
                    assertEquals(-1L, peek(m, DATA + 4088), "the lower part after " + instruction);
                }
                // Both: the lower part is the first.
                access(3, Csr.SSTATUS_FS, t -> t.map(VA, nothing, u.flags()).map(VA + 4096, nothing, u.flags()), op + (op.startsWith("f") ? " f1" : " a1") + ", 0(a0)",
                    VA + 4095, store ? u.store() : u.load());
            }
        }
    }

    @Test
    void fetchesFaultByTheirOwnRules() throws Exception {
        for (int[] c : new int[][] {{V | R | A, Cause.FETCH_PAGE_FAULT}, {V | R | X | U | A, Cause.FETCH_PAGE_FAULT}, {0, Cause.FETCH_PAGE_FAULT}}) {
            access(3, Csr.SSTATUS_SUM, t -> t.map(VA, DATA, c[0]), "jr a0", VA, c[1]);
        }
        access(3, 0, t -> t.map(VA, 0x1000_0000L, ALL), "jr a0", VA, Cause.FETCH_ACCESS);
    }

    @Test
    void addressesMustBeCanonicalInEveryMode() throws Exception {
        for (int levels = 3; levels <= 5; levels++) {
            long top = 1L << 12 + 9 * levels - 1;
            Setup s = t -> t.map(top - 4096, DATA, ALL).map(-top, DATA, ALL);
            access(levels, 0, s, "ld a1, 0(a0)", top - 4096, 0);
            access(levels, 0, s, "ld a1, 0(a0)", -top, 0);
            access(levels, 0, s, "ld a1, 0(a0)", top, Cause.LOAD_PAGE_FAULT);
            access(levels, 0, s, "ld a1, 0(a0)", -top - 4096, Cause.LOAD_PAGE_FAULT);
            access(levels, 0, s, "sd a1, 0(a0)", 1L << 62, Cause.STORE_PAGE_FAULT);
        }
    }

    @Test
    void largePagesMustBeAlignedAndReservedBitsClear() throws Exception {
        access(3, 0, t -> t.map(VA, DATA, ALL, 1), "ld a1, 0(a0)", VA, 0);
        access(3, 0, t -> t.map(VA, DATA + 4096, ALL, 1), "ld a1, 0(a0)", VA, Cause.LOAD_PAGE_FAULT);
        access(3, 0, t -> t.map(VA, BASE, ALL, 2), "ld a1, 0(a0)", VA + (4 << 20), 0);
        access(4, 0, t -> t.map(1L << 40, BASE, ALL, 3), "ld a1, 0(a0)", 1L << 40, Cause.LOAD_PAGE_FAULT);
        for (int bit = 54; bit < 64; bit++) {
            int b = bit;
            access(3, 0, t -> t.set(t.entry(VA, 0), DATA >>> 12 << 10 | ALL | 1L << b), "ld a1, 0(a0)", VA, Cause.LOAD_PAGE_FAULT);
        }
        for (int flag : new int[] {A, D, U}) {
            access(3, 0, t -> {
                t.map(VA, DATA, ALL);
                t.set(t.entry(VA, 1), t.entry(VA, 0) >>> 12 << 10 | V | flag);
            }, "ld a1, 0(a0)", VA, Cause.LOAD_PAGE_FAULT);
        }
    }

    @Test
    void tablesOutsideRamAreAccessFaults() throws Exception {
        access(3, 0, t -> t.set(t.entry(VA, 1), 0x1000_0000L >>> 12 << 10 | V), "ld a1, 0(a0)", VA, Cause.LOAD_ACCESS);
        access(3, 0, t -> t.set(t.entry(VA, 1), 0x1000_0000L >>> 12 << 10 | V), "sd a1, 0(a0)", VA, Cause.STORE_ACCESS);
        access(3, 0, t -> t.set(t.entry(VA, 1), -1L >>> 10 & ~0x3ffL | V), "ld a1, 0(a0)", VA, Cause.LOAD_ACCESS);
    }

    @Test
    void accessedAndDirtyAreSetByTheHart() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.load("ld a1, 0(a0)\n ecall\n sd a1, 0(a0)\n ecall\n ld a1, 0(a2)\n ecall\n");
            PageTables t = new PageTables(m, 4).identity().map(VA, DATA, V | R | W).map(VA + 4096, DATA, V | R | W);
            t.enter(1);
            m.hart.x[10] = VA;
            m.hart.x[12] = VA + 4096;
            m.toCall();
            assertEquals(A, t.pte(VA) & (A | D));
            m.exit().completion().pair(VA, 0);
            m.toCall();
            assertEquals(A | D, t.pte(VA) & (A | D), "the first store after loads sets D");
            assertEquals(0, t.pte(VA + 4096) & (A | D));
            m.exit().completion().pair(0, 0);
            m.toCall();
            assertEquals(A, t.pte(VA + 4096) & (A | D));
        }
    }

    @Test
    void misalignedAccessesCrossPagesAndFaultAtTheSecond() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.load("""
                        la   t0, handler
                        csrw stvec, t0
                        ld   a1, -3(a0)
                        sd   a2, -5(a0)
                        lh   a3, -1(a0)
                        sw   a1, -2(s2)
                        ecall
                        .balign 4
                handler: csrr s0, scause
                        csrr s1, stval
                        ecall
                """);
            // The pages are neighbours in virtual addresses only.
            PageTables t = new PageTables(m, 3).identity().map(VA, DATA + 8192, ALL).map(VA + 4096, DATA, ALL);
            t.enter(0);
            poke(m, DATA + 8192 + 4088, 0x0807_0605_0403_0201L);
            poke(m, DATA, 0x1817_1615_1413_1211L);
            m.hart.x[10] = VA + 4096;
            m.hart.x[12] = 0xa8a7_a6a5_a4a3_a2a1L;
            m.hart.x[18] = VA + 8192;
            m.toCall();
            assertEquals(0x1514_1312_1108_0706L, m.hart.x[11]);
            assertEquals(0xa5a4_a3a2_a103_0201L, peek(m, DATA + 8192 + 4088));
            assertEquals(0x1817_1615_14a8_a7a6L, peek(m, DATA));
            assertEquals((short) 0xa6a5, m.hart.x[13]);
            assertEquals(Cause.STORE_PAGE_FAULT, m.hart.x[8]);
            assertEquals(VA + 8192, m.hart.x[9], "the part that faulted");
            assertEquals(0, peek(m, DATA + 4094) & 0xffff, "nothing was stored");
        }
    }

    @Test
    void instructionsCrossPagesAndFaultAtTheSecond() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.load("""
                        la   t0, handler
                        csrw stvec, t0
                again:  jalr a0
                        ecall
                        j    again
                        .balign 4
                handler: csrr s0, scause
                        csrr s1, stval
                        csrr s2, sepc
                        ecall
                """);
            PageTables t = new PageTables(m, 3).identity().map(VA, DATA, ALL).map(VA + 4096, DATA + 8192, ALL);
            t.enter(0);
            int addi = 0x02a00593;   // li a1, 42
            m.ram.segment().set(ValueLayout.JAVA_SHORT, DATA + 4094 - BASE, (short) addi);
            m.ram.segment().set(ValueLayout.JAVA_SHORT, DATA + 8192 - BASE, (short) (addi >>> 16));
            m.ram.segment().set(ValueLayout.JAVA_SHORT, DATA + 8194 - BASE, (short) 0x8082);
            m.hart.x[10] = VA + 4094;
            m.toCall();
            assertEquals(42, m.hart.x[11]);
            // The second page now is another one, with another half of the instruction.
            t.map(VA + 4096, DATA + 12288, ALL);
            m.ram.segment().set(ValueLayout.JAVA_SHORT, DATA + 12288 - BASE, (short) (addi + (1 << 20) >>> 16));
            m.ram.segment().set(ValueLayout.JAVA_SHORT, DATA + 12290 - BASE, (short) 0x8082);
            m.hart.effects |= hv.riscv.Hart.FENCE_VMA;
            m.hart.fenceAll = 3;
            m.exit().completion().pair(VA + 4094, 0);
            m.toCall();
            assertEquals(43, m.hart.x[11]);
            t.map(VA + 4096, 0, 0);
            m.hart.effects |= hv.riscv.Hart.FENCE_VMA;
            m.exit().completion().pair(VA + 4094, 0);
            m.toCall();
            assertEquals(Cause.FETCH_PAGE_FAULT, m.hart.x[8]);
            assertEquals(VA + 4096, m.hart.x[9]);
            assertEquals(VA + 4094, m.hart.x[18]);
        }
    }

    /** a0 is read, the PTE at t1 is replaced by t2, the fence is executed, a0 is read again. */
    private static void fence(String fence, int level, long va, int flags, boolean sum) throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.load("ld a1, 0(a0)\n sd t2, 0(t1)\n " + fence + "\n ld a2, 0(a0)\n ecall\n");
            PageTables t = new PageTables(m, 3).identity().map(va, DATA, flags, level);
            t.map(BASE + (8 << 20), BASE + (8 << 20), ALL | G, 1);
            t.enter(5);
            long low = level == 0 ? 0 : 12345 & ~7;
            long other = DATA + (level == 0 ? 8192 : 2 << 20);
            poke(m, DATA + low, 1);
            poke(m, other + low, 2);
            m.hart.mstatus |= sum ? Csr.SSTATUS_SUM : 0;
            m.hart.x[10] = va + low;
            m.hart.x[13] = va;
            m.hart.x[14] = 5;
            m.hart.x[6] = t.entry(va, level);
            m.hart.x[7] = other >>> 12 << 10 | flags;
            m.toCall();
            assertEquals(1, m.hart.x[11]);
            assertEquals(2, m.hart.x[12], fence + ", level " + level);
        }
    }

    @Test
    void afterAFenceTheNewTranslationHolds() throws Exception {
        for (String f : new String[] {"sfence.vma", "sfence.vma a0", "sfence.vma zero, a4", "sfence.vma a0, a4"}) {
            fence(f, 0, VA, ALL, false);
            fence(f, 0, VA, ALL | U, true);
            fence(f, 1, VA, ALL, false);
        }
        fence("sfence.vma", 0, VA, ALL | G, false);
        fence("sfence.vma a0", 0, VA, ALL | G, false);
        fence("sfence.vma a3", 1, VA, ALL | G, false);
        fence("csrw satp, zero\n csrw satp, s3\n sfence.vma", 0, VA, ALL, false, true);
    }

    private static void fence(String fence, int level, long va, int flags, boolean sum, boolean bare) throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.load("ld a1, 0(a0)\n " + fence + "\n ld a2, 0(a0)\n ecall\n");
            PageTables t = new PageTables(m, 3).identity().map(va, DATA, flags, level);
            t.enter(5);
            poke(m, DATA, 7);
            m.hart.x[10] = va;
            m.hart.x[19] = t.satp(5);
            m.toCall();
            assertEquals(7, m.hart.x[11]);
            assertEquals(7, m.hart.x[12]);
        }
    }

    @Test
    void addressSpacesAreApartAndGlobalPagesAreShared() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.load("""
                    ld a1, 0(a0)
                    ld a2, 0(s1)
                    csrw satp, s3
                    ld a3, 0(a0)
                    ld a4, 0(s1)
                    csrw satp, s2
                    ld a5, 0(a0)
                    ecall
                """);
            PageTables one = new PageTables(m, 3).identity().map(VA, DATA, ALL).map(VA + 4096, DATA + 8192, ALL | G);
            long second = BASE + (12 << 20);
            // A second root that shares all but one leaf table.
            java.lang.foreign.MemorySegment.copy(m.ram.segment(), one.root - BASE, m.ram.segment(), second - BASE, 4096);
            long leaf1 = one.entry(VA, 1) & ~4095L;
            long leaf0 = one.entry(VA, 0) & ~4095L;
            java.lang.foreign.MemorySegment.copy(m.ram.segment(), leaf1 - BASE, m.ram.segment(), second + 4096 - BASE, 4096);
            java.lang.foreign.MemorySegment.copy(m.ram.segment(), leaf0 - BASE, m.ram.segment(), second + 8192 - BASE, 4096);
            one.set(second + (VA >>> 30 & 511) * 8, second + 4096 >>> 12 << 10 | V);
            one.set(second + 4096 + (VA >>> 21 & 511) * 8, second + 8192 >>> 12 << 10 | V);
            one.set(second + 8192 + (VA >>> 12 & 511) * 8, DATA + 4096 >>> 12 << 10 | ALL);
            poke(m, DATA, 1);
            poke(m, DATA + 4096, 2);
            poke(m, DATA + 8192, 3);
            one.enter(1);
            m.hart.x[10] = VA;
            m.hart.x[9] = VA + 4096;
            m.hart.x[18] = one.satp(1);
            m.hart.x[19] = 8L << 60 | 2L << 44 | second >>> 12;
            m.toCall();
            assertEquals(1, m.hart.x[11]);
            assertEquals(3, m.hart.x[12]);
            assertEquals(2, m.hart.x[13]);
            assertEquals(3, m.hart.x[14]);
            assertEquals(1, m.hart.x[15]);
        }
    }

    @Test
    void userModeSeesUserPagesOnly() throws Exception {
        for (int[] c : new int[][] {{ALL | U, 0}, {ALL, Cause.LOAD_PAGE_FAULT}}) {
            try (BareMachine m = new BareMachine()) {
                m.load("""
                            la   t0, handler
                            csrw stvec, t0
                            csrw sepc, s2
                            sret
                            .balign 4
                    handler: csrr s0, scause
                            csrr s1, stval
                            ecall
                    """);
                int ld = 0x00053583;     // ld a1, 0(a0)
                PageTables t = new PageTables(m, 3).identity().map(VA, DATA, ALL | U).map(VA + 4096, DATA + 4096, c[0]);
                t.enter(0);
                m.ram.segment().set(ValueLayout.JAVA_INT, DATA - BASE, ld);
                m.ram.segment().set(ValueLayout.JAVA_INT, DATA + 4 - BASE, 0x73);
                poke(m, DATA + 4096, 99);
                m.hart.x[10] = VA + 4096;
                m.hart.x[18] = VA;
                m.toCall();
                assertEquals(c[1] == 0 ? Cause.ECALL_FROM_U : c[1], m.hart.x[8]);
                assertEquals(c[1] == 0 ? 99 : 0, m.hart.x[11]);
            }
        }
    }

    @Test
    void unsupportedModesLeaveSatpAlone() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.execute("""
                    li   t0, 0x7000000000000001
                    csrw satp, t0
                    csrr a0, satp
                    li   t0, 0xb000000000000001
                    csrw satp, t0
                    csrr a1, satp
                    ecall
                """);
            assertEquals(0, m.hart.x[10]);
            assertEquals(0, m.hart.x[11]);
        }
    }
}
