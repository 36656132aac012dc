package hv.api.vcpu;

/** Where a dispatcher sent an exit; for the counters. */
public enum Route {
    /** Handled by the run loop itself: slice ends, kicks. */
    RUN_LOOP,
    ALLOCATOR,
    INTERPRETER,
    /** Asked the allocator first, then the interpreter. */
    ALLOCATOR_AND_INTERPRETER
}
