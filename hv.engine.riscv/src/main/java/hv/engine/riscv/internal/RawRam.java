package hv.engine.riscv.internal;

import java.nio.ByteOrder;
import jdk.internal.misc.Unsafe;

/**
 * Opaque accesses to guest RAM through a TLB, as small methods. With a {@link java.lang.invoke.VarHandle} of a segment, as in {@link RegionRuntime}, each is
 * some fifteen that HotSpot has to inline, and regions take several times as long to compile (doc/adr/0022). Offsets are held to the RAM's size here, too: one
 * that is outside, whatever the TLB says, is no hit. That RAM is not closed under a running vCPU is not looked at: its machine ends them first (hv.machine).
 *
 * <p>Parameters: {@code tags} are {@link Tlb#read} or {@link Tlb#write}, {@code va} is a virtual address, {@code base} the RAM's own address.
 */
final class RawRam {
    /** Whether the JVM was started with the package open to the engine, on a little-endian host; otherwise nothing here may be called. */
    static final boolean AVAILABLE = isAvailable();

    private static final long BIAS = Long.MIN_VALUE;
    private static final int ROUNDS = 1024 * 400;

    private RawRam() { }

    /** Loaded with the first use alone, when it is known that it can be. */
    private static final class Access {
        static final Unsafe UNSAFE = Unsafe.getUnsafe();
        /** Of the first value of an entry; that of the second is 8 more. */
        static final long FIRST = UNSAFE.arrayBaseOffset(long[].class);
        static final long ATTENTION = UNSAFE.objectFieldOffset(HartCore.class, "attention");
    }

    private static boolean isAvailable() {
        try {
            return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN && Access.UNSAFE != null;
        } catch (LinkageError e) {
            // The package is not open to us: conf/jvm.options tells how.
            return false;
        }
    }

    /** The last offset at which an access of so many bytes ends within RAM of {@code size}, in the form that {@link #hits} wants. */
    static long last(long size, int bytes) {
        return size - bytes + BIAS;
    }

    /** Where the second value of the entry of an address is, from an array's begin. Of {@link Tlb#ENTRIES} there is none outside. */
    private static long second(long va) {
        return Access.FIRST + 8 + ((va >>> Tlb.INDEX_SHIFT & Tlb.INDEX_MASK) << 3);
    }

    /**
     * Whether an access is aligned, in the TLB, and within RAM.
     *
     * @param mask of the page's address and of the bits that are 0 in an aligned one
     * @param last see {@link #last}
     */
    static boolean hits(long[] tags, long va, long mask, long last) {
        long second = second(va);
        return Access.UNSAFE.getLong(tags, second - 8) == (va & mask) && va + Access.UNSAFE.getLong(tags, second) + BIAS <= last;
    }

    /** {@link HartCore#attends}. */
    static boolean attends(HartCore c) {
        return Access.UNSAFE.getIntOpaque(c, Access.ATTENTION) != 0;
    }

    static long load8(long[] tags, long va, long base) {
        return Access.UNSAFE.getByteOpaque(null, base + va + Access.UNSAFE.getLong(tags, second(va)));
    }

    static long load8u(long[] tags, long va, long base) {
        return Access.UNSAFE.getByteOpaque(null, base + va + Access.UNSAFE.getLong(tags, second(va))) & 0xff;
    }

    static long load16(long[] tags, long va, long base) {
        return Access.UNSAFE.getShortOpaque(null, base + va + Access.UNSAFE.getLong(tags, second(va)));
    }

    static long load16u(long[] tags, long va, long base) {
        return Access.UNSAFE.getShortOpaque(null, base + va + Access.UNSAFE.getLong(tags, second(va))) & 0xffff;
    }

    static long load32(long[] tags, long va, long base) {
        return Access.UNSAFE.getIntOpaque(null, base + va + Access.UNSAFE.getLong(tags, second(va)));
    }

    static long load32u(long[] tags, long va, long base) {
        return Access.UNSAFE.getIntOpaque(null, base + va + Access.UNSAFE.getLong(tags, second(va))) & 0xffff_ffffL;
    }

    static long load64(long[] tags, long va, long base) {
        return Access.UNSAFE.getLongOpaque(null, base + va + Access.UNSAFE.getLong(tags, second(va)));
    }

    static void store8(long[] tags, long va, long value, long base) {
        Access.UNSAFE.putByteOpaque(null, base + va + Access.UNSAFE.getLong(tags, second(va)), (byte) value);
    }

    static void store16(long[] tags, long va, long value, long base) {
        Access.UNSAFE.putShortOpaque(null, base + va + Access.UNSAFE.getLong(tags, second(va)), (short) value);
    }

    static void store32(long[] tags, long va, long value, long base) {
        Access.UNSAFE.putIntOpaque(null, base + va + Access.UNSAFE.getLong(tags, second(va)), (int) value);
    }

    static void store64(long[] tags, long va, long value, long base) {
        Access.UNSAFE.putLongOpaque(null, base + va + Access.UNSAFE.getLong(tags, second(va)), value);
    }

    /** Gives {@link #hits} its profile: mostly it is true, and never is an entry outside RAM. */
    static void rehearse() {
        int hits = 0;
        for (int k = 0; k < ROUNDS; k++) {
            if (hits(RegionRuntime.STAGE_TAGS, (k & 1023) == 0 ? 0x1000 : 0, ~0xfffL, last(8, 8))) {
                hits++;
            }
        }
        if (hits != ROUNDS - ROUNDS / 1024) {
            throw new IllegalStateException("the rehearsal of accesses to RAM went wrong: " + hits);
        }
    }
}
