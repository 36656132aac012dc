package hv.bench.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The runs of guest-bench on both engines beside each other. Pure.
 *
 * @param rows   one for each program that was to run, in the guest's order
 * @param faults one line for each thing that is wrong: a check value, or a program that did not finish
 */
record Comparison(List<Row> rows, List<String> faults) {
    /** CPU time below this cannot be told from none. */
    private static final double LEAST_SECONDS = 0.0005;

    /** Medians of one engine. {@code cpuSeconds} is at least {@link #LEAST_SECONDS}. */
    record Figures(double score, String unit, double cpuSeconds, double wallSeconds) {
    }

    /** One program; an engine's figures are empty where it did not run or did not finish. */
    record Row(Program program, Optional<Figures> ours, Optional<Figures> peer, Optional<String> check, boolean right) {
        /** CPU time of the peer over ours: 1 is as fast, 0.1 is ten times slower. */
        OptionalDouble ratio() {
            return ours.isPresent() && peer.isPresent() ? OptionalDouble.of(peer.get().cpuSeconds() / ours.get().cpuSeconds()) : OptionalDouble.empty();
        }
    }

    /** @param runs the logs by engine label; ours is "hv", and at most one other */
    static Comparison of(List<Program> programs, Map<String, List<GuestLog>> runs) {
        List<Row> rows = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        for (Program p : programs) {
            Map<String, Figures> figures = new LinkedHashMap<>();
            Map<String, String> checks = new LinkedHashMap<>();
            boolean right = true;
            for (Map.Entry<String, List<GuestLog>> engine : runs.entrySet()) {
                List<Section> sections = engine.getValue().stream().flatMap(log -> Stream.ofNullable(log.sections().get(p))).toList();
                if (sections.size() < engine.getValue().size()) {
                    faults.add(p.name() + " did not finish on " + engine.getKey() + " in " + (engine.getValue().size() - sections.size()) + " of "
                            + engine.getValue().size() + " runs" + engine.getValue().stream().map(log -> log.lastWords(p)).filter(w -> !w.isEmpty()).findFirst()
                            .map(w -> ": it printed \"" + w + "\"").orElse(""));
                    right = false;
                }
                if (!sections.isEmpty()) {
                    figures.put(engine.getKey(), figures(sections));
                }
                for (Section s : sections) {
                    if (p.check().isPresent()) {
                        String check = s.check().orElse("(none)");
                        checks.put(check, engine.getKey());
                        if (!p.right().matcher(check).matches()) {
                            faults.add(p.name() + " on " + engine.getKey() + " printed the check line \"" + check + "\": it must match " + p.right());
                            right = false;
                        }
                    }
                }
            }
            if (checks.size() > 1) {
                faults.add(p.name() + " has different check values: " + String.join(", ", new TreeSet<>(checks.entrySet().stream()
                        .map(c -> "\"" + c.getKey() + "\" on " + c.getValue()).toList())));
                right = false;
            }
            rows.add(new Row(p, Optional.ofNullable(figures.get("hv")),
                    figures.entrySet().stream().filter(f -> !f.getKey().equals("hv")).map(Map.Entry::getValue).findFirst(),
                    checks.keySet().stream().findFirst(), right));
        }
        return new Comparison(List.copyOf(rows), List.copyOf(new java.util.LinkedHashSet<>(faults)));
    }

    private static Figures figures(List<Section> sections) {
        return new Figures(Statistics.median(sections.stream().map(Section::score).toList()), sections.getFirst().unit(),
                Math.max(LEAST_SECONDS, Statistics.median(sections.stream().map(Section::cpuSeconds).toList())),
                Statistics.median(sections.stream().map(Section::wallSeconds).toList()));
    }

    /** Over the programs of guest-bench that have one. */
    List<Double> ratios() {
        return rows.stream().filter(r -> r.program().rated()).map(Row::ratio).filter(OptionalDouble::isPresent).map(OptionalDouble::getAsDouble).toList();
    }
}
