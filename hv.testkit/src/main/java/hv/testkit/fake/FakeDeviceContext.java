package hv.testkit.fake;

import hv.api.device.DeviceContext;
import hv.api.device.Entropy;
import hv.api.device.IoContext;
import hv.api.device.MsiSink;
import hv.api.time.MachineClock;
import hv.api.time.Timer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A host on one thread. Posted tasks wait for {@link #runPosted}, time stands until {@link #advance}, entropy is seeded.
 * Posting is safe from any thread, so that backends with threads of their own can be tested too.
 */
public final class FakeDeviceContext implements DeviceContext {
    /** 2026-01-01T00:00Z, where {@link MachineClock#wallNanos} starts. */
    public static final long WALL_START_NANOS = 1_767_225_600_000_000_000L;

    private final FakeLine line = new FakeLine();
    private final Map<List<Integer>, FakeLine> vcpuLines = new HashMap<>();
    private final Map<String, FakeChannel> channels = new HashMap<>();
    private final List<Message> sent = new ArrayList<>();
    private final ArrayDeque<Runnable> posted = new ArrayDeque<>();
    private final List<FakeTimer> timers = new ArrayList<>();
    private final Random random = new Random(42);
    private final FakeGuestMemory memory;
    private final FakeGuest guest;
    private final FakePciBus pciBus = new FakePciBus();
    private boolean takesMessages = true;
    private long nowNanos;

    /** 16 MiB of RAM at 0x80000000, one vCPU. */
    public FakeDeviceContext() {
        this(new FakeGuestMemory(0x8000_0000L, 16 << 20), 1);
    }

    public FakeDeviceContext(FakeGuestMemory memory, int vcpus) {
        this.memory = memory;
        this.guest = new FakeGuest(this, vcpus);
    }

    @Override
    public FakeLine line() {
        return line;
    }

    @Override
    public FakeLine vcpuLine(int vcpu, int number) {
        return vcpuLines.computeIfAbsent(List.of(vcpu, number), k -> new FakeLine());
    }

    /** What was sent and not yet taken by {@link #takeMessages}. */
    @Override
    public MsiSink messages() {
        return !takesMessages ? null : (gpa, data) -> {
            synchronized (sent) {
                sent.add(new Message(gpa, data));
            }
        };
    }

    /** A machine without a target of messages. */
    public FakeDeviceContext withoutMessages() {
        takesMessages = false;
        return this;
    }

    /** A message-signalled interrupt that a device sent. */
    public record Message(long gpa, int data) {
    }

    /** Messages since the last call, in order. */
    public List<Message> takeMessages() {
        synchronized (sent) {
            List<Message> taken = List.copyOf(sent);
            sent.clear();
            return taken;
        }
    }

    @Override
    public FakePciBus pciBus() {
        return pciBus;
    }

    @Override
    public IoContext io() {
        return task -> {
            synchronized (posted) {
                posted.add(task);
                posted.notifyAll();
            }
        };
    }

    /** Runs what is posted, and what that posts, until nothing is left; returns how many tasks ran. */
    public int runPosted() {
        int n = 0;
        while (runNext()) {
            n++;
        }
        return n;
    }

    /** Runs the task that was posted first; false if there is none. */
    public boolean runNext() {
        Runnable task;
        synchronized (posted) {
            task = posted.poll();
        }
        if (task == null) {
            return false;
        }
        task.run();
        return true;
    }

    /** Waits at most a minute until a task is posted (by another thread), then runs all. */
    public int awaitPosted() throws InterruptedException {
        synchronized (posted) {
            long end = System.nanoTime() + 60_000_000_000L;
            while (posted.isEmpty()) {
                long leftMillis = (end - System.nanoTime()) / 1_000_000;
                if (leftMillis <= 0) {
                    throw new AssertionError("nothing was posted within a minute");
                }
                posted.wait(leftMillis);
            }
        }
        return runPosted();
    }

    /** Tasks that wait. */
    public int postedTasks() {
        synchronized (posted) {
            return posted.size();
        }
    }

    /** Lets guest time and wall time pass; timers that come due are posted, in the order of their deadlines. */
    public void advance(long nanos) {
        nowNanos += nanos;
        timers.stream().filter(t -> t.armed && t.deadlineNanos <= nowNanos).sorted((a, b) -> Long.compare(a.deadlineNanos, b.deadlineNanos))
                .forEach(FakeTimer::fire);
    }

    /** Timers that are armed. */
    public int armedTimers() {
        return (int) timers.stream().filter(t -> t.armed).count();
    }

    @Override
    public FakeGuestMemory memory() {
        return memory;
    }

    @Override
    public MachineClock clock() {
        return new MachineClock() {
            @Override
            public long nowNanos() {
                return nowNanos;
            }

            @Override
            public long wallNanos() {
                return WALL_START_NANOS + nowNanos;
            }
        };
    }

    @Override
    public Timer timer(Runnable action) {
        FakeTimer t = new FakeTimer(action);
        timers.add(t);
        return t;
    }

    @Override
    public Entropy entropy() {
        return random::nextBytes;
    }

    @Override
    public FakeChannel channel(String name) {
        return channels.computeIfAbsent(name, k -> new FakeChannel(io()));
    }

    @Override
    public FakeGuest guest() {
        return guest;
    }

    private final class FakeTimer implements Timer {
        private final Runnable action;
        private long deadlineNanos;
        private boolean armed;
        private int generation;

        FakeTimer(Runnable action) {
            this.action = action;
        }

        @Override
        public void arm(long atNanos) {
            generation++;
            deadlineNanos = atNanos;
            armed = true;
            if (atNanos <= nowNanos) {
                fire();
            }
        }

        void fire() {
            armed = false;
            int mine = generation;
            io().post(() -> {
                if (mine == generation) {
                    action.run();
                }
            });
        }

        @Override
        public void cancel() {
            generation++;
            armed = false;
        }
    }
}
