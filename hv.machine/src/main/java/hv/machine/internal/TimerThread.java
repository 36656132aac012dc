package hv.machine.internal;

import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * One thread that fires timers at host times. Arming allocates nothing: a binary heap of preallocated entries, each knowing its place.
 * Actions run on the timer thread and must be short and never call a plugin.
 */
final class TimerThread implements AutoCloseable {
    private static final int NOT_QUEUED = -1;

    /** A timer of the host. */
    static final class Entry {
        private final Runnable action;
        private long atNanos;
        private int index = NOT_QUEUED;

        Entry(Runnable action) {
            this.action = action;
        }
    }

    private final Thread thread = Thread.ofPlatform().name("hv-timers").daemon().unstarted(this::loop);
    private Entry[] heap = new Entry[64];
    private int size;
    private boolean closed;

    TimerThread() {
        thread.start();
    }

    /** (Re)arms; {@code atNanos} on the scale of {@link System#nanoTime()}. Any thread. */
    void arm(Entry e, long atNanos) {
        boolean earliest;
        synchronized (this) {
            if (closed) {
                return;
            }
            if (e.index != NOT_QUEUED) {
                removeAt(e.index);
            }
            e.atNanos = atNanos;
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, 2 * size);
            }
            heap[size] = e;
            e.index = size++;
            up(e.index);
            earliest = heap[0] == e;
        }
        if (earliest) {
            LockSupport.unpark(thread);
        }
    }

    synchronized void cancel(Entry e) {
        if (e.index != NOT_QUEUED) {
            removeAt(e.index);
        }
    }

    private void loop() {
        for (;;) {
            Entry due = null;
            long wait;
            synchronized (this) {
                if (closed) {
                    return;
                }
                wait = size == 0 ? Long.MAX_VALUE : heap[0].atNanos - System.nanoTime();
                if (wait <= 0) {
                    due = heap[0];
                    removeAt(0);
                }
            }
            if (due != null) {
                due.action.run();
            } else if (wait == Long.MAX_VALUE) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, wait);
            }
        }
    }

    private void removeAt(int i) {
        heap[i].index = NOT_QUEUED;
        Entry last = heap[--size];
        heap[size] = null;
        if (i < size) {
            heap[i] = last;
            last.index = i;
            up(i);
            down(last.index);
        }
    }

    private void up(int i) {
        while (i > 0 && heap[i].atNanos - heap[(i - 1) / 2].atNanos < 0) {
            swap(i, (i - 1) / 2);
            i = (i - 1) / 2;
        }
    }

    private void down(int i) {
        for (;;) {
            int least = i;
            for (int c = 2 * i + 1; c <= 2 * i + 2 && c < size; c++) {
                if (heap[c].atNanos - heap[least].atNanos < 0) {
                    least = c;
                }
            }
            if (least == i) {
                return;
            }
            swap(i, least);
            i = least;
        }
    }

    private void swap(int i, int j) {
        Entry t = heap[i];
        heap[i] = heap[j];
        heap[j] = t;
        heap[i].index = i;
        heap[j].index = j;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        LockSupport.unpark(thread);
    }
}
