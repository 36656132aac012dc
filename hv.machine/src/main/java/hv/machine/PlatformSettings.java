package hv.machine;

import hv.api.allocator.spi.HostResources;
import hv.host.HostCpu;

/**
 * How much of the host the platform may use.
 *
 * @param cpus             host CPUs to run vCPUs on, at least 1
 * @param memoryOvercommit see {@link HostResources}
 * @param cpuOvercommit    see {@link HostResources}
 */
public record PlatformSettings(int cpus, double memoryOvercommit, double cpuOvercommit) {
    public PlatformSettings {
        if (cpus < 1 || cpus > 1024 || !(memoryOvercommit >= 0.1) || !(cpuOvercommit >= 1)) {
            throw new IllegalArgumentException(cpus + " CPUs (1 .. 1024), memory overcommit " + memoryOvercommit + " (0.1 ..), CPU overcommit "
                    + cpuOvercommit + " (1 ..)");
        }
    }

    /** All CPUs; memory 1.5 times over, since guests seldom touch all of theirs; CPUs 16 times. */
    public static PlatformSettings usual() {
        return new PlatformSettings(HostCpu.count(), 1.5, 16);
    }

    /** What the allocator is told of this host. */
    public HostResources resources() {
        return new HostResources(HostCpu.memoryBytes(), cpus, memoryOvercommit, cpuOvercommit);
    }
}
