package hv.host;

import hv.api.HvException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * A real-time signal that ends a blocking system call of one thread. It stays blocked in that thread: the call itself (KVM_RUN with
 * KVM_SET_SIGNAL_MASK) lets it in, so that one sent just before the call is not lost, and no handler runs.
 *
 * <p>The default action of the signal ends the process, and a thread that ends while one is pending lets it in, since HotSpot restores the mask that the
 * thread was made with: so the signal is given a handler that does nothing. {@link #send} is the caller's to call only while the thread is alive. One of a
 * thread; platform threads only.
 * <p>Source: signal(7), tgkill(2), timer_create(2) with SIGEV_THREAD_ID.
 */
public final class KickSignal implements AutoCloseable {
    /** SIGRTMIN + 8: the C library keeps the first two or three for itself, the JVM uses none. */
    private static final int SIGNAL = 42;
    private static final long BIT = 1L << SIGNAL - 1;
    /** sigset_t of the C library; the kernel's is the first 8 bytes. */
    private static final int SIGSET_BYTES = 128;
    private static final int SIG_BLOCK = 0;
    private static final int CLOCK_MONOTONIC = 1;
    private static final int SIGEV_THREAD_ID = 4;
    private static final int SIGEVENT_BYTES = 64;
    /** struct sigevent: sigev_signo after the 8 bytes of sigev_value, then sigev_notify, then the thread. */
    private static final int SIGEV_SIGNO = 8;
    private static final int SIGEV_NOTIFY = 12;
    private static final int SIGEV_TID = 16;
    private static final int ITIMERSPEC_BYTES = 32;
    private static final int ITIMERSPEC_VALUE = 16;
    private static final long SECOND = 1_000_000_000L;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final MethodHandle GETTID = NativeCalls.withErrno("gettid", FunctionDescriptor.of(INT));
    private static final MethodHandle TGKILL = NativeCalls.withErrno("tgkill", FunctionDescriptor.of(INT, INT, INT, INT));
    private static final MethodHandle SIGMASK = NativeCalls.withErrno("pthread_sigmask", FunctionDescriptor.of(INT, INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    private static final MethodHandle SIGTIMEDWAIT = NativeCalls.withErrno("sigtimedwait",
            FunctionDescriptor.of(INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    private static final MethodHandle TIMER_CREATE = NativeCalls.withErrno("timer_create", FunctionDescriptor.of(INT, INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    private static final MethodHandle TIMER_SETTIME = NativeCalls.withErrno("timer_settime",
            FunctionDescriptor.of(INT, LONG, INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    private static final MethodHandle TIMER_DELETE = NativeCalls.withErrno("timer_delete", FunctionDescriptor.of(INT, LONG));

    static {
        if (NativeCalls.IS_LINUX) {
            handle();
        }
    }

    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = NativeCalls.errnoState(arena);
    private final MemorySegment set = arena.allocate(SIGSET_BYTES, Long.BYTES);
    private final MemorySegment zeroTime = arena.allocate(2 * Long.BYTES, Long.BYTES);
    private final MemorySegment time = arena.allocate(ITIMERSPEC_BYTES, Long.BYTES);
    private final int process;
    private final int thread;
    private final long maskInCall;
    private final long timer;

    private KickSignal() throws HvException {
        process = Math.toIntExact(ProcessHandle.current().pid());
        set.set(LONG, 0, BIT);
        try {
            thread = (int) GETTID.invokeExact(state);
            MemorySegment before = arena.allocate(SIGSET_BYTES, Long.BYTES);
            // SAFETY: both sets are as long as the C library's; blocking one real-time signal changes nothing that the JVM relies on.
            int result = (int) SIGMASK.invokeExact(state, SIG_BLOCK, set, before);
            if (result != 0) {
                throw new HvException("signal " + SIGNAL + " cannot be blocked, errno " + result);
            }
            maskInCall = before.get(LONG, 0) & ~BIT;
            MemorySegment event = arena.allocate(SIGEVENT_BYTES, Long.BYTES);
            event.set(INT, SIGEV_SIGNO, SIGNAL);
            event.set(INT, SIGEV_NOTIFY, SIGEV_THREAD_ID);
            event.set(INT, SIGEV_TID, thread);
            MemorySegment made = arena.allocate(LONG);
            // SAFETY: the structures are as long as the C library's; the signal goes to this thread, which blocks it.
            result = (int) TIMER_CREATE.invokeExact(state, CLOCK_MONOTONIC, event, made);
            if (result != 0) {
                throw new HvException("the host has no timer for a vCPU's time slices, errno " + NativeCalls.errno(state) + ": raise its limit of pending signals (ulimit -i)");
            }
            timer = made.get(LONG, 0);
        } catch (HvException e) {
            arena.close();
            throw e;
        } catch (Throwable t) {
            arena.close();
            throw NativeCalls.rethrown(t);
        }
    }

    /** Once: a handler that may run anywhere and does nothing. The C library's abs is one: it reads its argument and touches no memory. */
    private static void handle() {
        MethodHandle signal = NativeCalls.withErrno("signal", FunctionDescriptor.of(ValueLayout.ADDRESS, INT, ValueLayout.ADDRESS));
        try (Arena call = Arena.ofConfined()) {
            // JUSTIFICATION: a Java upcall cannot run in a signal handler. SAFETY: void handler(int) and int abs(int) are called alike, and the C library stays loaded.
            MemorySegment before = (MemorySegment) signal.invokeExact(NativeCalls.errnoState(call), SIGNAL, Linker.nativeLinker().defaultLookup().findOrThrow("abs"));
            if (before.address() == -1L) {
                throw new IllegalStateException("signal " + SIGNAL + " cannot be given a handler");
            }
        } catch (Throwable t) {
            throw NativeCalls.rethrown(t);
        }
    }

    /** Of the calling thread, which must be a platform thread: the signal is blocked in it from now on. @throws HvException the host has no timer for it */
    public static KickSignal ofThisThread() throws HvException {
        if (!NativeCalls.IS_LINUX || Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("kicks are for platform threads on Linux");
        }
        return new KickSignal();
    }

    /**
     * Does once, on a thread of its own, what each vCPU's thread will do: a native call is linked when it is first made, and that can take seconds on
     * a slow host, which a vCPU's first turn has not.
     */
    public static void rehearse() throws HvException {
        Rehearsal.perform();
    }

    private static final class Rehearsal {
        private static boolean done;

        static synchronized void perform() throws HvException {
            if (done) {
                return;
            }
            HvException[] failure = new HvException[1];
            Thread thread = Thread.ofPlatform().name("hv-kick-rehearsal").daemon().start(() -> {
                try (KickSignal signal = ofThisThread()) {
                    signal.send();
                    signal.arm(1);
                    signal.consume();
                } catch (HvException e) {
                    failure[0] = e;
                }
            });
            boolean interrupted = false;
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            if (failure[0] != null) {
                throw failure[0];
            }
            done = true;
        }
    }

    /** The thread's signal mask (bit n = signal n + 1) with the signal let in: for the time of the call that is to be ended. */
    public long maskInCall() {
        return maskInCall;
    }

    /** Ends the call that is under way, or the next. Any thread; while the thread is alive. */
    public void send() {
        try (Arena call = Arena.ofConfined()) {
            // SAFETY: the thread is alive, by the caller's word, and blocks the signal.
            int result = (int) TGKILL.invokeExact(NativeCalls.errnoState(call), process, thread, SIGNAL);
            if (result != 0) {
                throw new IllegalStateException("tgkill of a thread of ours failed");
            }
        } catch (Throwable t) {
            throw NativeCalls.rethrown(t);
        }
    }

    /** Takes the signal if it is pending. This thread only. */
    public void consume() {
        try {
            // SAFETY: set and time live as long as this object; no wait, by a time of zero.
            int taken = (int) SIGTIMEDWAIT.invokeExact(state, set, MemorySegment.NULL, zeroTime);
            assert taken == SIGNAL || taken == -1;
        } catch (Throwable t) {
            throw NativeCalls.rethrown(t);
        }
    }

    /** The signal comes by itself after that time, once; instead of when it was to come before. This thread only. @param nanos at least 1 */
    public void arm(long nanos) {
        time.set(LONG, ITIMERSPEC_VALUE, nanos / SECOND);
        time.set(LONG, ITIMERSPEC_VALUE + Long.BYTES, nanos % SECOND);
        try {
            // SAFETY: the timer is this object's own, the time as long as the C library's structure.
            int result = (int) TIMER_SETTIME.invokeExact(state, timer, 0, time, MemorySegment.NULL);
            if (result != 0) {
                throw new IllegalStateException("timer_settime failed, errno " + NativeCalls.errno(state));
            }
        } catch (Throwable t) {
            throw NativeCalls.rethrown(t);
        }
    }

    /** No other call is under way, and none comes. */
    @Override
    public void close() {
        try {
            // SAFETY: made by this object, and deleted once: the arena closes only once.
            int result = (int) TIMER_DELETE.invokeExact(state, timer);
            if (result != 0) {
                throw new IllegalStateException("timer_delete failed, errno " + NativeCalls.errno(state));
            }
        } catch (Throwable t) {
            throw NativeCalls.rethrown(t);
        } finally {
            arena.close();
        }
    }
}
