package hv.interpreter.internal;

import hv.api.memory.Access;
import hv.api.memory.GuestMemoryFault;
import hv.api.memory.Lease;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import hv.api.vcpu.Vcpu;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Steal-time accounting of one hart (SBI 2.0, chapter 16): the guest gives 64 bytes of its memory, and finds there how long the hart was ready and
 * had no host CPU.
 * <pre>
 *   0 u32 sequence (odd while the rest changes)   4 u32 flags = 0   8 u64 steal, nanoseconds   16 u8 preempted = 0   17 .. 63 zero
 * </pre>
 * The hart's own thread.
 */
final class StealTime {
    static final int BYTES = 64;
    private static final long NOWHERE = -1;
    /** What is less than this is told later: a turn that begins at once is the usual case, and costs nothing then. */
    private static final long LEAST_NANOS = 100_000;
    private static final int STEAL_AT = 8;
    private static final VarHandle SEQUENCE = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
    private static final VarHandle STEAL = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    private long gpa = NOWHERE;
    /** {@link Vcpu#stolenNanos} when it was last told. */
    private long seenNanos;
    private int sequence;
    private long stealNanos;

    void reset() {
        gpa = NOWHERE;
    }

    /** Function 0, set_shmem. */
    long share(long low, long high, long flags, Vcpu vcpu) {
        if (flags != 0) {
            return Sbi.ERR_INVALID_PARAM;
        }
        if (low == -1 && high == -1) {
            gpa = NOWHERE;
            return Sbi.SUCCESS;
        }
        if ((low & BYTES - 1) != 0) {
            return Sbi.ERR_INVALID_PARAM;
        }
        if (high != 0 || low < 0) {
            return Sbi.ERR_INVALID_ADDRESS;
        }
        try (Lease lease = vcpu.guest().memory().lend(low, BYTES, Access.WRITE)) {
            lease.segment().fill((byte) 0);
        } catch (GuestMemoryFault e) {
            return Sbi.ERR_INVALID_ADDRESS;
        }
        gpa = low;
        seenNanos = vcpu.stolenNanos();
        sequence = 0;
        stealNanos = 0;
        return Sbi.SUCCESS;
    }

    /** Tells the guest what was stolen since it was last told. */
    void tell(Vcpu vcpu) {
        if (gpa == NOWHERE) {
            return;
        }
        long now = vcpu.stolenNanos();
        if (now < seenNanos) {
            // Another process goes on with this machine, and counts from 0.
            seenNanos = 0;
        }
        if (now - seenNanos < LEAST_NANOS) {
            return;
        }
        stealNanos += now - seenNanos;
        seenNanos = now;
        try (Lease lease = vcpu.guest().memory().lend(gpa, BYTES, Access.WRITE)) {
            SEQUENCE.setOpaque(lease.segment(), 0L, ++sequence);
            VarHandle.releaseFence();
            STEAL.setOpaque(lease.segment(), (long) STEAL_AT, stealNanos);
            SEQUENCE.setRelease(lease.segment(), 0L, ++sequence);
        } catch (GuestMemoryFault e) {
            // Restored into a machine with less memory.
            gpa = NOWHERE;
        }
    }

    void save(StateWriter out) {
        out.putLong(gpa).putLong(seenNanos).putInt(sequence).putLong(stealNanos);
    }

    /** Into a fresh one. */
    void restore(StateReader in) throws StateException {
        gpa = in.getLong();
        seenNanos = in.getLong();
        sequence = in.getInt();
        stealNanos = in.getLong();
        if (gpa != NOWHERE && (gpa < 0 || (gpa & BYTES - 1) != 0) || seenNanos < 0 || (sequence & 1) != 0) {
            throw new StateException("steal time of a hart is told at " + Long.toHexString(gpa) + ", sequence " + sequence + ", seen " + seenNanos);
        }
    }
}
