package hv.oracle;

import java.util.Random;

/** Slots that need more than computing: memory under translation, CSRs, changes of page tables and modes, interrupts, changes of code. */
final class PrivilegedSlots {
    /** Offset in a data page of an instruction that jumps back to s11. */
    static final int STUB = 32;
    private static final int DATA_PAGE = Layout.DATA >>> 12;
    /** An address with this bit is no device's, nor RAM. */
    private static final int BEYOND_DEVICES = 36;
    private static final String[] SUPERVISOR = {"sstatus", "sie", "sip", "scounteren", "senvcfg", "sepc", "scause", "stval", "stimecmp", "satp", "stvec",
        "sscratch"};

    private final Kind kind;
    private final Instructions some;
    private final Random random;
    private final CodeWriter out;
    private final Translations translations;
    private final Avoided avoided;
    /** Supervisor interrupts that may be enabled. */
    private final int enables;

    PrivilegedSlots(Kind kind, Instructions some, CodeWriter out, Translations translations, Avoided avoided) {
        this.kind = kind;
        this.some = some;
        this.random = some.random;
        this.out = out;
        this.translations = translations;
        this.avoided = avoided;
        enables = kind != Kind.MACHINE || !avoided.is("priority-of-external") ? 0x222 : random.nextInt(4) == 0 ? 0x200 : 0x22;
    }

    // ---- memory under translation ------------------------------------------------------------------------------------------

    /** Puts the address of a data page, as some translation has it, into register {@code t}; {@code u} is lost. */
    private void address(int t, int u, int page) {
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> out.lines("lui x" + t + ", " + page, "add x" + t + ", x" + t + ", s10");
            case 3, 4, 5 -> out.lines("lui x" + t + ", " + (DATA_PAGE + page), "add x" + t + ", x" + t + ", s9");
            case 6 -> out.lines("lui x" + t + ", " + (0x200 * (1 + random.nextInt(Translations.LARGE_WINDOWS)) + DATA_PAGE + page),
                "add x" + t + ", x" + t + ", s9");
            default -> out.lines("lui x" + t + ", 0x80000", "add x" + t + ", x" + t + ", s10", "add x" + t + ", x" + t + ", s9", "lui x" + u + ", "
                + (0x40000 + page), "add x" + t + ", x" + t + ", x" + u);
        }
    }

    /** Puts a random address into register {@code t}. */
    private void anywhere(int t) {
        out.line("li x" + t + ", " + (some.integer() | (avoided.is("devices") ? 1L << BEYOND_DEVICES : 0)));
    }

    /** Loads, stores and atomics of a data page of any kind. */
    void access() {
        int t = some.destination(0);
        int u = some.destination(t);
        if (random.nextInt(12) == 0) {
            // No register of the program: it may point to the code, which would change without a fence.
            anywhere(t);
            if (!avoided.is("misaligned-atomic") && random.nextInt(4) == 0) {
                some.atomicAt(out, t);
            } else {
                some.plainAt(out, t, random.nextInt(4096) - 2048);
            }
            return;
        }
        // The base of the next page and a negative offset reach the upper half, and over its end.
        boolean upper = random.nextInt(3) == 0;
        boolean crossing = upper && random.nextInt(3) == 0;
        if (crossing && translations.holes && avoided.is("page-and-nothing")) {
            // Out of the last good page.
            out.lines("lui x" + t + ", 4", "add x" + t + ", x" + t + ", s10");
            some.loadAt(out, t, -1 - random.nextInt(8));
            return;
        }
        int page = random.nextInt(14);
        address(t, u, upper ? Math.min(13, page + 1) : page);
        int n = 1 + random.nextInt(3);
        for (int k = 0; k < n && out.room() >= 12; k++) {
            boolean aligned = random.nextBoolean();
            int offset = upper ? -8 * (random.nextInt(250) + 2) : 64 + 8 * random.nextInt(240);
            if (upper && crossing) {
                offset = -1 - random.nextInt(8);
            } else if (!aligned) {
                offset += random.nextInt(8);
            }
            if (random.nextInt(5) == 0) {
                atomicPair(t, u, upper ? -64 : 64);
                return;
            }
            touch(t, offset);
            if (k + 1 < n) {
                // The first may have been a load into the base.
                address(t, u, page);
                upper = false;
                if (out.room() < 24) {
                    return;
                }
            }
        }
    }

    /** A load or store at {@code t} + offset, or an AMO at {@code t}, which is a multiple of 4096. */
    private void touch(int t, int offset) {
        if (random.nextInt(4) != 0 || out.room() < 8) {
            some.plainAt(out, t, offset);
            return;
        }
        if (avoided.is("amo-without-write")) {
            out.line("sb x" + some.any() + ", 0(x" + t + ")");
        }
        some.atomicAt(out, t);
    }

    private void atomicPair(int t, int u, int offset) {
        String width = random.nextBoolean() ? ".w" : ".d";
        out.line("addi x" + t + ", x" + t + ", " + offset);
        if (!avoided.is("misaligned-atomic") && random.nextInt(8) == 0) {
            out.line("addi x" + t + ", x" + t + ", " + (1 + random.nextInt(3)));
        }
        out.line("lr" + width + " x" + u + ", (x" + t + ")");
        out.line("sc" + width + " x" + some.destination() + ", x" + some.any() + ", (x" + t + ")");
    }

    /** Jumps to the stub of a data page, or to one that lies in two pages. */
    void jumpOut() {
        out.lines("auipc s11, 0", "addi s11, s11, " + Layout.SLOT_BYTES);
        int t = some.destination(0);
        int u = some.destination(t);
        if (random.nextInt(10) == 0) {
            // Anywhere; the lowest bit is ignored.
            anywhere(t);
            out.line("jalr x" + some.destination() + ", 0(x" + t + ")");
        } else if (random.nextInt(3) == 0) {
            address(t, u, 15);
            out.line("jalr x" + some.destination() + ", -2(x" + t + ")");
        } else {
            address(t, u, random.nextInt(Layout.DATA_PAGES));
            out.line("jalr x" + some.destination() + ", " + (STUB + random.nextInt(2)) + "(x" + t + ")");
        }
    }

    /** Changes an instruction of its own slot, and runs it. */
    void patch() {
        int t = some.destination(0);
        int v = some.destination(t);
        int w = some.destination(t, v);
        int rd = some.destination();
        // addi rd, rs, i, which becomes another instruction of its kind and back.
        int before = random.nextInt() & ~0x7fff | random.nextInt(8) << 15 & 0xf8000 | rd << 7 | 0x13;
        int change = random.nextInt() & 0xfff0_0000 | (random.nextBoolean() ? 0x4000 : 0);
        out.line("auipc x" + t + ", 0");
        int from = out.slotStart();
        int at = from + 4 + 4 + 8 + 4 + 4 + 4;
        out.line("lwu x" + v + ", " + (at - from) + "(x" + t + ")");
        out.line("lui x" + w + ", " + (change >>> 12));
        out.line("addi zero, zero, 0");
        out.lines("xor x" + v + ", x" + v + ", x" + w, "sw x" + v + ", " + (at - from) + "(x" + t + ")", "fence.i");
        out.code(before & ~0x7000 | 0, 4);
        some.computing(out);
    }

    // ---- CSRs ---------------------------------------------------------------------------------------------------------------

    private static final long SSTATUS_BITS = 1L << 1 | 1L << 5 | 1L << 8 | 3L << 13 | 1L << 18 | 1L << 19;

    void csr() {
        int t = some.destination(0);
        int rd = some.destination(t);
        switch (random.nextInt(kind == Kind.MACHINE ? 14 : 10)) {
            case 0 -> {
                String name = SUPERVISOR[random.nextInt(SUPERVISOR.length)];
                out.line("csrr x" + rd + ", " + name);
                if (name.equals("sip")) {
                    timerHidden(rd);
                }
            }
            case 1, 2 -> sstatus(t, rd);
            case 3 -> {
                String name = new String[] {"sie", "sepc", "scause", "stval"}[random.nextInt(4)];
                out.line("li x" + t + ", " + (name.equals("sie") ? random.nextInt() & (enables | ~0x222) : name.equals("sepc") ? address() : some.integer()));
                out.line(new String[] {"csrrw", "csrrs", "csrrc"}[random.nextInt(3)] + " x" + rd + ", " + name + ", x" + t);
                out.line("csrr x" + t + ", " + name);
            }
            case 4 -> {
                // There and back: the harness needs them.
                String name = random.nextBoolean() ? "stvec" : "sscratch";
                out.line("li x" + t + ", " + (name.equals("stvec") ? vector() : some.integer()));
                out.lines("csrrw x" + rd + ", " + name + ", x" + t, "csrrw x" + t + ", " + name + ", x" + rd);
            }
            case 5 -> {
                out.line("li x" + t + ", " + random.nextInt());
                out.line(new String[] {"csrrs", "csrrc"}[random.nextInt(2)] + " x" + rd + ", sip, x" + t);
                timerHidden(rd);
            }
            case 6 -> {
                boolean counters = random.nextBoolean();
                out.line("li x" + t + ", " + random.nextInt(counters ? 8 : 2));
                out.line("csrrw x" + rd + ", " + (counters ? "scounteren" : "senvcfg") + ", x" + t);
            }
            case 7 -> {
                // Whether it may be read; what it counts differs.
                out.lines("csrr x" + t + ", " + (0xc00 + random.nextInt(3)), "li x" + t + ", 0");
            }
            case 8 -> {
                int number = random.nextInt(4096);
                boolean write = random.nextBoolean();
                if (!known(number) || number >= 0xc00 && write) {
                    out.line((write ? "csrrw" : "csrrs") + " x" + rd + ", " + number + ", " + (write ? "x" + t : "zero"));
                }
            }
            case 9 -> {
                out.line("li x" + t + ", " + (random.nextLong() >>> 4 | (random.nextBoolean() ? 1L + random.nextInt(7) : 11L + random.nextInt(5)) << 60));
                out.lines("csrrw x" + rd + ", satp, x" + t, "sfence.vma");
            }
            default -> machineCsr(t, rd);
        }
    }

    /** Behind a read of sip into {@code register}: takes STIP out. */
    private void timerHidden(int register) {
        if (kind == Kind.MACHINE && avoided.is("timer-in-sip-of-machine-mode")) {
            out.line("andi x" + register + ", x" + register + ", -33");
        }
    }

    /** A value for sepc or mepc. */
    private long address() {
        return some.integer() & (avoided.is("odd-exception-address") ? -2 : -1);
    }

    /** A value for stvec or mtvec. */
    private long vector() {
        return some.integer() & (avoided.is("reserved-vector-mode") ? -3 : -1);
    }

    private static boolean known(int number) {
        return Harness.SUPERVISOR_CSRS.containsValue(number) || number <= 3 || number >= 0xc00 && number <= 0xc1f || number >= 0x300 && number < 0x400
            || number >= 0x700 && number < 0xc00 || number >= 0xf00;
    }

    private void sstatus(int t, int rd) {
        if (random.nextBoolean()) {
            out.line("li x" + t + ", " + (random.nextLong() & SSTATUS_BITS | (random.nextInt(4) == 0 ? random.nextInt() & 0x7f99_9edd : 0)));
            out.line((random.nextBoolean() ? "csrrs" : "csrrc") + " x" + rd + ", sstatus, x" + t);
        } else {
            // UXL stays as it is.
            out.line("li x" + t + ", " + (random.nextInt() & SSTATUS_BITS | 2L << 32));
            out.line("csrrw x" + rd + ", sstatus, x" + t);
        }
        out.line("csrr x" + t + ", sstatus");
    }

    // ---- privileged instructions and everything they do ---------------------------------------------------------------------

    /** What a user may try. */
    void plain() {
        switch (random.nextInt(8)) {
            case 0 -> out.line("ecall");
            case 1 -> out.line("ebreak");
            case 2 -> out.line("c.ebreak");
            case 3 -> out.line("sret");
            case 4 -> out.line("wfi");
            case 5 -> out.line("sfence.vma x" + some.any() + ", x" + some.any());
            case 6 -> mret();
            default -> {
                some.computing(out);
                out.line("fence.i");
            }
        }
        some.computing(out);
    }

    void supervisor() {
        int pick = random.nextInt(kind == Kind.MACHINE ? 16 : 11);
        if (pick < 3 && (enables & 0x22) == 0) {
            machine();
            return;
        }
        switch (pick) {
            case 0 -> softwareInterrupt();
            case 1 -> timerInterrupt();
            case 2 -> waiting();
            case 3 -> plainSupervisor();
            case 4, 5, 6 -> entry();
            case 7 -> space();
            case 8, 9 -> toUser();
            case 10 -> returning();
            default -> machine();
        }
    }

    /** Where there is no right to it. */
    private void mret() {
        out.code(kind == Kind.MACHINE || avoided.is("mret-below-machine") ? 0x00100073 : 0x30200073, 4);
    }

    private void plainSupervisor() {
        switch (random.nextInt(5)) {
            case 0 -> out.line("ebreak");
            case 1 -> out.line("c.ebreak");
            case 2 -> out.line("sfence.vma x" + some.any() + ", x" + some.any());
            case 3 -> mret();
            default -> out.line("fence.i");
        }
        some.computing(out);
    }

    /** Changes a PTE, fences, and touches the page. */
    private void entry() {
        Translations.Tables set = translations.sets[random.nextInt(2)];
        int page = 4 + random.nextInt(10);
        int t = some.destination(0);
        int v = some.destination(t);
        int u = some.destination(t, v);
        int window = random.nextInt(5);
        Translations.Entry e = window < 2 ? set.identityData[page] : window < 4 ? set.windowData[page] : set.large[random.nextInt(Translations.LARGE_WINDOWS)];
        int content = random.nextInt(6);
        switch (content == 1 && !translations.holes ? 2 : content) {
            case 0 -> out.line("li x" + v + ", " + (random.nextInt() & ~1));
            case 1 -> out.line("li x" + v + ", " + (Translations.HOLE >>> 2 | translations.flags()));
            default -> {
                // s8 is the address of the tables; shifted, the PPN of their first page in its place.
                int data = e.level() == 0 ? DATA_PAGE + (random.nextInt(4) == 0 ? 4 + random.nextInt(10) : e.dataPage()) : 0;
                int flags = translations.flags();
                if (random.nextInt(8) == 0) {
                    flags = flags & ~Translations.R | Translations.W;
                }
                out.lines("srli x" + v + ", s8, 2", "li x" + u + ", " + ((data - (Layout.TABLES >>> 12)) * 1024 | flags), "add x" + v + ", x" + v + ", x" + u);
            }
        }
        int high = e.offset() + 0x800 >>> 12;
        out.lines("lui x" + t + ", " + high, "add x" + t + ", x" + t + ", s8", "sd x" + v + ", " + (e.offset() - (high << 12)) + "(x" + t + ")");
        // Its virtual address, for the fence and the access.
        String base = window < 2 ? "s10" : "s9";
        int at = window < 2 ? page : window < 4 ? DATA_PAGE + page : 0x200 * (1 + indexOf(set.large, e)) + DATA_PAGE + page;
        out.lines("lui x" + t + ", " + at, "add x" + t + ", x" + t + ", " + base);
        switch (random.nextInt(translations.hasGlobal() ? 2 : 3)) {
            case 0 -> out.line("sfence.vma");
            case 1 -> out.line("sfence.vma x" + t + ", zero");
            default -> {
                // Fenced in the address space at hand.
                if (out.room() >= 24) {
                    out.lines("csrr x" + v + ", satp", "slli x" + v + ", x" + v + ", 4", "srli x" + v + ", x" + v + ", 48", "sfence.vma x" + t + ", x" + v);
                    // The other address spaces of the same tables.
                    out.line("sfence.vma x" + t + ", zero");
                } else {
                    out.line("sfence.vma");
                }
            }
        }
        if (out.room() >= 4) {
            touch(t, 64 + 8 * random.nextInt(240));
        }
    }

    private static int indexOf(Translations.Entry[] entries, Translations.Entry e) {
        for (int k = 0; k < entries.length; k++) {
            if (entries[k] == e) {
                return k;
            }
        }
        throw new IllegalArgumentException("no such entry");
    }

    /** Another address space, or none. */
    private void space() {
        int t = some.destination(0);
        out.lines("ld x" + t + ", " + (8 * random.nextInt(translations.satps.length) - 256) + "(s8)", "csrrw x" + some.destination() + ", satp, x" + t,
            "sfence.vma");
    }

    /** On in user mode, with the next slot. */
    private void toUser() {
        int t = some.destination(0);
        int u = some.destination(t);
        int next = out.slotStart() + Layout.SLOT_BYTES + Layout.SKEW;
        int high = next + 0x800 >>> 12;
        out.lines("lui x" + t + ", " + high, "add x" + t + ", x" + t + ", s9", "addi x" + t + ", x" + t + ", " + (next - (high << 12)), "csrw sepc, x" + t,
            "li x" + u + ", 0x100", "csrc sstatus, x" + u, "sret");
    }

    /** On in supervisor mode, by sret. */
    private void returning() {
        int t = some.destination(0);
        int u = some.destination(t);
        out.lines("auipc x" + t + ", 0", "addi x" + t + ", x" + t + ", " + Layout.SLOT_BYTES, "csrw sepc, x" + t, "li x" + u + ", 0x100",
            "csrs sstatus, x" + u, random.nextBoolean() ? "csrsi sstatus, 2" : "csrci sstatus, 2", "sret");
    }

    private void softwareInterrupt() {
        out.line("csrsi sie, 2");
        if (random.nextBoolean()) {
            out.line("csrsi sstatus, 2");
        }
        out.line("csrsi sip, 2");
        some.computing(out);
        if (random.nextBoolean()) {
            out.line("csrsi sstatus, 2");
        }
    }

    private void timerInterrupt() {
        int t = some.destination(0);
        out.lines("li x" + t + ", 32", (random.nextInt(4) == 0 ? "csrc" : "csrs") + " sie, x" + t);
        if (random.nextBoolean()) {
            out.line("csrsi sstatus, 2");
        }
        out.line("csrw stimecmp, zero");
        some.computing(out);
        out.line("csrr x" + t + ", sip");
        timerHidden(t);
        if (random.nextBoolean()) {
            out.line("csrsi sstatus, 2");
        }
        if (random.nextBoolean()) {
            out.lines("li x" + t + ", -1", "csrw stimecmp, x" + t);
        }
    }

    /** WFI with an interrupt that is pending and enabled, but not taken. */
    private void waiting() {
        // What is not delegated stands in mip and mie alone, and must not be taken either.
        if (kind == Kind.MACHINE) {
            out.line("csrci 0x300, 8");
        }
        String pending = kind == Kind.MACHINE ? "0x344" : "sip";
        out.lines("csrci sstatus, 2", "csrsi " + pending + ", 2", "csrsi " + (kind == Kind.MACHINE ? "0x304" : "sie") + ", 2", "wfi");
        some.computing(out);
        out.line("csrci " + pending + ", 2");
    }

    // ---- machine mode ---------------------------------------------------------------------------------------------------------

    static int pmpConfig(Random random) {
        int mode = random.nextInt(4);
        int access = random.nextInt(8);
        // W without R is reserved.
        return mode << 3 | ((access & 3) == 2 ? access | 1 : access);
    }

    /** An address register for a range in the data pages. */
    static long pmpAddress(Random random, long data) {
        long at = data + random.nextInt(Layout.DATA_PAGES) * 4096L + (random.nextInt(4) == 0 ? random.nextInt(512) * 8L : 0);
        int size = random.nextInt(11);
        return at >>> 2 | (1L << size) - 1;
    }

    private void machineCsr(int t, int rd) {
        switch (random.nextInt(8)) {
            case 0 -> {
                String[] names = {"0x300", "0x302", "0x303", "0x304", "0x306", "0x341", "0x342", "0x343", "0x344", "0x30a", "0x3a0", "0x3b2", "0xf14"};
                out.line("csrr x" + rd + ", " + names[random.nextInt(names.length)]);
            }
            case 1, 2 -> {
                // mstatus: SIE, MIE, SPIE, MPIE, SPP, FS, MPRV, SUM, MXR, TVM, TW, TSR and MPP.
                long bits = random.nextInt() & 0x7e_79aaL & ~(avoided.is("mprv") ? 1L << 17 : 0);
                out.line("li x" + t + ", " + bits);
                out.line((random.nextBoolean() ? "csrrs" : "csrrc") + " x" + rd + ", 0x300, x" + t);
                out.line("csrr x" + t + ", 0x300");
            }
            case 3 -> {
                int number = new int[] {0x302, 0x303, 0x304, 0x306}[random.nextInt(4)];
                long value = switch (number) {
                    case 0x302 -> random.nextInt() & 0xb1ff & ~(1 << 9);
                    case 0x303 -> random.nextInt() & 0x222;
                    case 0x304 -> random.nextInt() & (enables | 0x888);
                    default -> random.nextInt(8);
                };
                out.line("li x" + t + ", " + value);
                out.lines("csrrw x" + rd + ", " + number + ", x" + t, "csrr x" + t + ", " + number);
            }
            case 4 -> {
                String name = random.nextBoolean() ? "0x305" : "0x340";
                out.line("li x" + t + ", " + (name.equals("0x305") ? vector() : some.integer()));
                out.lines("csrrw x" + rd + ", " + name + ", x" + t, "csrrw x" + t + ", " + name + ", x" + rd);
            }
            case 5 -> {
                out.line("li x" + t + ", " + (random.nextInt() & 0x202));
                out.line(new String[] {"csrrs", "csrrc"}[random.nextInt(2)] + " x" + rd + ", 0x344, x" + t);
            }
            case 6 -> {
                String name = new String[] {"0x341", "0x342", "0x343"}[random.nextInt(3)];
                out.line("li x" + t + ", " + (name.equals("0x341") ? address() : some.integer()));
                out.lines("csrrw x" + rd + ", " + name + ", x" + t, "csrr x" + t + ", " + name);
            }
            default -> protection(t, rd);
        }
    }

    /** One of the PMP entries 2 .. 6; s10 is the address of the data. */
    private void protection(int t, int rd) {
        int k = 2 + random.nextInt(5);
        int size = random.nextInt(11);
        out.lines("srli x" + t + ", s10, 2", "li x" + rd + ", " + (random.nextInt(Layout.DATA_PAGES) * 1024 | (1 << size) - 1), "add x" + t + ", x" + t + ", x" + rd,
            "csrw " + (0x3b0 + k) + ", x" + t);
        out.lines("li x" + t + ", 0xff", "slli x" + t + ", x" + t + ", " + 8 * k, "csrc 0x3a0, x" + t);
        out.lines("li x" + t + ", " + pmpConfig(random), "slli x" + t + ", x" + t + ", " + 8 * k, "csrs 0x3a0, x" + t);
        out.line("sfence.vma");
    }

    private void machine() {
        int t = some.destination(0);
        int u = some.destination(t);
        switch (random.nextInt(5)) {
            case 0, 1 -> {
                // On in supervisor mode.
                out.lines("auipc x" + t + ", 0", "addi x" + t + ", x" + t + ", " + Layout.SLOT_BYTES, "csrw 0x341, x" + t, "li x" + u + ", 0x1800",
                    "csrc 0x300, x" + u, "li x" + u + ", 0x800", "csrs 0x300, x" + u);
                out.code(0x30200073, 4);
            }
            case 2 -> {
                // On in user mode.
                int next = out.slotStart() + Layout.SLOT_BYTES + Layout.SKEW;
                int high = next + 0x800 >>> 12;
                out.lines("lui x" + t + ", " + high, "add x" + t + ", x" + t + ", s9", "addi x" + t + ", x" + t + ", " + (next - (high << 12)),
                    "csrw 0x341, x" + t, "li x" + u + ", 0x1800", "csrc 0x300, x" + u);
                out.code(0x30200073, 4);
            }
            case 3 -> {
                // A load as another mode's.
                if (avoided.is("mprv")) {
                    out.line("ecall");
                    return;
                }
                out.lines("li x" + u + ", 0x1800", "csrc 0x300, x" + u);
                if (random.nextBoolean()) {
                    out.lines("li x" + u + ", 0x800", "csrs 0x300, x" + u);
                }
                out.lines("lui x" + u + ", " + (DATA_PAGE + 4 + random.nextInt(10)), "add x" + u + ", x" + u + ", s9", "lui x" + t + ", 0x20", "csrs 0x300, x" + t);
                some.plainAt(out, u, 64 + 8 * random.nextInt(200));
                out.line("csrc 0x300, x" + t);
            }
            default -> out.line("ecall");
        }
    }
}
