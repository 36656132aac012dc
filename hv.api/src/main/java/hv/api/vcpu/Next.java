package hv.api.vcpu;

/** What happens to a vCPU after its exit was handled. */
public enum Next {
    /** Commit the completion and go on in the guest. */
    RESUME,
    /** Commit the trap in the completion slot: the guest's own handler takes over. */
    REFLECT,
    /** Sleep until an interrupt, a timer, or a request. */
    PARK,
    /** Run the instruction again from its start; the completion slot is ignored. */
    RETRY,
    /** The vCPU does not go on: it was stopped, or its machine is powering off or resetting. */
    STOP
}
