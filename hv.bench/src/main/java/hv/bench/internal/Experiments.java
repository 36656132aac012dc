package hv.bench.internal;

import hv.images.GuestImage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What is done with engines to get figures. Each engine's run is a fresh process; engines take turns, and another begins each round. One thread. */
final class Experiments {
    static final int SUITE_MIB = 512;
    static final int DENSITY_MIB = 256;
    static final int MACHINES = 10;
    /** Least work of the programs whose allocations are watched: a second or more. */
    private static final int WATCHED_SCALE = 50;
    private static final Duration SETTLE = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofSeconds(20);
    /** Typed at the shell, whose answer differs from the echo of what is typed. */
    private static final String QUESTION = "echo @hv-$((40+2))";
    private static final String ANSWER = "@hv-42";
    private static final String SHELL = "built-in shell";

    /**
     * From the process's start to the shell's first answer.
     *
     * @param secondsByThread CPU seconds by name of thread, most first
     * @param instructions    guest instructions; 0 where the engine does not tell
     */
    record Boot(double cpuSeconds, double wallSeconds, Map<String, Double> secondsByThread, long instructions) {
    }

    /**
     * @param sizes        with 1, 2 and 3 machines
     * @param idlePercent  of one host CPU, by number of machines
     */
    record Density(List<Size> sizes, Map<Integer, Double> idlePercent) {
    }

    /** A process's memory: resident in all, guests' RAM of that, and what the Java virtual machine says it has committed. */
    record Size(long residentBytes, long touchedBytes, long heapBytes, long nonHeapBytes) {
        long beyondBytes() {
            return residentBytes - touchedBytes;
        }
    }

    /**
     * What the vCPU threads allocated in the second half of a program's timed part.
     *
     * @param windowBytes  in each tenth of a second, by the threads' own accounts: what runs for every instruction, exit or tick shows in all of
     *                     them, the decoding of code that runs for the first time in a few
     * @param sites        bytes and places, as the flight recorder saw them; it sees new allocation buffers, not single objects
     */
    record Allocation(Program program, double seconds, long instructions, List<Long> windowBytes, List<String> sites) {
        long bytes() {
            return windowBytes.stream().mapToLong(Long::longValue).sum();
        }

        double medianBytes() {
            return Statistics.median(windowBytes.stream().map(Long::doubleValue).toList());
        }
    }

    /** Host seconds of the guest's {@code sleep 10}, and the drift of its clock. */
    record Clock(double sleptSeconds, double driftPpm) {
    }

    private final Settings settings;

    Experiments(Settings settings) {
        this.settings = settings;
    }

    /** Boots the Debian guest of the catalog to its shell. By engine label. */
    Map<String, List<Boot>> boot(List<Engine> engines, GuestImage debian) throws BenchException, InterruptedException {
        Map<String, List<Boot>> results = new LinkedHashMap<>();
        Guest guest = debian(debian, SUITE_MIB);
        for (int run = 0; run < settings.runs(); run++) {
            for (Engine engine : inTurn(engines, run)) {
                settings.progress().accept(String.format(Locale.ROOT, "boot to the shell on %s, run %d of %d", engine.label(), run + 1, settings.runs()));
                try (EngineProcess process = engine.launch(guest)) {
                    long deadline = EngineProcess.deadline(settings.timeout());
                    Stamp shell = shell(process, Engine.FIRST, deadline);
                    Map<String, Double> threads = process.use().secondsByThread();
                    results.computeIfAbsent(engine.label(), _ -> new ArrayList<>()).add(new Boot(shell.cpuNanos() / 1e9,
                            (shell.wallNanos() - process.startNanos()) / 1e9, threads, instructions(engine, process, deadline)));
                }
            }
        }
        return results;
    }

    private static long instructions(Engine engine, EngineProcess process, long deadline) throws BenchException, InterruptedException {
        return switch (engine) {
            case Engine.Hv _ -> {
                process.send(Wire.count(Engine.FIRST));
                yield process.awaitCounters(Engine.FIRST, deadline).instructions();
            }
            case Engine.Qemu _ -> 0;
        };
    }

    private static Guest debian(GuestImage debian, int memoryMib) {
        return new Guest(debian.kernel(), debian.initrd(), debian.defaultCommandLine(), memoryMib, 1);
    }

    private static Stamp shell(EngineProcess process, String machine, long deadlineNanos) throws BenchException, InterruptedException {
        process.await(machine, SHELL, deadlineNanos);
        process.type(machine, QUESTION);
        return process.await(machine, ANSWER, deadlineNanos);
    }

    private static List<Engine> inTurn(List<Engine> engines, int run) {
        List<Engine> turn = new ArrayList<>(engines);
        java.util.Collections.rotate(turn, run);
        return turn;
    }

    /** Runs programs of guest-bench. By engine label. */
    Map<String, List<GuestLog>> suite(List<Engine> engines, Path kernel, Path initrd, List<Program> programs) throws BenchException, InterruptedException {
        Map<String, List<GuestLog>> results = new LinkedHashMap<>();
        engines.forEach(e -> results.put(e.label(), new ArrayList<>()));
        for (int run = 0; run < settings.runs(); run++) {
            for (Engine engine : inTurn(engines, run)) {
                settings.progress().accept(String.format(Locale.ROOT, "guest-bench on %s, run %d of %d", engine.label(), run + 1, settings.runs()));
                try (EngineProcess process = engine.launch(suiteGuest(kernel, initrd, settings.scale(), names(programs)))) {
                    results.get(engine.label()).add(follow(process, new GuestLog()));
                }
            }
        }
        return results;
    }

    private static Guest suiteGuest(Path kernel, Path initrd, int scale, String list) {
        return new Guest(kernel, initrd, "console=ttyS0 quiet bscale=" + scale + " blist=" + list, SUITE_MIB, 1);
    }

    private static String names(List<Program> programs) {
        return String.join(",", programs.stream().map(Program::name).toList());
    }

    /** Reads to the end of guest-bench. */
    private GuestLog follow(EngineProcess process, GuestLog log) throws BenchException, InterruptedException {
        long deadline = EngineProcess.deadline(settings.timeout());
        while (!log.isDone()) {
            switch (process.next(deadline)) {
                case Event.Line line -> log.line(line.text(), line.at());
                case Event.Counted counted -> log.counters(counted.counters());
                case Event.Allocated _, Event.Recorded _ -> { }
                case Event.Ended _ -> throw new BenchException("the guest ended before it was through guest-bench; " + process.lastWords());
            }
        }
        return log;
    }

    /** Sleeps and reads the clock in the guest. */
    Clock clock(Engine engine, Path kernel, Path initrd) throws BenchException, InterruptedException {
        settings.progress().accept("clock of the guest on " + engine.label() + ", 40 s");
        try (EngineProcess process = engine.launch(suiteGuest(kernel, initrd, settings.scale(), "clock"))) {
            GuestLog log = follow(process, new GuestLog());
            if (log.tenSecondsOfSleep().isEmpty() || log.ticks().size() < 30) {
                throw new BenchException("the guest's clock could not be read on " + engine.label() + "; " + process.lastWords());
            }
            return new Clock(log.tenSecondsOfSleep().get(), Statistics.driftPpm(log.ticks()));
        }
    }

    /** Watches the vCPU threads while these programs run. */
    List<Allocation> allocations(Path kernel, Path initrd, List<Program> programs) throws BenchException, InterruptedException {
        settings.progress().accept("allocations of the vCPU threads, with the flight recorder");
        int scale = Math.max(settings.scale(), WATCHED_SCALE);
        GuestLog log = new GuestLog();
        List<Event.Allocated> seen = new ArrayList<>();
        try (EngineProcess process = new Engine.Hv(true).launch(suiteGuest(kernel, initrd, scale, names(programs)))) {
            long deadline = EngineProcess.deadline(settings.timeout());
            for (boolean recorded = false; !recorded || !log.isDone();) {
                switch (process.next(deadline)) {
                    case Event.Line line -> log.line(line.text(), line.at());
                    case Event.Counted counted -> log.counters(counted.counters());
                    case Event.Allocated a -> seen.add(a);
                    case Event.Recorded _ -> recorded = true;
                    case Event.Ended _ -> throw new BenchException("the guest ended before all allocations were told; " + process.lastWords());
                }
            }
        }
        List<Allocation> results = new ArrayList<>();
        for (Program p : programs) {
            Section section = log.sections().get(p);
            if (section == null || section.counters().size() < 4) {
                throw new BenchException(p.name() + " ran too short to watch its allocations: use a --bscale greater than " + scale);
            }
            List<Counters> samples = section.counters();
            Counters from = samples.get(samples.size() / 2);
            Counters to = samples.getLast();
            Map<String, Long> sites = new LinkedHashMap<>();
            seen.stream().filter(a -> a.epochNanos() >= from.epochNanos() && a.epochNanos() < to.epochNanos())
                    .forEach(a -> sites.merge(a.site(), a.bytes(), Long::sum));
            List<Long> windows = new ArrayList<>();
            for (int i = samples.size() / 2 + 1; i < samples.size(); i++) {
                windows.add(samples.get(i).allocatedBytes() - samples.get(i - 1).allocatedBytes());
            }
            results.add(new Allocation(p, (to.epochNanos() - from.epochNanos()) / 1e9, to.instructions() - from.instructions(), windows, sites.entrySet().stream().sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                            .limit(5).map(s -> s.getValue() + " bytes: " + s.getKey()).toList()));
        }
        return results;
    }

    /**
     * Up to {@link #MACHINES} Debian guests in one process.
     *
     * @param memory whether resident sizes are wanted
     * @param idle   whether the cost of idleness is wanted
     */
    Density density(GuestImage debian, boolean memory, boolean idle) throws BenchException, InterruptedException {
        List<Size> sizes = new ArrayList<>();
        Map<Integer, Double> idlePercent = new LinkedHashMap<>();
        int last = idle ? MACHINES : 3;
        try (EngineProcess process = new Engine.Hv(false).launch(debian(debian, DENSITY_MIB))) {
            for (int machines = 1; machines <= last; machines++) {
                settings.progress().accept("Debian guest " + machines + " of " + last + " in one process, " + DENSITY_MIB + " MiB each");
                long deadline = EngineProcess.deadline(settings.timeout());
                String name = "m" + machines;
                if (machines > 1) {
                    process.send(Wire.start(name));
                }
                shell(process, name, deadline);
                boolean sized = memory && machines <= 3;
                boolean watched = idle && (machines == 1 || machines == MACHINES);
                if (sized || watched) {
                    pass(SETTLE);
                }
                if (sized) {
                    sizes.add(size(process, machines, deadline));
                }
                if (watched) {
                    settings.progress().accept("idle for " + IDLE.toSeconds() + " s with " + machines + (machines == 1 ? " guest" : " guests"));
                    idlePercent.put(machines, cpuPercent(process));
                }
            }
        }
        return new Density(sizes, idlePercent);
    }

    private static Size size(EngineProcess process, int machines, long deadline) throws BenchException, InterruptedException {
        long touched = 0;
        Counters last = null;
        for (int i = 1; i <= machines; i++) {
            process.send(Wire.count("m" + i));
            last = process.awaitCounters("m" + i, deadline);
            touched += last.touchedBytes();
        }
        return new Size(process.use().residentBytes(), touched, last.heapBytes(), last.nonHeapBytes());
    }

    private static double cpuPercent(EngineProcess process) throws BenchException, InterruptedException {
        long cpu = process.use().cpuNanos();
        long wall = System.nanoTime();
        pass(IDLE);
        return 100.0 * (process.use().cpuNanos() - cpu) / (System.nanoTime() - wall);
    }

    /** Time that must pass for the measurement itself. */
    private static void pass(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }
}
