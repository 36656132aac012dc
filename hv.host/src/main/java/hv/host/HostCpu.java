package hv.host;

import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;

/** What the host has of CPUs and memory, as this process may use it (containers' limits included). */
public final class HostCpu {
    private HostCpu() {
    }

    public static int count() {
        return Runtime.getRuntime().availableProcessors();
    }

    /** Physical memory, bytes. */
    public static long memoryBytes() {
        OperatingSystemMXBean os = ManagementFactory.getOperatingSystemMXBean();
        return os instanceof com.sun.management.OperatingSystemMXBean sun ? sun.getTotalMemorySize() : Runtime.getRuntime().maxMemory();
    }
}
