package hv.machine.internal;

import hv.api.time.MachineClock;
import hv.api.time.Timer;
import java.util.ArrayList;
import java.util.List;

/**
 * A machine's clock: the host's monotonic clock less the time it stood. Its timers fire only while it runs; those that were armed before a stop
 * are armed again at the start. Any thread.
 */
final class PausableClock implements MachineClock {
    /** What lies further ahead (36 years) never comes. */
    private static final long FAR_NANOS = 1L << 60;

    private final TimerThread host;
    /** Guest time = host time + offset while running. */
    private volatile long offsetNanos;
    private volatile boolean running;
    /** The machine runs, as far as its life goes; a debugger may hold its clock. */
    private boolean started;
    private boolean held;
    private volatile long stoodAtNanos;
    private final List<GuestTimer> timers = new ArrayList<>();

    PausableClock(TimerThread host) {
        this.host = host;
    }

    @Override
    public long nowNanos() {
        return running ? System.nanoTime() + offsetNanos : stoodAtNanos;
    }

    @Override
    public long wallNanos() {
        java.time.Instant now = java.time.Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    synchronized void start() {
        started = true;
        follow();
    }

    synchronized void stop() {
        started = false;
        follow();
    }

    /** Lets it stand, or no longer, whatever start and stop say. */
    synchronized void hold(boolean now) {
        held = now;
        follow();
    }

    private void follow() {
        if (started && !held && !running) {
            offsetNanos = stoodAtNanos - System.nanoTime();
            running = true;
            timers.forEach(GuestTimer::rearm);
        } else if (running && (!started || held)) {
            stoodAtNanos = System.nanoTime() + offsetNanos;
            running = false;
            timers.forEach(t -> host.cancel(t.entry));
        }
    }

    /** Stopped only: sets the guest's time, at a restore. */
    synchronized void set(long guestNanos) {
        if (running) {
            throw new IllegalStateException("the clock of a running machine cannot be set");
        }
        stoodAtNanos = guestNanos;
    }

    /** A timer whose action runs on the timer thread: it must only post. */
    synchronized GuestTimer timer(Runnable action) {
        GuestTimer t = new GuestTimer(action);
        timers.add(t);
        return t;
    }

    /** One timer. */
    final class GuestTimer implements Timer {
        private final TimerThread.Entry entry;
        private long deadlineNanos = Long.MAX_VALUE;

        private final Runnable action;

        GuestTimer(Runnable action) {
            this.action = action;
            this.entry = new TimerThread.Entry(this::fire);
        }

        /** Once for each arming: a clock that starts again does not fire what has fired before. */
        private void fire() {
            synchronized (PausableClock.this) {
                if (!running || nowNanos() < deadlineNanos) {
                    return;
                }
                deadlineNanos = Long.MAX_VALUE;
            }
            action.run();
        }

        @Override
        public void arm(long guestDeadlineNanos) {
            synchronized (PausableClock.this) {
                deadlineNanos = guestDeadlineNanos;
                rearm();
            }
        }

        private void rearm() {
            if (!running) {
                return;
            }
            long wait = deadlineNanos - nowNanos();
            if (wait > FAR_NANOS) {
                host.cancel(entry);
            } else {
                host.arm(entry, System.nanoTime() + Math.max(0, wait));
            }
        }

        @Override
        public void cancel() {
            arm(Long.MAX_VALUE);
        }

        /** It is gone for good. */
        void discard() {
            synchronized (PausableClock.this) {
                host.cancel(entry);
                timers.remove(this);
            }
        }
    }
}
