package hv.oracle;

/** What a random program is about: the mode it lives in and the instructions it is made of. */
public enum Kind {
    /** User mode without translation: computing, memory, floating point, atomics. */
    UNPRIVILEGED,
    /** User mode under page tables with pages of all kinds, illegal and privileged instructions. */
    USER,
    /** Supervisor mode: CSRs, changes of page tables and satp, fences, traps, interrupts, ways into user mode and back. */
    SUPERVISOR,
    /** Machine mode: its CSRs, PMP, delegation, MPRV, ways into supervisor and user mode and back. */
    MACHINE;

    /** The mode to which the handler returns after a trap. */
    int homeMode() {
        return switch (this) {
            case UNPRIVILEGED, USER -> 0;
            case SUPERVISOR -> 1;
            case MACHINE -> 3;
        };
    }

    /** Letter of the mode whose part of the harness starts and ends programs. */
    char boss() {
        return this == MACHINE ? 'm' : 's';
    }
}
