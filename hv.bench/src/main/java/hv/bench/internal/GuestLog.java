package hv.bench.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what guest-bench prints.
 * <pre>
 * BOOT-OK uptime idle                    the first process runs
 * &#64;S name                                a timed part begins
 * &#64;E name score unit secs seconds        it ends
 * &#64;E shloop uptime idle uptime idle N=n  the shell's loop: the guest's clock before and after, and how many turns
 * word value                             the check value of the part that ended last
 * &#64;T nanoseconds                         the guest's clock
 * ALL-DONE uptime idle
 * </pre>
 * Lines may carry terminal escapes and, before a marker, other text (kernel messages share the UART). Pure: no clock, no I/O. One thread.
 */
final class GuestLog {
    /** A tick of the guest's clock and when it arrived. */
    record Tick(long guestNanos, long hostNanos) {
    }

    private static final Pattern ESCAPE = Pattern.compile("\u001b\\[[0-9;?]*[a-zA-Z]");
    private static final String NUMBER = "([-+0-9.eE]{1,40}|inf|nan)";
    private static final Pattern START = Pattern.compile("@S (\\S+)$");
    private static final Pattern END = Pattern.compile("@E (\\S+) " + NUMBER + " (\\S+) secs " + NUMBER + "$");
    private static final Pattern SHELL_END = Pattern.compile("@E (shloop) " + NUMBER + " \\S+ " + NUMBER + " \\S+ N=([0-9]{1,15})$");
    private static final Pattern TICK = Pattern.compile("@T ([0-9]{1,18})$");

    private record Open(String marker, Stamp at, List<Counters> counters) {
    }

    private final Map<Program, Section> sections = new LinkedHashMap<>();
    private final Map<String, String> unfinished = new HashMap<>();
    private final List<Tick> ticks = new ArrayList<>();
    private Optional<Stamp> boot = Optional.empty();
    private Optional<Double> tenSecondsOfSleep = Optional.empty();
    private Optional<Counters> latest = Optional.empty();
    private Open open;
    private String saidWhileOpen = "";
    private Program last;
    private boolean done;

    /** Whether host CPU time is to be sampled for a line: cheap to ask, may say yes too often. */
    static boolean isMarker(String line) {
        return line.indexOf('@') >= 0 || line.contains("BOOT-OK") || line.contains("ALL-DONE");
    }

    /** Removes terminal escapes and the line's end. */
    static String plain(String line) {
        return ESCAPE.matcher(line).replaceAll("").stripTrailing();
    }

    /** The next line of the guest. */
    void line(String raw, Stamp at) {
        String text = plain(raw);
        Matcher m;
        if (text.contains("BOOT-OK") && boot.isEmpty()) {
            boot = Optional.of(at);
        } else if (text.contains("ALL-DONE")) {
            abandon();
            done = true;
        } else if ((m = START.matcher(text)).find()) {
            abandon();
            List<Counters> samples = new ArrayList<>();
            latest.ifPresent(samples::add);
            open = new Open(m.group(1), at, samples);
            last = null;
            saidWhileOpen = "";
        } else if ((m = END.matcher(text)).find()) {
            end(m.group(1), number(m.group(2)), m.group(3), number(m.group(4)), at);
        } else if ((m = SHELL_END.matcher(text)).find()) {
            double seconds = number(m.group(3)) - number(m.group(2));
            end(m.group(1), seconds > 0 ? number(m.group(4)) / seconds : Double.NaN, "turns/s", seconds, at);
        } else if ((m = TICK.matcher(text)).find()) {
            ticks.add(new Tick(Long.parseLong(m.group(1)), at.wallNanos()));
        } else if (open != null && !text.isBlank()) {
            saidWhileOpen = text;
        } else if (last != null && last.check().isPresent() && sections.get(last).check().isEmpty() && text.startsWith(last.check().get() + " ")) {
            Section s = sections.get(last);
            sections.put(last, new Section(s.program(), s.score(), s.unit(), s.guestSeconds(), s.wallSeconds(), s.cpuSeconds(), Optional.of(text), s.counters()));
        }
    }

    /** The part that is open has no end: its program gave up. */
    private void abandon() {
        if (open != null) {
            unfinished.put(open.marker(), saidWhileOpen);
            open = null;
        }
    }

    /** What was printed last by a program that began its timed part and did not end it; empty if it did not begin, or said nothing. */
    String lastWords(Program p) {
        return unfinished.getOrDefault(p.marker(), "");
    }

    /** What the machine said of itself; belongs to the part that is open, and to the begin of the next. */
    void counters(Counters c) {
        latest = Optional.of(c);
        if (open != null) {
            open.counters().add(c);
        }
    }

    private void end(String marker, double score, String unit, double guestSeconds, Stamp at) {
        if (open == null || !open.marker().equals(marker)) {
            return;
        }
        double wall = (at.wallNanos() - open.at().wallNanos()) / 1e9;
        double cpu = (at.cpuNanos() - open.at().cpuNanos()) / 1e9;
        if (marker.equals("sleep10")) {
            tenSecondsOfSleep = Optional.of(wall);
        }
        List<Counters> samples = List.copyOf(open.counters());
        open = null;
        Program.ofMarker(marker).ifPresent(p -> {
            sections.put(p, new Section(p, score, unit, guestSeconds, wall, cpu, Optional.empty(), samples));
            last = p;
        });
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    /** When the first process of the guest ran. */
    Optional<Stamp> boot() {
        return boot;
    }

    boolean isDone() {
        return done;
    }

    /** The parts that ended, in their order. */
    Map<Program, Section> sections() {
        return java.util.Collections.unmodifiableMap(sections);
    }

    List<Tick> ticks() {
        return List.copyOf(ticks);
    }

    /** Host seconds of the guest's sleep of ten seconds. */
    Optional<Double> tenSecondsOfSleep() {
        return tenSecondsOfSleep;
    }
}
