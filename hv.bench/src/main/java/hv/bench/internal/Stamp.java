package hv.bench.internal;

/**
 * When a line of the guest arrived at the host.
 *
 * @param wallNanos {@link System#nanoTime} of this process
 * @param cpuNanos  CPU time, user and system, of the emulator's whole process since its start; -1 where it was not sampled
 */
record Stamp(long wallNanos, long cpuNanos) {
}
