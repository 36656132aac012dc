package hv.engine.riscv.internal;

import java.lang.foreign.ValueLayout;

/** Page tables in a bare machine's RAM, made from outside: tables from 8 MiB on. */
final class PageTables {
    static final int V = 1;
    static final int R = 2;
    static final int W = 4;
    static final int X = 8;
    static final int U = 16;
    static final int G = 32;
    static final int A = 64;
    static final int D = 128;
    static final int ALL = V | R | W | X | A | D;
    private final BareMachine machine;
    private final int levels;
    private long next;
    final long root;

    /** @param levels 3 Sv39, 4 Sv48, 5 Sv57 */
    PageTables(BareMachine machine, int levels) {
        this(machine, levels, BareMachine.BASE + (8 << 20));
    }

    /** @param from where its tables begin */
    PageTables(BareMachine machine, int levels, long from) {
        this.machine = machine;
        this.levels = levels;
        next = from;
        root = next;
        next += 4096;
    }

    long satp(int asid) {
        return (long) (levels + 5) << 60 | (long) asid << 44 | root >>> 12;
    }

    private long get(long gpa) {
        return machine.ram.segment().get(ValueLayout.JAVA_LONG, gpa - BareMachine.BASE);
    }

    void set(long gpa, long pte) {
        machine.ram.segment().set(ValueLayout.JAVA_LONG, gpa - BareMachine.BASE, pte);
    }

    /** Address of the PTE of {@code va} at a level, tables above it made as needed. */
    long entry(long va, int level) {
        long table = root;
        for (int k = levels - 1; k > level; k--) {
            long at = table + (va >>> 12 + 9 * k & 511) * 8;
            if ((get(at) & V) == 0) {
                set(at, next >>> 12 << 10 | V);
                next += 4096;
            }
            table = get(at) >>> 10 << 12;
        }
        return table + (va >>> 12 + 9 * level & 511) * 8;
    }

    PageTables map(long va, long gpa, int flags) {
        return map(va, gpa, flags, 0);
    }

    PageTables map(long va, long gpa, int flags, int level) {
        set(entry(va, level), gpa >>> 12 << 10 | flags);
        return this;
    }

    long pte(long va) {
        return get(entry(va, 0));
    }

    /** Maps the first 2 MiB of RAM onto themselves, for the supervisor, in all address spaces. */
    PageTables identity() {
        return map(BareMachine.BASE, BareMachine.BASE, ALL | G, 1);
    }

    /** Switches translation on. */
    void enter(int asid) {
        machine.hart.write(hv.api.riscv.RiscvRegister.csr(hv.riscv.Csr.SATP), satp(asid));
    }
}
