package hv.api.allocator.spi;

/**
 * What the host has, and by how much it may be promised.
 *
 * @param ramBytes           physical memory that machines may use
 * @param cpus               host CPUs in the pool
 * @param memoryOvercommit   promised guest RAM may be this many times ramBytes, at least 0.1
 * @param cpuOvercommit      promised vCPUs may be this many times cpus, at least 1
 */
public record HostResources(long ramBytes, int cpus, double memoryOvercommit, double cpuOvercommit) {
}
