package hv.host;

import hv.api.HvException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.locks.LockSupport;

/**
 * Anonymous, lazily committed host memory for guest RAM. The mapping is private and not reserved (mmap(2): MAP_NORESERVE): pages cost nothing
 * until touched. On hosts without mmap the JVM's own zeroed allocation is used, and {@link #discard} writes zeros.
 *
 * <p>The segment's arena is shared and bounded; after {@link #close} an access throws instead of crashing. Any thread.
 */
public final class HostMemory implements AutoCloseable {
    private static final int PAGE = 4096;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x02 | 0x20 | 0x4000;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_NOHUGEPAGE = 15;
    private static final long CLOSE_NANOS = 10_000_000_000L;
    private static final Posix POSIX = Posix.load();
    private static final Cleaner CLEANER = Cleaner.create();

    private final Arena arena;
    private final MemorySegment segment;
    private final boolean mapped;
    private final Cleaner.Cleanable backstop;

    private HostMemory(Arena arena, MemorySegment segment, boolean mapped) {
        this.arena = arena;
        this.segment = segment;
        this.mapped = mapped;
        this.backstop = CLEANER.register(this, new Release(arena));
    }

    /**
     * Maps memory that reads as zero.
     *
     * @param sizeBytes a positive multiple of 4096
     * @throws HvException the host has no address space or memory for it
     */
    public static HostMemory map(long sizeBytes) throws HvException {
        if (sizeBytes <= 0 || sizeBytes % PAGE != 0) {
            throw new IllegalArgumentException("mapping of " + sizeBytes + " bytes");
        }
        Arena arena = Arena.ofShared();
        try {
            if (POSIX == null) {
                return new HostMemory(arena, arena.allocate(sizeBytes, PAGE), false);
            }
            return new HostMemory(arena, POSIX.map(sizeBytes, arena), true);
        } catch (HvException | RuntimeException | OutOfMemoryError e) {
            arena.close();
            throw e instanceof HvException h ? h
                    : new HvException("the host has no room for " + (sizeBytes >> 20) + " MiB of guest RAM: free memory or make the machine smaller", e);
        }
    }

    public MemorySegment segment() {
        return segment;
    }

    /** Gives pages back to the host; they read as zero afterwards. Both multiples of 4096. */
    public void discard(long offset, long lenBytes) {
        MemorySegment part = segment.asSlice(offset, lenBytes);
        if (!mapped || !POSIX.advise(part, MADV_DONTNEED)) {
            part.fill((byte) 0);
        }
    }

    /** Bytes that are resident now (mincore(2)); all of it where the host cannot tell, none once closed. */
    public long residentBytes() {
        if (!segment.scope().isAlive()) {
            return 0;
        }
        try {
            return mapped ? POSIX.resident(segment) : segment.byteSize();
        } catch (IllegalStateException e) {
            if (segment.scope().isAlive()) {
                throw e;
            }
            return 0;   // closed in this moment
        }
    }

    /**
     * Pages that are resident or swapped out, by /proc/self/pagemap (Linux, Documentation/admin-guide/mm/pagemap.rst: bits 63 and 62); all where the
     * host cannot tell. Touches none.
     */
    public BitSet touchedPages() {
        int pages = Math.toIntExact(segment.byteSize() / PAGE);
        BitSet touched = new BitSet(pages);
        ByteBuffer entries = ByteBuffer.allocate(1 << 16).order(ByteOrder.nativeOrder());
        try (FileChannel pagemap = FileChannel.open(Path.of("/proc/self/pagemap"))) {
            for (int page = 0; page < pages;) {
                entries.clear().limit(Math.min(entries.capacity(), (pages - page) * Long.BYTES));
                int n = pagemap.read(entries, (segment.address() / PAGE + page) * Long.BYTES);
                if (n < Long.BYTES) {
                    throw new IOException("short read");
                }
                for (int i = 0; i + Long.BYTES <= n; i += Long.BYTES) {
                    touched.set(page++, entries.getLong(i) >>> 62 != 0);
                }
            }
        } catch (IOException e) {
            touched.set(0, pages);
        }
        return touched;
    }

    /**
     * Unmaps. The caller must know that no thread uses the segment any more; one that does gets an IllegalStateException. A system call that is
     * under way on the segment (a read of a disk, {@link #residentBytes}) is waited for, at most 10 s.
     *
     * @throws IllegalStateException it did not end; the memory stays mapped
     */
    @Override
    public void close() {
        backstop.clean();
    }

    private record Release(Arena arena) implements Runnable {
        @Override
        public void run() {
            long end = System.nanoTime() + CLOSE_NANOS;
            for (;;) {
                try {
                    arena.close();
                    return;
                } catch (IllegalStateException e) {
                    // Arena.close() refuses, and does nothing, as long as a native call holds the arena.
                    if (!arena.scope().isAlive() || System.nanoTime() - end > 0) {
                        throw e;
                    }
                    LockSupport.parkNanos(100_000);
                }
            }
        }
    }

    /** The native calls. */
    private static final class Posix {
        private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
        private static final VarHandle ERRNO = CAPTURE.varHandle(java.lang.foreign.MemoryLayout.PathElement.groupElement("errno"));
        private final MethodHandle mmap;
        private final MethodHandle munmap;
        private final MethodHandle madvise;
        private final MethodHandle mincore;

        private Posix(MethodHandle mmap, MethodHandle munmap, MethodHandle madvise, MethodHandle mincore) {
            this.mmap = mmap;
            this.munmap = munmap;
            this.madvise = madvise;
            this.mincore = mincore;
        }

        /** Null where the host is not Linux: the constants above are Linux's. */
        @SuppressWarnings("restricted")
        static Posix load() {
            if (!System.getProperty("os.name").equals("Linux")) {
                return null;
            }
            Linker linker = Linker.nativeLinker();
            SymbolLookup libc = linker.defaultLookup();
            Linker.Option errno = Linker.Option.captureCallState("errno");
            ValueLayout.OfLong l = ValueLayout.JAVA_LONG;
            ValueLayout.OfInt i = ValueLayout.JAVA_INT;
            var a = ValueLayout.ADDRESS;
            return new Posix(
                    linker.downcallHandle(libc.findOrThrow("mmap"), FunctionDescriptor.of(a, a, l, i, i, i, l), errno),
                    linker.downcallHandle(libc.findOrThrow("munmap"), FunctionDescriptor.of(i, a, l)),
                    linker.downcallHandle(libc.findOrThrow("madvise"), FunctionDescriptor.of(i, a, l, i)),
                    linker.downcallHandle(libc.findOrThrow("mincore"), FunctionDescriptor.of(i, a, l, a)));
        }

        @SuppressWarnings("restricted")
        MemorySegment map(long sizeBytes, Arena arena) throws HvException {
            MemorySegment at;
            int errno;
            try (Arena call = Arena.ofConfined()) {
                MemorySegment state = call.allocate(CAPTURE);
                // SAFETY: a fresh anonymous mapping at an address of the kernel's choice touches no existing memory.
                at = (MemorySegment) mmap.invokeExact(state, MemorySegment.NULL, sizeBytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0L);
                errno = (int) ERRNO.get(state, 0L);
            } catch (Throwable t) {
                throw rethrown(t);
            }
            if (at.address() == -1L) {
                throw new HvException("the host refused to map " + (sizeBytes >> 20) + " MiB of guest RAM (errno " + errno
                        + "): free memory, raise the address-space limit, or make the machine smaller");
            }
            // JUSTIFICATION: guest RAM must be lazily committed and discardable, which no Java allocation is. SAFETY: exactly the mapping made above; unmapped by the arena, once.
            MemorySegment segment = at.reinterpret(sizeBytes, arena, s -> unmap(s, sizeBytes));
            // Huge pages would make a guest that touches a byte cost 2 MiB; resident size is a promise of ours.
            advise(segment, MADV_NOHUGEPAGE);
            return segment;
        }

        private void unmap(MemorySegment at, long sizeBytes) {
            try {
                // SAFETY: called once, by the arena's close, after which no access passes the liveness check.
                int rc = (int) munmap.invokeExact(at, sizeBytes);
                if (rc != 0) {
                    throw new IllegalStateException("munmap of a mapping of ours failed");
                }
            } catch (Throwable t) {
                throw rethrown(t);
            }
        }

        boolean advise(MemorySegment part, int advice) {
            try {
                // SAFETY: the range lies in a live mapping of ours (a slice of its segment).
                return (int) madvise.invokeExact(part, part.byteSize(), advice) == 0;
            } catch (Throwable t) {
                throw rethrown(t);
            }
        }

        long resident(MemorySegment all) {
            long chunk = 1L << 30;
            long pages = 0;
            try (Arena call = Arena.ofConfined()) {
                MemorySegment vector = call.allocate(Math.min(all.byteSize(), chunk) / PAGE);
                for (long at = 0; at < all.byteSize(); at += chunk) {
                    MemorySegment part = all.asSlice(at, Math.min(chunk, all.byteSize() - at));
                    // SAFETY: the vector has one byte for each page of the part.
                    if ((int) mincore.invokeExact(part, part.byteSize(), vector) != 0) {
                        return all.byteSize();
                    }
                    for (long i = 0; i < part.byteSize() / PAGE; i++) {
                        pages += vector.get(ValueLayout.JAVA_BYTE, i) & 1;
                    }
                }
            } catch (Throwable t) {
                throw rethrown(t);
            }
            return pages * PAGE;
        }

        /** A downcall declares Throwable and throws none that is checked. */
        private static RuntimeException rethrown(Throwable t) {
            return switch (t) {
                case RuntimeException e -> e;
                case Error e -> throw e;
                default -> new IllegalStateException(t);
            };
        }
    }
}
