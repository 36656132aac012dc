package hv.memory;

import hv.api.HvException;
import hv.api.memory.Access;
import hv.api.memory.DirtySource;
import hv.api.memory.GuestMemory;
import hv.api.memory.GuestMemoryFault;
import hv.api.memory.Lease;
import hv.api.memory.PageAttribute;
import hv.api.memory.RamRegion;
import hv.api.memory.RamView;
import hv.host.HostMemory;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * One machine's RAM: a lazily committed mapping, one attribute byte a page, and the dirty log of all writers that come through here.
 * Any thread. Attributes are volatile bytes changed by compare-and-set; the log is a bitmap.
 */
public final class GuestRam implements RamView, GuestMemory, DirtySource, AutoCloseable {
    private static final int PAGE_SHIFT = 12;
    private static final VarHandle ATTRIBUTE = MethodHandles.arrayElementVarHandle(byte[].class);

    private final RamRegion region;
    private final HostMemory host;
    private final MemorySegment segment;
    private final byte[] attributes;
    private final AtomicLongArray dirty;
    private final CopyOnWriteArrayList<CodeListener> codeListeners = new CopyOnWriteArrayList<>();
    private final CopyOnWriteArrayList<AttributeListener> attributeListeners = new CopyOnWriteArrayList<>();
    private final CopyOnWriteArrayList<DirtySource> dirtySources = new CopyOnWriteArrayList<>();

    public GuestRam(RamRegion region) throws HvException {
        this.region = region;
        this.host = HostMemory.map(region.sizeBytes());
        this.segment = host.segment();
        int pages = Math.toIntExact(region.sizeBytes() >>> PAGE_SHIFT);
        this.attributes = new byte[pages];
        this.dirty = new AtomicLongArray((pages + 63) / 64);
    }

    @Override
    public MemorySegment segment() {
        return segment;
    }

    @Override
    public long baseGpa() {
        return region.gpa();
    }

    @Override
    public long sizeBytes() {
        return region.sizeBytes();
    }

    public int pages() {
        return attributes.length;
    }

    @Override
    public int attributes(int page) {
        return (byte) ATTRIBUTE.getVolatile(attributes, page) & 0xff;
    }

    @Override
    public int mark(int page, int bits) {
        return (byte) ATTRIBUTE.getAndBitwiseOr(attributes, page, (byte) bits) & 0xff;
    }

    @Override
    public int clear(int page, int bits) {
        return (byte) ATTRIBUTE.getAndBitwiseAnd(attributes, page, (byte) ~bits) & 0xff;
    }

    @Override
    public void stored(int page) {
        int before = clear(page, PageAttribute.CODE | PageAttribute.LOGGED);
        if ((before & PageAttribute.LOGGED) != 0) {
            dirty.getAndAccumulate(page >> 6, 1L << (page & 63), (a, b) -> a | b);
        }
        if ((before & PageAttribute.CODE) != 0) {
            for (CodeListener l : codeListeners) {
                l.codeChanged(page);
            }
        }
    }

    @Override
    public void addCodeListener(CodeListener listener) {
        codeListeners.add(listener);
    }

    @Override
    public void removeCodeListener(CodeListener listener) {
        codeListeners.remove(listener);
    }

    @Override
    public void addAttributeListener(AttributeListener listener) {
        attributeListeners.add(listener);
    }

    @Override
    public void removeAttributeListener(AttributeListener listener) {
        attributeListeners.remove(listener);
    }

    @Override
    public void addDirtySource(DirtySource source) {
        dirtySources.add(source);
    }

    @Override
    public void removeDirtySource(DirtySource source) {
        dirtySources.remove(source);
    }

    /** Begins (or begins again) to record stores: every page becomes LOGGED until it is written. Costs nothing until called. */
    public void startLog() {
        for (int p = 0; p < attributes.length; p++) {
            mark(p, PageAttribute.LOGGED);
        }
        attributeListeners.forEach(AttributeListener::attributesGained);
    }

    /** Ends recording; what was recorded is forgotten. */
    public void stopLog() {
        for (int p = 0; p < attributes.length; p++) {
            clear(p, PageAttribute.LOGGED);
        }
        for (int i = 0; i < dirty.length(); i++) {
            dirty.set(i, 0);
        }
    }

    @Override
    public void harvest(long epoch, PageSink out) {
        for (DirtySource s : dirtySources) {
            s.harvest(epoch, out);
        }
        boolean gained = false;
        for (int i = 0; i < dirty.length(); i++) {
            long bits = dirty.getAndSet(i, 0);
            for (long left = bits; left != 0; left &= left - 1) {
                int page = i * 64 + Long.numberOfTrailingZeros(left);
                mark(page, PageAttribute.LOGGED);
                gained = true;
            }
            for (long left = bits; left != 0; left &= left - 1) {
                out.page(i * 64 + Long.numberOfTrailingZeros(left));
            }
        }
        if (gained) {
            attributeListeners.forEach(AttributeListener::attributesGained);
        }
    }

    @Override
    public boolean isRam(long gpa, long lenBytes) {
        long offset = gpa - region.gpa();
        return lenBytes >= 0 && offset >= 0 && offset <= region.sizeBytes() && lenBytes <= region.sizeBytes() - offset;
    }

    @Override
    public Lease lend(long gpa, int lenBytes, Access access) throws GuestMemoryFault {
        if (lenBytes <= 0 || !isRam(gpa, lenBytes)) {
            throw new GuestMemoryFault(gpa, lenBytes);
        }
        MemorySegment part = segment.asSlice(gpa - region.gpa(), lenBytes);
        return access.writes() ? new WriteLease(gpa, part) : new ReadLease(gpa, part.asReadOnly());
    }

    /** Bytes of RAM the host holds for this machine now; 0 once closed. */
    public long residentBytes() {
        return host.residentBytes();
    }

    /** Pages that may hold something other than zeros, found without touching any. */
    public java.util.BitSet touchedPages() {
        return host.touchedPages();
    }

    /** All RAM reads as zero, and costs nothing, afterwards. No vCPU is in the guest; code listeners are told. */
    public void zero() {
        host.discard(0, region.sizeBytes());
        for (int p = 0; p < attributes.length; p++) {
            if (attributes[p] != 0) {
                stored(p);
            }
        }
    }

    @Override
    public void close() {
        host.close();
    }

    private record ReadLease(long gpa, MemorySegment segment) implements Lease {
        @Override
        public void close() {
            // Nothing to record: nothing was written.
        }
    }

    private final class WriteLease implements Lease {
        private final long gpa;
        private final MemorySegment part;
        private boolean closed;

        WriteLease(long gpa, MemorySegment part) {
            this.gpa = gpa;
            this.part = part;
        }

        @Override
        public long gpa() {
            return gpa;
        }

        @Override
        public MemorySegment segment() {
            if (closed) {
                throw new IllegalStateException("a lease was used after its close");
            }
            return part;
        }

        @Override
        public void close() {
            if (closed) {
                return;
            }
            closed = true;
            int first = (int) (gpa - region.gpa() >>> PAGE_SHIFT);
            int last = (int) (gpa - region.gpa() + part.byteSize() - 1 >>> PAGE_SHIFT);
            for (int p = first; p <= last; p++) {
                if (attributes(p) != 0) {
                    stored(p);
                }
            }
        }
    }
}
