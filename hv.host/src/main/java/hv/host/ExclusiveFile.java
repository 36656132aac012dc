package hv.host;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A lock on a whole file that belongs to its opener, not to the process (fcntl(2), F_OFD_SETLK). The lock that {@link FileChannel} takes is lost as
 * soon as anybody in the process closes <em>any</em> descriptor of that file: a second machine that was refused a disk would thereby take the lock
 * from the first. This one excludes other openers in the same process as well as in others, theirs of either sort.
 * On hosts other than Linux the channel's own lock is taken. Any thread.
 */
public final class ExclusiveFile extends FileLock {
    private static final Posix POSIX = Posix.load();

    private final int descriptor;
    private final AtomicBoolean held = new AtomicBoolean(true);

    private ExclusiveFile(FileChannel channel, boolean shared, int descriptor) {
        super(channel, 0, Long.MAX_VALUE, shared);
        this.descriptor = descriptor;
    }

    /**
     * Locks a file.
     *
     * @param channel open on it; closing it does not give up the lock, {@link #release} does
     * @param path    of the same file
     * @param shared  with others that share; else alone, which needs permission to write
     * @return null if the file is in use
     * @throws IOException it cannot be opened, or its file system has no locks
     */
    public static FileLock tryLock(FileChannel channel, Path path, boolean shared) throws IOException {
        if (POSIX == null) {
            try {
                return channel.tryLock(0, Long.MAX_VALUE, shared);
            } catch (OverlappingFileLockException e) {
                return null;
            }
        }
        int descriptor = POSIX.open(path, shared);
        boolean locked = false;
        try {
            locked = POSIX.lock(descriptor, path, shared);
        } finally {
            if (!locked) {
                POSIX.close(descriptor);
            }
        }
        return locked ? new ExclusiveFile(channel, shared, descriptor) : null;
    }

    @Override
    public boolean isValid() {
        return held.get();
    }

    /** Gives the lock up; a second time does nothing. */
    @Override
    public void release() {
        if (held.compareAndSet(true, false)) {
            POSIX.close(descriptor);
        }
    }

    /** The native calls. */
    private static final class Posix {
        private static final int O_RDONLY_CLOEXEC = 0x80000;
        private static final int O_RDWR_CLOEXEC = 0x80002;
        private static final int F_OFD_SETLK = 37;
        private static final short F_RDLCK = 0;
        private static final short F_WRLCK = 1;
        private static final int EAGAIN = 11;
        private static final int EACCES = 13;
        /** struct flock { short l_type; short l_whence; off_t l_start; off_t l_len; pid_t l_pid; }, where l_pid must be 0; len 0 is to the end. */
        private static final StructLayout FLOCK = MemoryLayout.structLayout(ValueLayout.JAVA_SHORT, ValueLayout.JAVA_SHORT, MemoryLayout.paddingLayout(4),
                ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, MemoryLayout.paddingLayout(4));
        private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
        private static final VarHandle ERRNO = CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
        private final MethodHandle open;
        private final MethodHandle fcntl;
        private final MethodHandle close;

        private Posix(MethodHandle open, MethodHandle fcntl, MethodHandle close) {
            this.open = open;
            this.fcntl = fcntl;
            this.close = close;
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
            ValueLayout.OfInt i = ValueLayout.JAVA_INT;
            var a = ValueLayout.ADDRESS;
            return new Posix(
                    linker.downcallHandle(libc.findOrThrow("open"), FunctionDescriptor.of(i, a, i), errno, Linker.Option.firstVariadicArg(2)),
                    linker.downcallHandle(libc.findOrThrow("fcntl"), FunctionDescriptor.of(i, i, i, a), errno, Linker.Option.firstVariadicArg(2)),
                    linker.downcallHandle(libc.findOrThrow("close"), FunctionDescriptor.of(i, i)));
        }

        // JUSTIFICATION: no Java call takes such a lock. SAFETY of all three: arguments live as long as the call, and the descriptor is this class's own.
        int open(Path path, boolean shared) throws IOException {
            try (Arena call = Arena.ofConfined()) {
                MemorySegment state = call.allocate(CAPTURE);
                int descriptor = (int) open.invokeExact(state, call.allocateFrom(path.toString()), shared ? O_RDONLY_CLOEXEC : O_RDWR_CLOEXEC);
                if (descriptor < 0) {
                    throw new FileSystemException(path.toString(), null, "cannot be opened for locking, errno " + (int) ERRNO.get(state, 0L));
                }
                return descriptor;
            } catch (Throwable t) {
                throw rethrown(t);
            }
        }

        boolean lock(int descriptor, Path path, boolean shared) throws IOException {
            try (Arena call = Arena.ofConfined()) {
                MemorySegment state = call.allocate(CAPTURE);
                MemorySegment flock = call.allocate(FLOCK);
                flock.set(ValueLayout.JAVA_SHORT, 0, shared ? F_RDLCK : F_WRLCK);
                int result = (int) fcntl.invokeExact(state, descriptor, F_OFD_SETLK, flock);
                int errno = (int) ERRNO.get(state, 0L);
                if (result < 0 && errno != EAGAIN && errno != EACCES) {
                    throw new FileSystemException(path.toString(), null, "cannot be locked, errno " + errno);
                }
                return result >= 0;
            } catch (Throwable t) {
                throw rethrown(t);
            }
        }

        void close(int descriptor) {
            try {
                int result = (int) close.invokeExact(descriptor);
                if (result < 0) {
                    throw new IllegalStateException("close of descriptor " + descriptor + " failed");
                }
            } catch (Throwable t) {
                throw new IllegalStateException("closing descriptor " + descriptor, t);
            }
        }

        /** A downcall declares Throwable; only the IOException made above is checked. */
        private static IOException rethrown(Throwable t) {
            return switch (t) {
                case IOException e -> e;
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw new IllegalStateException(t);
            };
        }
    }
}
