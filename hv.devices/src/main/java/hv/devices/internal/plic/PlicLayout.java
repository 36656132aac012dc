package hv.devices.internal.plic;

/**
 * Register map of a PLIC (RISC-V Platform-Level Interrupt Controller 1.0.0, chapter 3), with as many sources and contexts as QEMU's virt machine.
 * <pre>
 *   0x000000 + 4 s            priority of source s
 *   0x001000                  pending bits
 *   0x002000 + 0x80 c         enable bits of context c
 *   0x200000 + 0x1000 c       threshold of context c
 *   0x200004 + 0x1000 c       claim, complete
 * </pre>
 * Context 2h is M mode of hart h, 2h + 1 its S mode.
 */
final class PlicLayout {
    /** Sources are 1 .. 95; 0 means none. */
    static final int SOURCES = 96;
    static final int WORDS = SOURCES / 32;
    /** Priorities 0 .. 7, 0 = never. */
    static final int PRIORITY_MAX = 7;
    static final int PRIORITY = 0;
    static final int PENDING = 0x1000;
    static final int ENABLE = 0x2000;
    static final int ENABLE_STRIDE = 0x80;
    static final int CONTEXT = 0x20_0000;
    static final int CONTEXT_STRIDE = 0x1000;
    static final int CONTEXTS_PER_HART = 2;

    private PlicLayout() {
    }

    /** The least region that holds the registers of these harts. */
    static long regionBytes(int harts) {
        return CONTEXT + (long) CONTEXT_STRIDE * CONTEXTS_PER_HART * harts;
    }
}
