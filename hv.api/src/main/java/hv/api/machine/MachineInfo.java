package hv.api.machine;

import java.time.Duration;

/**
 * A machine as it is now.
 *
 * @param detail          why it stopped or failed, else ""
 * @param upTime          guest time since start
 * @param cpuTime         host CPU time of its vCPUs
 * @param instructions    guest instructions retired by all vCPUs
 * @param memoryBytes     promised RAM
 * @param touchedBytes    RAM that is resident
 * @param vcpus           all
 * @param startedVcpus    started ones
 */
public record MachineInfo(String name, MachineState state, String detail, Duration upTime, Duration cpuTime, long instructions,
        long memoryBytes, long touchedBytes, int vcpus, int startedVcpus) {
}
