package hv.bench.internal;

/** What an engine's process tells. */
sealed interface Event {
    /** A line of the console of a machine. */
    record Line(String machine, String text, Stamp at) implements Event {
    }

    /** A machine's counters; comes before the line that they belong to. */
    record Counted(String machine, Counters counters) implements Event {
    }

    /** Something was allocated by a thread of the host-CPU slots, as the flight recorder saw it. */
    record Allocated(long epochNanos, long bytes, String site) implements Event {
    }

    /** The recorder has told all it saw. */
    record Recorded() implements Event {
    }

    /** The process closed its output: it has ended or is about to. */
    record Ended() implements Event {
    }
}
