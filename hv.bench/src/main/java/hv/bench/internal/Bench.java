package hv.bench.internal;

import hv.images.GuestImage;
import hv.images.HostQemu;
import hv.images.ImageException;
import hv.images.ImageSettings;
import hv.images.Images;
import hv.images.Progress;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Chooses the experiments by name, runs them, and holds their figures against what was promised. One thread. */
public final class Bench {
    /** All programs of guest-bench that count in the geometric mean. */
    private static final String SUITE = "suite";
    private static final List<String> OTHERS = List.of("boot", "alloc", "rss", "idle", "clock", "smp", "net", "decisions", "shares");
    private static final double MIB = 1 << 20;
    /** What the flight recorder watches: integers in registers, byte memory, floating point. */
    private static final List<String> WATCHED = List.of("sha256", "lz", "matmul");

    private final Settings settings;
    private final Set<String> chosen;
    private final Report report = new Report();
    private final Experiments experiments;

    private Bench(Settings settings, Set<String> chosen) {
        this.settings = settings;
        this.chosen = chosen;
        this.experiments = new Experiments(settings);
    }

    /** The names that can be chosen. */
    public static List<String> names() {
        return Stream.of(Stream.of(SUITE), Program.ALL.stream().map(Program::name), OTHERS.stream()).flatMap(s -> s).toList();
    }

    /**
     * Measures what the names say (none: all), and prints the report.
     *
     * @param json a file for the report as JSON, or empty
     * @return the exit status: 0 measured, 1 a check value is wrong or a measurement failed, 69 nothing could be measured on this host
     */
    public static int run(Settings settings, List<String> names, Optional<Path> json, java.io.PrintStream out) throws InterruptedException, BenchException {
        Set<String> chosen = new LinkedHashSet<>(names.isEmpty() ? names() : names);
        if (chosen.contains(SUITE)) {
            Program.ALL.stream().filter(Program::rated).map(Program::name).forEach(chosen::add);
        }
        Bench bench = new Bench(settings, chosen);
        bench.measure();
        bench.report.print(out);
        if (json.isPresent()) {
            bench.report.writeJson(json.get());
        }
        return bench.report.hasFaults() ? 1 : bench.report.hasFigures() ? 0 : 69;
    }

    private void measure() throws InterruptedException {
        scheduling();
        if (Set.of("decisions", "shares").containsAll(chosen)) {
            return;
        }
        List<Engine> engines = new ArrayList<>(List.of(new Engine.Hv(false)));
        GuestImage debian;
        Path cache;
        try {
            ImageSettings images = ImageSettings.fromEnvironment();
            Optional<Engine.Qemu> qemu = peer(images);
            conditions(qemu);
            qemu.ifPresent(engines::add);
            cache = images.cacheDir();
            debian = new Images(images).get("debian", Progress.NONE);
        } catch (ImageException e) {
            chosen.forEach(name -> report.skip(name, "no Debian guest: " + e.getMessage()));
            return;
        }
        report.setting("guest", "Debian kernel " + debian.version() + ", guest-bench at " + settings.scale() + " % of its work, medians of " + settings.runs() + " runs");
        if (chosen.contains("boot")) {
            attempt("boot", () -> boot(engines, debian));
        }
        inGuestBench(engines, cache, debian);
        if (chosen.contains("net")) {
            if (Tools.version(PasstSocket.PROGRAM).isPresent()) {
                attempt("net", () -> net(engines, debian));
            } else {
                report.skip("net", "no " + PasstSocket.PROGRAM + " on this host (install passt)");
            }
        }
        if (chosen.contains("rss") || chosen.contains("idle")) {
            attempt("rss, idle", () -> density(debian));
        }
    }

    /** Needs neither Debian nor QEMU. */
    private void scheduling() throws InterruptedException {
        SchedulingExperiment scheduling = new SchedulingExperiment(settings);
        if (chosen.contains("decisions")) {
            attempt("decisions", () -> {
                List<SchedulingExperiment.Cost> costs = scheduling.costs();
                report.figure("decisions", costs);
                for (SchedulingExperiment.Cost c : costs) {
                    report.note(String.format(Locale.ROOT, "a decision of %s with %d vCPUs: median %d ns, p99 %d ns, p99.9 %d ns", c.policy(), SchedulingExperiment.VCPUS, c.medianNanos(),
                            c.p99Nanos(), c.p999Nanos()));
                }
                double worst = costs.stream().mapToLong(SchedulingExperiment.Cost::p99Nanos).max().orElseThrow();
                report.target(new Target("a scheduling decision with " + SchedulingExperiment.VCPUS + " vCPUs, p99 of the slowest policy", worst / 1e3, 2, true, "us"));
            });
        }
        if (chosen.contains("shares")) {
            if (Runtime.getRuntime().availableProcessors() < 2) {
                report.skip("shares", "needs 2 host CPUs");
                return;
            }
            attempt("shares", () -> shares("weights 1:2:4", scheduling.weights()));
            attempt("shares", () -> shares("caps", scheduling.caps()));
        }
    }

    private void shares(String what, SchedulingExperiment.Shares shares) {
        report.figure("shares " + what, shares);
        report.note(String.format(Locale.ROOT, "%s: wanted %s, ran %s, instructions %s (off by up to %.1f %%; what else runs on the host shows in these)", what, percents(shares.wanted()),
                percents(shares.ran()), percents(shares.instructions()), 100 * shares.worstByInstructions()));
        report.target(new Target(what + ": the worst share off by, of itself", 100 * shares.worst(), 2, true, "%"));
    }

    private static String percents(List<Double> shares) {
        return shares.stream().map(s -> String.format(Locale.ROOT, "%.2f", 100 * s)).collect(java.util.stream.Collectors.joining(" ", "", " %"));
    }

    private Optional<Engine.Qemu> peer(ImageSettings images) {
        try {
            Optional<HostQemu> qemu = settings.fetchQemu() ? Optional.of(HostQemu.fetch(Engine.Qemu.MAJOR, images, this::progress)) : HostQemu.find(0, images);
            if (qemu.isEmpty()) {
                report.skip("QEMU", "no qemu-system-riscv64 on this host (use --fetch-qemu, or name one by HV_QEMU): no ratios");
            } else if (qemu.get().major() < Engine.Qemu.MAJOR) {
                report.note("QEMU is " + qemu.get().version() + ": --fetch-qemu compares with " + Engine.Qemu.MAJOR + " or later");
            }
            return qemu.map(Engine.Qemu::new);
        } catch (ImageException e) {
            report.skip("QEMU", e.getMessage() + ": no ratios");
            return Optional.empty();
        }
    }

    private void progress(String what, long doneBytes, long totalBytes) {
        if (doneBytes == 0) {
            settings.progress().accept(what);
        }
    }

    private void conditions(Optional<Engine.Qemu> qemu) {
        String cpu = "an unknown CPU";
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            cpu = lines.filter(l -> l.startsWith("model name")).findFirst().map(l -> l.substring(l.indexOf(':') + 1).strip()).orElse(cpu);
        } catch (IOException | java.io.UncheckedIOException e) {
            // Only words of the report depend on it.
            report.note("the host's CPU is not known: " + e.getMessage());
        }
        report.setting("host", Runtime.getRuntime().availableProcessors() + " CPUs, " + cpu + ", load "
                + String.format(Locale.ROOT, "%.2f", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()) + " at the start");
        report.setting("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        report.setting("peer", qemu.map(Engine.Qemu::toString).orElse("none"));
        report.setting("flags", String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
    }

    /** What needs the guest programs. */
    private void inGuestBench(List<Engine> engines, Path cache, GuestImage debian) throws InterruptedException {
        List<Program> programs = Program.ALL.stream().filter(p -> chosen.contains(p.name())).toList();
        List<String> wanted = new ArrayList<>(programs.stream().map(Program::name).toList());
        Stream.of("alloc", "clock", "smp").filter(chosen::contains).forEach(wanted::add);
        if (wanted.isEmpty()) {
            return;
        }
        Path initrd;
        try {
            initrd = GuestPrograms.initrd(cache, debian);
        } catch (UnavailableException e) {
            wanted.forEach(name -> report.skip(name, e.getMessage()));
            return;
        } catch (BenchException e) {
            report.fault(e.getMessage());
            return;
        }
        if (!programs.isEmpty()) {
            attempt("guest-bench", () -> suite(engines, debian.kernel(), initrd, programs));
        }
        if (chosen.contains("alloc")) {
            attempt("alloc", () -> allocations(debian.kernel(), initrd));
        }
        if (chosen.contains("smp")) {
            attempt("smp", () -> scaling(debian.kernel(), initrd));
        }
        if (chosen.contains("clock")) {
            for (Engine engine : engines) {
                attempt("clock", () -> clock(engine, debian.kernel(), initrd));
            }
        }
    }

    /** A part of the measurement; one that fails does not keep the others from being measured. */
    private void attempt(String name, Part part) throws InterruptedException {
        try {
            part.measure();
        } catch (BenchException e) {
            report.fault(name + ": " + e.getMessage());
        }
    }

    private interface Part {
        void measure() throws BenchException, InterruptedException;
    }

    private void boot(List<Engine> engines, GuestImage debian) throws BenchException, InterruptedException {
        experiments.boot(engines, debian).forEach((label, boots) -> {
            double cpu = Statistics.median(boots.stream().map(Experiments.Boot::cpuSeconds).toList());
            double wall = Statistics.median(boots.stream().map(Experiments.Boot::wallSeconds).toList());
            report.figure("boot " + label, Map.of("cpuSeconds", cpu, "wallSeconds", wall, "runs", boots));
            report.note(String.format(Locale.ROOT, "boot to the shell's first answer on %s: %.2f s of host CPU, %.2f s on the clock", label, cpu, wall)
                    + boots.getLast().secondsByThread().entrySet().stream().limit(5).map(t -> String.format(Locale.ROOT, "%s %.2f s", t.getKey(), t.getValue()))
                            .collect(java.util.stream.Collectors.joining(", ", " (threads of the last run: ", ")"))
                    + (boots.getLast().instructions() > 0 ? String.format(Locale.ROOT, "; %d million guest instructions", boots.getLast().instructions() / 1_000_000) : ""));
            if (label.equals("hv")) {
                report.target(new Target("boot to shell, host CPU time", cpu, 15, true, "s"));
            }
        });
    }

    private void net(List<Engine> engines, GuestImage debian) throws BenchException, InterruptedException {
        NetExperiment net = new NetExperiment(settings);
        net.run(engines, debian).forEach((direction, byEngine) -> {
            Map<String, Double> speeds = new LinkedHashMap<>();
            byEngine.forEach((label, transfers) -> {
                double speed = Statistics.median(transfers.stream().map(NetExperiment.Transfer::mebibytesPerSecond).toList());
                double cpu = Statistics.median(transfers.stream().map(NetExperiment.Transfer::cpuSeconds).toList());
                speeds.put(label, speed);
                report.figure("net " + direction + " " + label, Map.of("mebibytesPerSecond", speed, "cpuSeconds", cpu, "runs", transfers));
                report.note(String.format(Locale.ROOT, "TCP through passt, %s on %s: %.1f MiB/s, %.2f s of its CPU time for %d MiB", direction, label, speed, cpu, net.mebibytes()));
            });
            if (speeds.size() == 2) {
                report.target(new Target("TCP through passt, " + direction + ", hv's speed over QEMU's", speeds.get("hv") / speeds.get("QEMU"), 0.1, false, ""));
            }
        });
    }

    private void suite(List<Engine> engines, Path kernel, Path initrd, List<Program> programs) throws BenchException, InterruptedException {
        Map<String, List<GuestLog>> runs = experiments.suite(engines, kernel, initrd, programs);
        Comparison comparison = Comparison.of(programs, runs);
        report.comparison(comparison);
        Map<String, Object> raw = new LinkedHashMap<>();
        runs.forEach((label, logs) -> raw.put(label, logs.stream().map(log -> log.sections().values().stream().map(s -> Map.of("program", s.program().name(),
                "score", s.score(), "cpuSeconds", s.cpuSeconds(), "wallSeconds", s.wallSeconds(), "guestSeconds", s.guestSeconds())).toList()).toList()));
        report.figure("runs", raw);
        runs.forEach((label, logs) -> {
            List<Double> boots = logs.stream().flatMap(log -> log.boot().stream()).map(at -> at.cpuNanos() / 1e9).toList();
            if (!boots.isEmpty()) {
                report.figure("bootToFirstProcessCpuSeconds " + label, boots);
                report.note(String.format(Locale.ROOT, "boot to guest-bench's first process on %s: %.2f s of host CPU", label, Statistics.median(boots)));
            }
        });
        if (!comparison.ratios().isEmpty()) {
            String scope = comparison.ratios().size() == Program.ALL.stream().filter(Program::rated).count() ? "guest-bench" : "the chosen programs";
            report.target(new Target("QEMU's CPU time over hv's, geometric mean of " + scope, Statistics.geometricMean(comparison.ratios()), 0.1, false, ""));
        }
        List<Double> rates = runs.get("hv").stream().flatMap(log -> Stream.ofNullable(log.sections().get(Program.ALL.stream()
                .filter(p -> p.name().equals(Program.INTEGER_LOOP)).findFirst().orElseThrow()))).flatMap(s -> rate(s).stream()).toList();
        if (!rates.isEmpty()) {
            double rate = Statistics.median(rates);
            report.figure("instructionsPerCpuSecond", rate);
            report.target(new Target("guest instructions a second of CPU time, integer loop", rate / 1e6, 150, false, "M/s"));
        }
    }

    /** Guest instructions a second of host CPU time, between the counters at the begin and the end of a timed part. */
    static Optional<Double> rate(Section s) {
        if (s.counters().size() < 2 || !(s.cpuSeconds() > 0)) {
            return Optional.empty();
        }
        return Optional.of((s.counters().getLast().instructions() - s.counters().getFirst().instructions()) / s.cpuSeconds());
    }

    private void allocations(Path kernel, Path initrd) throws BenchException, InterruptedException {
        List<Experiments.Allocation> all = experiments.allocations(kernel, initrd, Program.ALL.stream().filter(p -> WATCHED.contains(p.name())).toList());
        double worst = 0;
        for (Experiments.Allocation a : all) {
            worst = Math.max(worst, a.medianBytes());
            report.note(String.format(Locale.ROOT, "%s: the vCPU threads allocated %d bytes in %.1f s, in %d of %d windows, over %d million guest instructions%s",
                    a.program().name(), a.bytes(), a.seconds(), a.windowBytes().stream().filter(b -> b > 0).count(), a.windowBytes().size(), a.instructions() / 1_000_000, a.sites().isEmpty() ? "; the flight recorder saw nothing" : "; the flight recorder saw " + String.join(", ", a.sites())));
        }
        report.figure("allocations", all.stream().map(a -> Map.of("program", a.program().name(), "seconds", a.seconds(), "instructions", a.instructions(),
                "windowBytes", a.windowBytes(), "sites", a.sites())).toList());
        report.target(new Target("allocated by vCPU threads in the median 0.1 s of computing", worst, 0, true, "bytes"));
    }

    private void scaling(Path kernel, Path initrd) throws BenchException, InterruptedException {
        Path program;
        try {
            program = GuestPrograms.ofHost(initrd, Scaling.PROGRAM);
        } catch (UnavailableException e) {
            report.skip("smp", e.getMessage());
            return;
        }
        if (Runtime.getRuntime().availableProcessors() < Scaling.HARTS) {
            report.skip("smp", "needs " + Scaling.HARTS + " host CPUs");
            return;
        }
        Scaling.Result result = new Scaling(settings).measure(kernel, initrd, program);
        report.figure("scaling", result);
        report.note(String.format(Locale.ROOT, "%d threads over one, medians of %d alternating rounds: %.2f on the host, %.2f in the guest; load %.2f before, %.2f after",
                Scaling.HARTS, result.rounds().size(), result.onHost(), result.inGuest(), result.loadBefore(), result.loadAfter()));
        report.target(new Target("scaling to two harts over that to two native threads", result.ratio(), 0.9, false, ""));
    }

    private void clock(Engine engine, Path kernel, Path initrd) throws BenchException, InterruptedException {
        Experiments.Clock clock = experiments.clock(engine, kernel, initrd);
        report.figure("clock " + engine.label(), clock);
        report.note(String.format(Locale.ROOT, "the guest's sleep of 10 s took %.4f s on %s; its clock drifts by %.1f ppm", clock.sleptSeconds(), engine.label(), clock.driftPpm()));
        if (engine instanceof Engine.Hv) {
            report.target(new Target("sleep 10 off by", Math.abs(clock.sleptSeconds() - 10) * 1e3, 50, true, "ms"));
            report.target(new Target("drift of the guest's clock", Math.abs(clock.driftPpm()), 100, true, "ppm"));
        }
    }

    private void density(GuestImage debian) throws BenchException, InterruptedException {
        Experiments.Density density = experiments.density(debian, chosen.contains("rss"), chosen.contains("idle"));
        List<Experiments.Size> sizes = density.sizes();
        if (!sizes.isEmpty()) {
            report.figure("sizes", sizes);
            for (int i = 0; i < sizes.size(); i++) {
                Experiments.Size size = sizes.get(i);
                report.note(String.format(Locale.ROOT, "resident with %d guests of %d MiB: %.0f MiB, of which %.0f are touched guest RAM; Java heap %.0f, code and classes %.0f",
                        i + 1, Experiments.DENSITY_MIB, size.residentBytes() / MIB, size.touchedBytes() / MIB, size.heapBytes() / MIB, size.nonHeapBytes() / MIB));
            }
            report.target(new Target("resident beyond touched RAM, first 256 MiB guest", sizes.get(0).beyondBytes() / MIB, 150, true, "MiB"));
            report.target(new Target("... second guest in the same process", (sizes.get(1).beyondBytes() - sizes.get(0).beyondBytes()) / MIB, 20, true, "MiB"));
            report.target(new Target("... third guest", (sizes.get(2).beyondBytes() - sizes.get(1).beyondBytes()) / MIB, 20, true, "MiB"));
        }
        density.idlePercent().forEach((machines, percent) -> {
            report.figure("idlePercentOfOneCpu " + machines, percent);
            report.target(new Target("one host CPU, " + (machines == 1 ? "an idle Debian" : machines + " idle Debians"), percent, machines == 1 ? 2 : 10, true, "%"));
        });
    }
}
