package hv.engine.riscv.internal;

import hv.riscv.Csr;
import hv.riscv.fp.Fpu;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What translated code calls and HotSpot makes a part of it: accesses to RAM that hit the TLB, and the look at requests. Small methods of one class:
 * their profiles, of all regions together, tell HotSpot that misses are rare. Values are those of registers; an address is virtual.
 */
final class RegionRuntime {
    /** Arguments for the calls that only resolve. */
    static final long[] STAGE_TAGS = new long[2 * Tlb.ENTRIES];
    static final MemorySegment STAGE_RAM = Arena.global().allocate(8, 8);

    /** A rehearsal has entered a region. */
    static final class Rehearsed extends RuntimeException {
        private static final long serialVersionUID = 1;
        static final Rehearsed INSTANCE = new Rehearsed();

        private Rehearsed() {
            super("rehearsed", null, false, false);
        }
    }

    private static final int ROUNDS = 1024 * 400;

    private RegionRuntime() { }

    /** Registers of the core; a rehearsal ends here, without a branch in the region that HotSpot would take for the usual one. */
    static long[] enter(HartCore c) {
        if (c.rehearses) {
            throw Rehearsed.INSTANCE;
        }
        return c.x;
    }

    /** 1 if floating-point registers may be changed as they are (they count as changed already), and the dynamic rounding mode is to nearest; else 0. */
    static int floats(HartCore c) {
        return (c.hart.mstatus & Csr.SSTATUS_FS) == Csr.SSTATUS_FS && c.hart.fpu.frm == Fpu.RNE ? 1 : 0;
    }

    /** Whether another round of at most {@code most} instructions may begin. */
    static boolean goesOn(HartCore c, long left, long most) {
        return left >= most && !(RawRam.AVAILABLE ? RawRam.attends(c) : c.attends());
    }

    /** @param mask of the page's address and of the bits that are 0 in an aligned one */
    static boolean hits(long[] tags, long va, long mask) {
        return tags[(int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK] == (va & mask);
    }

    static long load8(MemorySegment ram, long[] tags, long va) {
        return (byte) HartCore.RAM8.getOpaque(ram, va + tags[((int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK) + 1]);
    }

    static long load8u(MemorySegment ram, long[] tags, long va) {
        return (byte) HartCore.RAM8.getOpaque(ram, va + tags[((int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK) + 1]) & 0xff;
    }

    static long load16(MemorySegment ram, long[] tags, long va) {
        return (short) HartCore.RAM16.getOpaque(ram, va + tags[((int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK) + 1]);
    }

    static long load16u(MemorySegment ram, long[] tags, long va) {
        return (short) HartCore.RAM16.getOpaque(ram, va + tags[((int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK) + 1]) & 0xffff;
    }

    static long load32(MemorySegment ram, long[] tags, long va) {
        return (int) HartCore.RAM32.getOpaque(ram, va + tags[((int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK) + 1]);
    }

    static long load32u(MemorySegment ram, long[] tags, long va) {
        return (int) HartCore.RAM32.getOpaque(ram, va + tags[((int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK) + 1]) & 0xffff_ffffL;
    }

    static long load64(MemorySegment ram, long[] tags, long va) {
        return (long) HartCore.RAM64.getOpaque(ram, va + tags[((int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK) + 1]);
    }

    static void store8(MemorySegment ram, long[] tags, long va, long value) {
        HartCore.RAM8.setOpaque(ram, va + tags[((int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK) + 1], (byte) value);
    }

    static void store16(MemorySegment ram, long[] tags, long va, long value) {
        HartCore.RAM16.setOpaque(ram, va + tags[((int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK) + 1], (short) value);
    }

    static void store32(MemorySegment ram, long[] tags, long va, long value) {
        HartCore.RAM32.setOpaque(ram, va + tags[((int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK) + 1], (int) value);
    }

    static void store64(MemorySegment ram, long[] tags, long va, long value) {
        HartCore.RAM64.setOpaque(ram, va + tags[((int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK) + 1], value);
    }

    /** Gives what decides its profile, once: hits, and goes on, as nearly always. */
    static void rehearse(HartCore stage) {
        if (RawRam.AVAILABLE) {
            RawRam.rehearse();
        }
        int out = 0;
        for (int k = 0; k < ROUNDS; k++) {
            long va = (k & 1023) == 0 ? 0x1000 : 0;
            if (!hits(STAGE_TAGS, va, ~0xfffL)) {
                out++;
            }
            enter(stage);
            if (!goesOn(stage, 0x1800 - va, 0x1000)) {
                out++;
            }
        }
        if (out != 2 * ROUNDS / 1024) {
            throw new IllegalStateException("the rehearsal of accesses went wrong: " + out);
        }
    }
}
