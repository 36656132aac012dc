package hv.testkit.guest;

import hv.api.memory.Access;
import hv.api.memory.GuestMemory;
import hv.api.memory.GuestMemoryFault;
import hv.api.memory.Lease;
import java.lang.foreign.MemorySegment;

/** One region of RAM on the Java heap. Counts open leases, since each must be closed. */
public final class GuestRam implements GuestMemory {
    private final long baseGpa;
    private final MemorySegment bytes;
    private int openLeases;

    /** @param sizeBytes a multiple of 4096 */
    public GuestRam(long baseGpa, int sizeBytes) {
        this.baseGpa = baseGpa;
        bytes = MemorySegment.ofArray(new long[sizeBytes / 8]);
    }

    public long baseGpa() {
        return baseGpa;
    }

    /** All of it, to set up and look at. */
    public MemorySegment bytes() {
        return bytes;
    }

    public int openLeases() {
        return openLeases;
    }

    @Override
    public boolean isRam(long gpa, long lenBytes) {
        return lenBytes >= 0 && lenBytes <= bytes.byteSize() && gpa >= baseGpa && gpa - baseGpa <= bytes.byteSize() - lenBytes;
    }

    @Override
    public long sizeBytes() {
        return bytes.byteSize();
    }

    @Override
    public Lease lend(long gpa, int lenBytes, Access access) throws GuestMemoryFault {
        if (lenBytes < 1 || !isRam(gpa, lenBytes)) {
            throw new GuestMemoryFault(gpa, lenBytes);
        }
        MemorySegment range = bytes.asSlice(gpa - baseGpa, lenBytes);
        openLeases++;
        return new Lent(gpa, access.writes() ? range : range.asReadOnly());
    }

    private final class Lent implements Lease {
        private final long gpa;
        private MemorySegment segment;

        Lent(long gpa, MemorySegment segment) {
            this.gpa = gpa;
            this.segment = segment;
        }

        @Override
        public long gpa() {
            return gpa;
        }

        @Override
        public MemorySegment segment() {
            if (segment == null) {
                throw new IllegalStateException("lease of " + Long.toHexString(gpa) + " is used after it was closed");
            }
            return segment;
        }

        @Override
        public void close() {
            if (segment != null) {
                segment = null;
                openLeases--;
            }
        }
    }
}
