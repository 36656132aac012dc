package hv.host;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** How functions of the C library are called: handles that keep errno, on Linux alone since the constants of this bundle are Linux's. */
final class NativeCalls {
    static final boolean IS_LINUX = System.getProperty("os.name").equals("Linux");
    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private NativeCalls() {
    }

    /** A function whose first argument is the segment of {@link #errnoState}; null where the host is not Linux. */
    @SuppressWarnings("restricted")
    static MethodHandle withErrno(String function, FunctionDescriptor shape, Linker.Option... more) {
        if (!IS_LINUX) {
            return null;
        }
        Linker.Option[] options = java.util.Arrays.copyOf(more, more.length + 1);
        options[more.length] = Linker.Option.captureCallState("errno");
        // JUSTIFICATION: no Java call does it. SAFETY: the shape is that of the C library's header.
        return Linker.nativeLinker().downcallHandle(Linker.nativeLinker().defaultLookup().findOrThrow(function), shape, options);
    }

    /** Where a call of one thread leaves errno. */
    static MemorySegment errnoState(Arena arena) {
        return arena.allocate(CAPTURE);
    }

    static int errno(MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    /** A downcall declares Throwable and throws none that is checked. */
    static RuntimeException rethrown(Throwable t) {
        return switch (t) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException(t);
        };
    }
}
