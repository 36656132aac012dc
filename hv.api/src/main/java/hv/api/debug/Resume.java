package hv.api.debug;

/** How a vCPU goes on. */
public enum Resume {
    /** It stays where it is. */
    HOLD,
    /** One instruction, and no interrupt before it. One that waits for an interrupt goes on behind its WFI. */
    STEP,
    /** It runs as if there were no debugger, until something stops the machine. */
    RUN
}
