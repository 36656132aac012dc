package hv.engine.riscv.internal;

/**
 * Translated code: instructions of one page, entered at its head, as one method that HotSpot compiles. Instances are of hidden classes, immutable, and
 * serve every hart and every page that holds the same instructions.
 */
abstract class Region {
    /** More than the instructions it executes between two looks at its budget and at {@link HartCore#attends}. */
    final int most;

    Region(int most) {
        this.most = most;
    }

    /** Resolves what {@link #run} calls. */
    abstract void link(HartCore stage);

    /**
     * Runs from its head on. Registers are taken from {@link HartCore#x} and are exact there when it returns, as is {@link HartCore#left}. Where an
     * instruction could not be finished it sets {@link HartCore#refused} and returns the address of that instruction, which has changed nothing.
     *
     * @param pc0  address of its head
     * @param left instructions that may be executed, at least {@link #most}
     * @return where to go on
     */
    abstract long run(HartCore c, long pc0, long left);
}
