package hv.interpreter.internal;

import hv.api.memory.Access;
import hv.api.memory.GuestMemory;
import hv.api.memory.GuestMemoryFault;
import hv.api.memory.Lease;
import hv.riscv.PageWalk;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Page tables as a walk outside the engine sees them: each entry through a lease of its own. */
final class LeasedTables implements PageWalk.Memory {
    private static final VarHandle PTE = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
    private final GuestMemory memory;

    LeasedTables(GuestMemory memory) {
        this.memory = memory;
    }

    @Override
    public boolean isRam(long gpa) {
        return memory.isRam(gpa, Long.BYTES);
    }

    @Override
    public long readPte(long gpa) {
        try (Lease lease = memory.lend(gpa, Long.BYTES, Access.READ)) {
            return (long) PTE.getAcquire(lease.segment(), 0L);
        } catch (GuestMemoryFault e) {
            throw new IllegalStateException("RAM went away under a page walk", e);
        }
    }

    @Override
    public boolean replacePte(long gpa, long expected, long value) {
        try (Lease lease = memory.lend(gpa, Long.BYTES, Access.READ_WRITE)) {
            return PTE.compareAndSet(lease.segment(), 0L, expected, value);
        } catch (GuestMemoryFault e) {
            throw new IllegalStateException("RAM went away under a page walk", e);
        }
    }
}
