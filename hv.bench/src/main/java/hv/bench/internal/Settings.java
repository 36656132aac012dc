package hv.bench.internal;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * How to measure.
 *
 * @param runs      of each engine, whose median counts; at least 1
 * @param scale     percent of the work of guest-bench, at least 1
 * @param timeout   of one run of one engine
 * @param fetchQemu where no recent QEMU is found, fetch one into the cache
 * @param progress  told what is being done, a line each
 */
public record Settings(int runs, int scale, Duration timeout, boolean fetchQemu, Consumer<String> progress) {
}
