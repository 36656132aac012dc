package hv.api.allocator.spi;

/** What is asked of the allocator. Closed within a major version. */
public sealed interface ResourceRequest {
    /** Name of the machine that asks. */
    String machine();

    /** A machine is to be admitted with so much RAM and so many vCPUs. */
    record Admit(String machine, long ramBytes, int vcpus) implements ResourceRequest {
    }

    /** A machine is gone: all that it held is free. */
    record Release(String machine) implements ResourceRequest {
    }

    /** A vCPU is to be started. */
    record StartVcpu(String machine, int vcpu) implements ResourceRequest {
    }

    /** A vCPU stops. */
    record StopVcpu(String machine, int vcpu) implements ResourceRequest {
    }
}
