package hv.bench.internal;

import java.util.function.Function;

/**
 * What is said between the benchmark and {@link MachineHost}, a line each; names have no blanks.
 * <pre>
 * to the host    start NAME | type NAME text | count NAME
 * from the host  c NAME text                                            a line of the machine's console
 *                i NAME the fields of {@link Counters}                 its counters
 *                a epochNanos bytes site                                an allocation that the flight recorder saw
 *                r                                                      that was all it saw
 * </pre>
 * Any other line is the Java virtual machine's or an error's.
 */
final class Wire {
    private Wire() {
    }

    static String start(String machine) {
        return "start " + machine;
    }

    static String type(String machine, String text) {
        return "type " + machine + " " + text;
    }

    static String count(String machine) {
        return "count " + machine;
    }

    static String line(String machine, String text) {
        return "c " + machine + " " + text;
    }

    static String counters(String machine, Counters c) {
        return "i " + machine + " " + c.epochNanos() + " " + c.instructions() + " " + c.touchedBytes() + " " + c.allocatedBytes()
                + " " + c.heapBytes() + " " + c.nonHeapBytes();
    }

    static String allocated(long epochNanos, long bytes, String site) {
        return "a " + epochNanos + " " + bytes + " " + site;
    }

    static String recorded() {
        return "r";
    }

    /** What a line from the host says, null if it is none of ours. {@code stamp} is asked for a console line's text. */
    static Event parse(String line, Function<String, Stamp> stamp) {
        try {
            if (line.startsWith("c ")) {
                int space = line.indexOf(' ', 2);
                if (space > 0) {
                    String text = line.substring(space + 1);
                    return new Event.Line(line.substring(2, space), text, stamp.apply(text));
                }
            } else if (line.startsWith("i ")) {
                String[] f = line.split(" ");
                if (f.length == 8) {
                    return new Event.Counted(f[1], new Counters(Long.parseLong(f[2]), Long.parseLong(f[3]), Long.parseLong(f[4]), Long.parseLong(f[5]),
                            Long.parseLong(f[6]), Long.parseLong(f[7])));
                }
            } else if (line.startsWith("a ")) {
                String[] f = line.split(" ", 4);
                if (f.length == 4) {
                    return new Event.Allocated(Long.parseLong(f[1]), Long.parseLong(f[2]), f[3]);
                }
            } else if (line.equals(recorded())) {
                return new Event.Recorded();
            }
        } catch (NumberFormatException e) {
            // Another program's line that happens to begin like ours.
            return null;
        }
        return null;
    }
}
