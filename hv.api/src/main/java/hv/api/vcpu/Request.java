package hv.api.vcpu;

/** What any thread may ask of a vCPU; taken within the engine's declared number of guest instructions, at once by a vCPU that is out of the guest. */
public enum Request {
    /** Drop cached translations of guest addresses; acknowledged before the requester's call returns. */
    FLUSH_TLB,
    /** Make stores of all writers visible to instruction fetch; acknowledged before the requester's call returns. */
    FENCE_I,
    /** Come out of the guest and stay out until woken. */
    SLEEP,
    /** Look at the interrupt lines and timers again. */
    INTERRUPT
}
