package hv.engine.riscv.internal;

import java.lang.invoke.VarHandle;

/**
 * What RVWMO's fences and annotations ask beyond what accesses to RAM do anyhow: plain ones are opaque, LR is a volatile read, SC and AMO are
 * volatile read-modify-writes. Source: unprivileged specification (20240411), sections 2.7 and 14.1 and chapter 17; doc/adr/0011.
 */
final class Ordering {
    /** Bits of {@code pred} and {@code succ}: device input, device output, memory reads, memory writes. */
    private static final int READS = 0b1010;
    private static final int WRITES = 0b0101;
    /** {@code fm} = 1000 with pred = succ = RW. */
    private static final int FENCE_TSO = 0b1000_0011_0011;
    /** Bits of an atomic's {@code order}. */
    private static final int RELEASE = 1;
    private static final int ACQUIRE = 2;
    /** A locked instruction of x86 orders everything; on other hosts a volatile read-modify-write may let an earlier store pass a later load. */
    private static final boolean ATOMICS_ORDER_ALL = System.getProperty("os.arch").matches("amd64|x86_64");

    private Ordering() { }

    /**
     * {@code fence}, of the weakest kind that orders all that it names. Reserved settings are taken as those with fm = 0.
     *
     * @param operands bits 8..11 fm, 4..7 pred, 0..3 succ
     */
    static void fence(int operands) {
        int pred = operands >>> 4;
        boolean readsBefore = (pred & READS) != 0;
        boolean writesBefore = (pred & WRITES) != 0;
        boolean readsAfter = (operands & READS) != 0;
        boolean writesAfter = (operands & WRITES) != 0;
        if (writesBefore && readsAfter && operands != FENCE_TSO) {
            VarHandle.fullFence();
            return;
        }
        if (readsBefore && (readsAfter || writesAfter)) {
            VarHandle.acquireFence();
        }
        if (writesBefore && writesAfter) {
            VarHandle.releaseFence();
        }
    }

    /** A load-reserved that releases (aqrl): earlier stores come before it, which a volatile read does not see to. */
    static void beforeLoadReserved(int order) {
        if ((order & RELEASE) != 0) {
            VarHandle.fullFence();
        }
    }

    /** An atomic that acquires and releases lets nothing pass. */
    static void afterAtomic(int order) {
        if (!ATOMICS_ORDER_ALL && order == (ACQUIRE | RELEASE)) {
            VarHandle.fullFence();
        }
    }
}
