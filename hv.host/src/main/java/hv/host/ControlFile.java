package hv.host;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A file that is driven by ioctl(2): /dev/kvm, and what it makes. Any thread, {@link #close} and {@link Request} excepted.
 * <pre>
 * request   long            number of the request, as in the kernel's headers
 * argument  long | segment  as the request says; a segment must be as long as the kernel reads and writes
 * result    int             0 or more, or -errno
 * </pre>
 */
public final class ControlFile implements AutoCloseable {
    public static final int EINTR = 4;
    private static final int ENOENT = 2;
    private static final int EACCES = 13;
    private static final int EPERM = 1;
    private static final int O_RDWR_CLOEXEC = 0x80002;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;
    private static final MethodHandle OPEN = NativeCalls.withErrno("open", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE = NativeCalls.withErrno("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle IOCTL = NativeCalls.withErrno("ioctl",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle IOCTL_POINTER = NativeCalls.withErrno("ioctl",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle MMAP = NativeCalls.withErrno("mmap", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
    private static final MethodHandle MUNMAP = NativeCalls.withErrno("munmap", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));

    private final int descriptor;
    private final AtomicBoolean open = new AtomicBoolean(true);

    private ControlFile(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Opens for reading and writing.
     *
     * @throws NoSuchFileException   it is not there, or this host is not Linux
     * @throws AccessDeniedException not permitted
     * @throws IOException           anything else, with errno
     */
    public static ControlFile open(Path path) throws IOException {
        if (!NativeCalls.IS_LINUX) {
            throw new NoSuchFileException(path.toString());
        }
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = NativeCalls.errnoState(call);
            // SAFETY: path and state live as long as the call.
            int descriptor = (int) OPEN.invokeExact(state, call.allocateFrom(path.toString()), O_RDWR_CLOEXEC);
            if (descriptor >= 0) {
                return new ControlFile(descriptor);
            }
            int errno = NativeCalls.errno(state);
            throw switch (errno) {
                case ENOENT -> new NoSuchFileException(path.toString());
                case EACCES, EPERM -> new AccessDeniedException(path.toString());
                default -> new FileSystemException(path.toString(), null, "cannot be opened, errno " + errno);
            };
        } catch (IOException e) {
            throw e;
        } catch (Throwable t) {
            throw NativeCalls.rethrown(t);
        }
    }

    /** A descriptor that a request of this file returned, and that nobody else holds. */
    public ControlFile made(int fresh) {
        return new ControlFile(fresh);
    }

    public int ioctl(long request, long argument) {
        requireOpen();
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = NativeCalls.errnoState(call);
            // SAFETY: the argument is a number to the request, or an address that the caller vouches for.
            int result = (int) IOCTL.invokeExact(state, descriptor, request, argument);
            return result < 0 ? -NativeCalls.errno(state) : result;
        } catch (Throwable t) {
            throw NativeCalls.rethrown(t);
        }
    }

    public int ioctl(long request, MemorySegment argument) {
        requireOpen();
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = NativeCalls.errnoState(call);
            // SAFETY: the argument lives as long as the call, and is as long as the request's structure: the caller's to know.
            int result = (int) IOCTL_POINTER.invokeExact(state, descriptor, request, argument);
            return result < 0 ? -NativeCalls.errno(state) : result;
        } catch (Throwable t) {
            throw NativeCalls.rethrown(t);
        }
    }

    private void requireOpen() {
        if (!open.get()) {
            throw new IllegalStateException("a control file was used after its close");
        }
    }

    /** One request without an argument, made often: allocates nothing. One thread at a time. */
    public Request request(long number, Arena arena) {
        return new Request(number, NativeCalls.errnoState(arena));
    }

    /** Maps its first bytes, shared, until the arena is closed. @throws IOException refused, with errno */
    @SuppressWarnings("restricted")
    public MemorySegment map(long lenBytes, Arena arena) throws IOException {
        requireOpen();
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = NativeCalls.errnoState(call);
            // SAFETY: a fresh mapping at an address of the kernel's choice touches no existing memory.
            MemorySegment at = (MemorySegment) MMAP.invokeExact(state, MemorySegment.NULL, lenBytes, PROT_READ_WRITE, MAP_SHARED, descriptor, 0L);
            if (at.address() == -1L) {
                throw new IOException("mmap of " + lenBytes + " bytes, errno " + NativeCalls.errno(state));
            }
            // JUSTIFICATION: what the kernel shares by mmap is reached no other way. SAFETY: exactly the mapping made above; unmapped by the arena, once.
            return at.reinterpret(lenBytes, arena, s -> unmap(s, lenBytes));
        } catch (IOException e) {
            throw e;
        } catch (Throwable t) {
            throw NativeCalls.rethrown(t);
        }
    }

    private static void unmap(MemorySegment at, long lenBytes) {
        try (Arena call = Arena.ofConfined()) {
            // SAFETY: called once, by the arena's close, after which no access passes the liveness check.
            int result = (int) MUNMAP.invokeExact(NativeCalls.errnoState(call), at, lenBytes);
            if (result != 0) {
                throw new IllegalStateException("munmap of a mapping of ours failed");
            }
        } catch (Throwable t) {
            throw NativeCalls.rethrown(t);
        }
    }

    /** No request is under way. A second time does nothing. */
    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            try (Arena call = Arena.ofConfined()) {
                // SAFETY: the descriptor is this object's own, and not used from here on.
                int result = (int) CLOSE.invokeExact(NativeCalls.errnoState(call), descriptor);
                if (result != 0) {
                    throw new IllegalStateException("close of a descriptor of ours failed");
                }
            } catch (Throwable t) {
                throw NativeCalls.rethrown(t);
            }
        }
    }

    /** See {@link #request}. */
    public final class Request {
        private final long number;
        private final MemorySegment state;

        private Request(long number, MemorySegment state) {
            this.number = number;
            this.state = state;
        }

        /** @return as {@link ControlFile#ioctl}; may block as long as the request does, without holding up the garbage collector */
        public int make() {
            requireOpen();
            try {
                // SAFETY: no argument; the state is this request's own.
                int result = (int) IOCTL.invokeExact(state, descriptor, number, 0L);
                return result < 0 ? -NativeCalls.errno(state) : result;
            } catch (Throwable t) {
                throw NativeCalls.rethrown(t);
            }
        }
    }
}
