package hv.host;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A platform thread as its host sees it. Any thread may ask. */
public final class HostThread {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private final long id;
    private final Path stat;

    private HostThread(long id, Path stat) {
        this.id = id;
        this.stat = stat;
    }

    /** The calling thread. */
    public static HostThread current() {
        Path stat = null;
        try {
            stat = Path.of("/proc/thread-self/stat").toRealPath();
        } catch (IOException e) {
            // A host without /proc cannot tell.
        }
        return new HostThread(Thread.currentThread().threadId(), stat);
    }

    /** CPU that it has used, a guest's it ran included, nanoseconds; 0 once it has ended. */
    public long cpuNanos() {
        return Math.max(0, THREADS.getThreadCpuTime(id));
    }

    /** Whether it waits for something, rather than runs or wants to; true where the host cannot tell. proc(5), /proc/pid/stat. */
    public boolean isWaiting() {
        if (stat == null) {
            return true;
        }
        try {
            String line = Files.readString(stat, StandardCharsets.ISO_8859_1);
            // D: the host fetches a page for it.
            return "RD".indexOf(line.charAt(line.lastIndexOf(')') + 2)) < 0;
        } catch (IOException e) {
            return true;   // It has ended.
        }
    }
}
