package hv.bench.internal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The process of an engine. A thread of its own reads what it prints and stamps it on arrival; one other thread uses the rest.
 *
 * <p>A process of ours speaks {@link Wire}; of another engine each line is the console's.
 */
final class EngineProcess implements AutoCloseable {
    private static final Set<Process> LIVING = ConcurrentHashMap.newKeySet();
    private static final int KEPT_LINES = 4;
    private static final long GRACE_SECONDS = 5;

    static {
        // Whatever ends this process: no emulator stays behind.
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("hv-bench-stop").unstarted(() -> LIVING.forEach(Process::destroyForcibly)));
    }

    private final String label;
    private final Process process;
    private final boolean speaksEvents;
    private final long startNanos = System.nanoTime();
    private final ProcessUse use;
    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final ArrayDeque<String> lastLines = new ArrayDeque<>();

    EngineProcess(String label, Process process, boolean speaksEvents) {
        this.label = label;
        this.process = process;
        this.speaksEvents = speaksEvents;
        this.use = new ProcessUse(process.pid());
        LIVING.add(process);
        Thread.ofPlatform().name("hv-bench-read").daemon().start(this::read);
    }

    private void read() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                Event e = speaksEvents ? Wire.parse(line, this::stamp) : new Event.Line(Engine.FIRST, line, stamp(line));
                remember(e instanceof Event.Line l ? l.text() : e == null ? line : "");
                if (e != null) {
                    events.add(e);
                }
            }
        } catch (IOException e) {
            // The process was ended while we read: what follows says so.
            remember(e.getMessage());
        }
        events.add(new Event.Ended());
    }

    private Stamp stamp(String line) {
        long wall = System.nanoTime();
        try {
            return new Stamp(wall, GuestLog.isMarker(line) ? use.cpuNanos() : -1);
        } catch (BenchException e) {
            remember(e.getMessage());
            return new Stamp(wall, -1);
        }
    }

    private void remember(String line) {
        String text = GuestLog.plain(line);
        if (!text.isBlank()) {
            synchronized (lastLines) {
                lastLines.add(text);
                if (lastLines.size() > KEPT_LINES) {
                    lastLines.remove();
                }
            }
        }
    }

    /** The last lines it printed, for an error. */
    String lastWords() {
        synchronized (lastLines) {
            return lastLines.isEmpty() ? "it printed nothing" : "its last lines: " + String.join(" | ", lastLines);
        }
    }

    /** The next event. @throws BenchException none came until then */
    Event next(long deadlineNanos) throws BenchException, InterruptedException {
        Event e = events.poll(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        if (e == null) {
            throw new BenchException(label + " did not come to the awaited line in time (--timeout gives more); " + lastWords());
        }
        return e;
    }

    /** Waits for a console line of a machine that contains a text. */
    Stamp await(String machine, String text, long deadlineNanos) throws BenchException, InterruptedException {
        for (;;) {
            switch (next(deadlineNanos)) {
                case Event.Line l when l.machine().equals(machine) && GuestLog.plain(l.text()).contains(text) -> {
                    return l.at();
                }
                case Event.Ended _ -> throw new BenchException(label + " ended before its guest printed \"" + text + "\"; " + lastWords());
                case Event.Line _, Event.Counted _, Event.Allocated _, Event.Recorded _ -> { }
            }
        }
    }

    /** Waits for the next counters of a machine. */
    Counters awaitCounters(String machine, long deadlineNanos) throws BenchException, InterruptedException {
        for (;;) {
            switch (next(deadlineNanos)) {
                case Event.Counted c when c.machine().equals(machine) -> {
                    return c.counters();
                }
                case Event.Ended _ -> throw new BenchException(label + " ended before it told its counters; " + lastWords());
                case Event.Line _, Event.Counted _, Event.Allocated _, Event.Recorded _ -> { }
            }
        }
    }

    /** Sends a command to a process of ours, or types at the console of another engine. */
    void send(String line) throws BenchException {
        try {
            OutputStream out = process.getOutputStream();
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new BenchException(label + " takes no input any more; " + lastWords(), e);
        }
    }

    /** Types a line at the console of a machine. */
    void type(String machine, String line) throws BenchException {
        send(speaksEvents ? Wire.type(machine, line) : line);
    }

    /** When the process was started, by {@link System#nanoTime}. */
    long startNanos() {
        return startNanos;
    }

    ProcessUse use() {
        return use;
    }

    static long deadline(Duration atMost) {
        return System.nanoTime() + atMost.toNanos();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        LIVING.remove(process);
    }
}
