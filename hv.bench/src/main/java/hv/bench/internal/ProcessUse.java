package hv.bench.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a process of this host uses, from proc(5).
 *
 * <p>CPU time is the sum of {@code task/TID/schedstat}, in nanoseconds: {@code stat} counts in ticks of 10 ms, which is as long as some benchmarks take.
 * A thread that has ended counts with what was last seen of it, and the sum is never below what {@code stat} says but for one tick.
 * Several threads may ask.
 */
final class ProcessUse {
    /** USER_HZ of Linux on all of its 64-bit architectures that run a JDK. */
    private static final long TICK_NANOS = 10_000_000;
    private static final Pattern RSS = Pattern.compile("^Rss:\\s+([0-9]+) kB", Pattern.MULTILINE);

    private final Path folder;
    private final Map<String, Long> seenNanos = new HashMap<>();
    private long best;

    ProcessUse(long pid) {
        this.folder = Path.of("/proc", Long.toString(pid));
    }

    /** User and system time of all threads since the start. Of a process that is gone: what was last seen. */
    synchronized long cpuNanos() throws BenchException {
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(folder.resolve("task"))) {
            for (Path task : tasks) {
                try {
                    String[] fields = read(task.resolve("schedstat")).split(" ");
                    seenNanos.put(task.getFileName().toString(), Long.parseLong(fields[0].strip()));
                } catch (IOException e) {
                    // The thread ended between the listing and the reading (ENOENT or ESRCH), or the kernel has no schedstat: stat still counts it.
                    if (Files.exists(task.resolve("schedstat"))) {
                        throw e;
                    }
                }
            }
            long sum = seenNanos.values().stream().mapToLong(Long::longValue).sum();
            best = Math.max(best, Math.max(sum, statNanos(read(folder.resolve("stat"))) - TICK_NANOS));
        } catch (NoSuchFileException e) {
            return best;
        } catch (IOException | DirectoryIteratorException e) {
            if (!Files.exists(folder)) {
                return best;
            }
            throw new BenchException("the CPU time of process " + folder.getFileName() + " cannot be read: " + e.getMessage(), e);
        }
        return best;
    }

    /** CPU seconds of the living threads by their name, numbers and blanks at its end left out; most first. Empty where the kernel has no schedstat. */
    Map<String, Double> secondsByThread() throws BenchException {
        Map<String, Double> seconds = new HashMap<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(folder.resolve("task"))) {
            for (Path task : tasks) {
                try {
                    String name = read(task.resolve("comm")).strip().replaceFirst("[- #0-9]+$", "");
                    seconds.merge(name, Long.parseLong(read(task.resolve("schedstat")).split(" ")[0].strip()) / 1e9, Double::sum);
                } catch (IOException e) {
                    // As above: the thread has ended.
                    if (Files.exists(task.resolve("schedstat"))) {
                        throw e;
                    }
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw new BenchException("the threads of process " + folder.getFileName() + " cannot be read: " + e.getMessage(), e);
        }
        Map<String, Double> sorted = new LinkedHashMap<>();
        seconds.entrySet().stream().sorted(Map.Entry.<String, Double>comparingByValue().reversed()).forEach(t -> sorted.put(t.getKey(), t.getValue()));
        return sorted;
    }

    /** proc_pid_stat(5): utime and stime are fields 14 and 15; the name in field 2 may hold blanks and parentheses. */
    static long statNanos(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_NANOS;
    }

    /** Resident bytes, guest RAM included. */
    long residentBytes() throws BenchException {
        try {
            return rssBytes(read(folder.resolve("smaps_rollup")));
        } catch (IOException e) {
            throw new BenchException("the resident size of process " + folder.getFileName() + " cannot be read: " + e.getMessage(), e);
        }
    }

    static long rssBytes(String rollup) throws BenchException {
        Matcher m = RSS.matcher(rollup);
        if (!m.find()) {
            throw new BenchException("smaps_rollup has no line with Rss: Linux 4.14 or newer is needed");
        }
        return Long.parseLong(m.group(1)) * 1024;
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }
}
