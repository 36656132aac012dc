package hv.engine.riscv.internal;

/** What becomes of blocks that are executed often. */
interface HotCode {
    /** Executions of a block until {@link #hot}; at least 1. */
    int executions();

    /** A block was executed so often, and has no region. On its hart's thread; whatever takes long is done elsewhere. */
    void hot(Block block);
}
