package hv.api.vcpu;

/** Where a vCPU stands as the guest's firmware tells it; for RISC-V the states of hart state management (SBI 2.0, 9). */
public enum VcpuState {
    /** It was not started, or has stopped itself. */
    STOPPED,
    /** It has stopped itself and is about to leave its host CPU: it cannot be started yet. */
    STOP_PENDING,
    /** It runs, waits for a host CPU, or waits for an interrupt. */
    STARTED,
    /** It asked the firmware to suspend it, and waits for an interrupt. */
    SUSPENDED
}
