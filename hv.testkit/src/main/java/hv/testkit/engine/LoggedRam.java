package hv.testkit.engine;

import hv.api.memory.DirtySource;
import hv.api.memory.PageAttribute;
import hv.api.memory.RamView;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** RAM of a bare machine: attributes, listeners and dirty log as {@link RamView} says. Any thread. */
public final class LoggedRam implements RamView, DirtySource {
    private static final int PAGE_BYTES = 4096;
    private final long baseGpa;
    private final MemorySegment segment;
    private final AtomicIntegerArray attributes;
    private final ConcurrentLinkedQueue<Integer> dirty = new ConcurrentLinkedQueue<>();
    private final List<CodeListener> codeListeners = new CopyOnWriteArrayList<>();
    private final List<AttributeListener> attributeListeners = new CopyOnWriteArrayList<>();
    private final List<DirtySource> dirtySources = new CopyOnWriteArrayList<>();

    /** @param sizeBytes a multiple of 4096 */
    public LoggedRam(long baseGpa, int sizeBytes) {
        this.baseGpa = baseGpa;
        segment = Arena.ofAuto().allocate(sizeBytes, PAGE_BYTES);
        attributes = new AtomicIntegerArray(sizeBytes / PAGE_BYTES);
    }

    /** The same content in other RAM, without attributes. */
    public LoggedRam copy() {
        LoggedRam other = new LoggedRam(baseGpa, (int) sizeBytes());
        other.segment.copyFrom(segment);
        return other;
    }

    /** Stores as a device does, through a lease: then the page's listeners hear of it. */
    public void store(long gpa, byte[] bytes) {
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, segment, gpa - baseGpa, bytes.length);
        for (long page = gpa - baseGpa >> 12; page <= gpa - baseGpa + bytes.length - 1 >> 12; page++) {
            if (attributes((int) page) != 0) {
                stored((int) page);
            }
        }
    }

    /** Begins to record stores. */
    public void startLog() {
        dirty.clear();
        for (int p = 0; p < attributes.length(); p++) {
            mark(p, PageAttribute.LOGGED);
        }
        attributeListeners.forEach(AttributeListener::attributesGained);
    }

    @Override
    public void harvest(long epoch, PageSink out) {
        dirtySources.forEach(s -> s.harvest(epoch, out));
        int n = dirty.size();
        int[] pages = new int[n];
        for (int k = 0; k < n; k++) {
            pages[k] = dirty.remove();
            mark(pages[k], PageAttribute.LOGGED);
        }
        if (n > 0) {
            attributeListeners.forEach(AttributeListener::attributesGained);
        }
        for (int p : pages) {
            out.page(p);
        }
    }

    @Override
    public MemorySegment segment() {
        return segment;
    }

    @Override
    public long baseGpa() {
        return baseGpa;
    }

    @Override
    public long sizeBytes() {
        return segment.byteSize();
    }

    @Override
    public int attributes(int page) {
        return attributes.get(page);
    }

    @Override
    public int mark(int page, int bits) {
        return attributes.getAndAccumulate(page, bits, (a, b) -> a | b);
    }

    @Override
    public int clear(int page, int bits) {
        return attributes.getAndAccumulate(page, bits, (a, b) -> a & ~b);
    }

    @Override
    public void stored(int page) {
        int before = clear(page, PageAttribute.CODE | PageAttribute.LOGGED);
        if ((before & PageAttribute.LOGGED) != 0) {
            dirty.add(page);
        }
        if ((before & PageAttribute.CODE) != 0) {
            codeListeners.forEach(l -> l.codeChanged(page));
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
    public void addDirtySource(DirtySource source) {
        dirtySources.add(source);
    }

    @Override
    public void removeDirtySource(DirtySource source) {
        dirtySources.remove(source);
    }

    @Override
    public void removeAttributeListener(AttributeListener listener) {
        attributeListeners.remove(listener);
    }
}
