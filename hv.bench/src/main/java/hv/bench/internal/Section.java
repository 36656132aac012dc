package hv.bench.internal;

import java.util.List;
import java.util.Optional;

/**
 * One program's timed part in one run.
 *
 * @param program      which
 * @param score        in {@code unit}, as the guest computed it by its own clock
 * @param guestSeconds by the guest's clock
 * @param wallSeconds  by the host's clock
 * @param cpuSeconds   host CPU time of the emulator's process
 * @param check        the line with the check value, for a program that has one
 * @param counters     samples of ours between its begin and end, oldest first; empty for other engines
 */
record Section(Program program, double score, String unit, double guestSeconds, double wallSeconds, double cpuSeconds, Optional<String> check,
        List<Counters> counters) {
}
