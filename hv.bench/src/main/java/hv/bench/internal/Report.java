package hv.bench.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What was measured, for people and as JSON. Filled by one thread; holds figures only, measures nothing. */
final class Report {
    private final Map<String, Object> setting = new LinkedHashMap<>();
    private final Map<String, Object> figures = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>();
    private final Map<String, String> skipped = new LinkedHashMap<>();
    private final List<String> faults = new ArrayList<>();
    private Optional<Comparison> comparison = Optional.empty();

    /** A condition of the measurement: host, versions, settings. */
    void setting(String name, Object value) {
        setting.put(name, value);
    }

    /** A figure for the JSON file: numbers, strings, and lists and maps of them. */
    void figure(String name, Object value) {
        figures.put(name, value);
    }

    /** A line for people. */
    void note(String line) {
        notes.add(line);
    }

    void target(Target target) {
        targets.add(target);
    }

    /** Not measured, for a lack of this host. */
    void skip(String name, String why) {
        skipped.put(name, why);
    }

    /** A wrong check value, or a measurement that failed. */
    void fault(String line) {
        faults.add(line);
    }

    void comparison(Comparison c) {
        comparison = Optional.of(c);
        c.faults().forEach(this::fault);
    }

    boolean hasFaults() {
        return !faults.isEmpty();
    }

    boolean hasFigures() {
        return comparison.isPresent() || !figures.isEmpty();
    }

    void print(PrintStream out) {
        setting.forEach((name, value) -> out.printf("%-9s %s%n", name, value));
        comparison.ifPresent(c -> printComparison(out, c));
        if (!notes.isEmpty()) {
            out.println();
            notes.forEach(out::println);
        }
        if (!targets.isEmpty()) {
            out.printf("%n%-58s %12s  %14s%n", "target", "measured", "wanted");
            for (Target t : targets) {
                out.printf("%-58s %12s  %s %11s  %s%n", t.name(), amount(t.measured(), t.unit()), t.atMost() ? "<=" : ">=", amount(t.wanted(), t.unit()),
                        t.met() ? "met" : "MISSED");
            }
        }
        if (!skipped.isEmpty()) {
            out.println();
            skipped.forEach((name, why) -> out.printf("skipped: %s: %s%n", name, why));
        }
        if (!faults.isEmpty()) {
            out.println();
            faults.forEach(f -> out.println("FAIL: " + f));
        }
    }

    private static void printComparison(PrintStream out, Comparison c) {
        out.printf("%n%-10s %-13s %11s %9s %11s %9s %8s  %s%n", "program", "unit", "hv", "hv CPU s", "QEMU", "QEMU CPU", "QEMU/hv", "check");
        for (Comparison.Row row : c.rows()) {
            out.printf("%-10s %-13s %11s %9s %11s %9s %8s  %s%n", row.program().name(),
                    row.ours().or(row::peer).map(Comparison.Figures::unit).orElse(""), score(row.ours()), cpu(row.ours()), score(row.peer()), cpu(row.peer()),
                    row.ratio().isPresent() ? String.format(Locale.ROOT, "%.3f", row.ratio().getAsDouble()) : "-",
                    row.right() ? row.program().check().isPresent() ? "ok" : "-" : "FAIL");
        }
        if (!c.ratios().isEmpty()) {
            double mean = Statistics.geometricMean(c.ratios());
            out.printf(Locale.ROOT, "geometric mean of QEMU's CPU time over hv's, %d programs: %.3f = 1/%.1f%n", c.ratios().size(), mean, 1 / mean);
        }
    }

    private static String score(Optional<Comparison.Figures> f) {
        return f.map(x -> String.format(Locale.ROOT, "%.5g", x.score())).orElse("-");
    }

    private static String cpu(Optional<Comparison.Figures> f) {
        return f.map(x -> String.format(Locale.ROOT, "%.3f", x.cpuSeconds())).orElse("-");
    }

    private static String amount(double value, String unit) {
        double size = Math.abs(value);
        String number = value == Math.rint(value) && size < 1e6 ? String.format(Locale.ROOT, "%.0f", value)
                : size >= 100 ? String.format(Locale.ROOT, "%.0f", value) : String.format(Locale.ROOT, "%.3g", value);
        return unit.isEmpty() ? number : number + " " + unit;
    }

    /** Writes the file as a whole. */
    void writeJson(Path file) throws BenchException {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("setting", setting);
        comparison.ifPresent(c -> all.put("programs", c.rows().stream().map(Report::json).toList()));
        comparison.filter(c -> !c.ratios().isEmpty()).ifPresent(c -> all.put("geometricMeanOfCpuTimeRatios", Statistics.geometricMean(c.ratios())));
        all.put("figures", figures);
        all.put("targets", targets.stream().map(t -> Map.of("name", t.name(), "measured", t.measured(), "wanted", t.wanted(), "bound", t.atMost() ? "atMost" : "atLeast",
                "unit", t.unit(), "met", t.met())).toList());
        all.put("skipped", skipped);
        all.put("faults", faults);
        JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        try (OutputStream out = Files.newOutputStream(file)) {
            mapper.writeValue(out, all);
        } catch (IOException | JacksonException e) {
            throw new BenchException("the report cannot be written to " + file + ": " + e.getClass().getSimpleName() + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, Object> json(Comparison.Row row) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("program", row.program().name());
        row.ours().ifPresent(f -> m.put("hv", f));
        row.peer().ifPresent(f -> m.put("qemu", f));
        OptionalDouble ratio = row.ratio();
        if (ratio.isPresent()) {
            m.put("cpuTimeRatio", ratio.getAsDouble());
        }
        row.check().ifPresent(c -> m.put("check", c));
        m.put("right", row.right());
        return m;
    }
}
