package hv.testkit.fake;

import hv.api.memory.Access;
import hv.api.memory.GuestMemory;
import hv.api.memory.GuestMemoryFault;
import hv.api.memory.Lease;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/**
 * One RAM region. A lease's segment dies with {@code close}, so that use after it fails; {@link #openLeases} shows what was not given back.
 */
public final class FakeGuestMemory implements GuestMemory {
    private static final int PAGE_BYTES = 4096;

    private final long baseGpa;
    private final MemorySegment ram;
    private final BitSet dirty = new BitSet();
    private int openLeases;
    private long leases;

    /** @param sizeBytes of the region, a multiple of 4096; lives until it is collected */
    public FakeGuestMemory(long baseGpa, long sizeBytes) {
        this.baseGpa = baseGpa;
        this.ram = Arena.ofAuto().allocate(sizeBytes, PAGE_BYTES);
    }

    public long baseGpa() {
        return baseGpa;
    }

    /** All of RAM, as the guest's CPU sees it; offset 0 is {@link #baseGpa}. */
    public MemorySegment ram() {
        return ram;
    }

    /** Pages written through leases since the last {@link #clearDirty}. */
    public BitSet dirtyPages() {
        return (BitSet) dirty.clone();
    }

    public void clearDirty() {
        dirty.clear();
    }

    /** Leases not closed yet; 0 between calls of a well-behaved device. */
    public int openLeases() {
        return openLeases;
    }

    /** Leases given out so far. */
    public long leaseCount() {
        return leases;
    }

    @Override
    @SuppressWarnings("restricted")
    public Lease lend(long gpa, int lenBytes, Access access) throws GuestMemoryFault {
        if (lenBytes < 1 || lenBytes > 1 << 30 || !isRam(gpa, lenBytes)) {
            throw new GuestMemoryFault(gpa, lenBytes);
        }
        openLeases++;
        leases++;
        Arena arena = Arena.ofConfined();
        // JUSTIFICATION: a slice that ends before its RAM does is what makes use after close fail. SAFETY: same address, never longer than the slice.
        MemorySegment slice = ram.asSlice(gpa - baseGpa, lenBytes).reinterpret(arena, null);
        MemorySegment lent = access.writes() ? slice : slice.asReadOnly();
        return new Lease() {
            private boolean closed;

            @Override
            public long gpa() {
                return gpa;
            }

            @Override
            public MemorySegment segment() {
                return lent;
            }

            @Override
            public void close() {
                if (closed) {
                    throw new IllegalStateException("lease of " + Long.toHexString(gpa) + " closed twice");
                }
                closed = true;
                openLeases--;
                arena.close();
                if (access.writes()) {
                    dirty.set((int) ((gpa - baseGpa) / PAGE_BYTES), (int) ((gpa - baseGpa + lenBytes - 1) / PAGE_BYTES) + 1);
                }
            }
        };
    }

    @Override
    public boolean isRam(long gpa, long lenBytes) {
        long offset = gpa - baseGpa;
        return lenBytes >= 0 && offset >= 0 && offset <= ram.byteSize() && lenBytes <= ram.byteSize() - offset;
    }

    @Override
    public long sizeBytes() {
        return ram.byteSize();
    }
}
