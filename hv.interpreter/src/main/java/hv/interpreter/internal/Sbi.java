package hv.interpreter.internal;

/** Numbers of the RISC-V Supervisor Binary Interface, version 2.0. */
final class Sbi {
    // Table 1: errors.
    static final long SUCCESS = 0;
    static final long ERR_FAILED = -1;
    static final long ERR_NOT_SUPPORTED = -2;
    static final long ERR_INVALID_PARAM = -3;
    static final long ERR_DENIED = -4;
    static final long ERR_INVALID_ADDRESS = -5;
    static final long ERR_ALREADY_AVAILABLE = -6;
    static final long ERR_ALREADY_STARTED = -7;
    static final long ERR_ALREADY_STOPPED = -8;
    static final long ERR_NO_SHMEM = -9;

    // Extensions.
    static final long EXT_LEGACY_SET_TIMER = 0;
    static final long EXT_LEGACY_PUTCHAR = 1;
    static final long EXT_LEGACY_GETCHAR = 2;
    static final long EXT_LEGACY_CLEAR_IPI = 3;
    static final long EXT_LEGACY_SEND_IPI = 4;
    static final long EXT_LEGACY_REMOTE_FENCE_I = 5;
    static final long EXT_LEGACY_REMOTE_SFENCE_VMA = 6;
    static final long EXT_LEGACY_REMOTE_SFENCE_VMA_ASID = 7;
    static final long EXT_LEGACY_SHUTDOWN = 8;
    static final long EXT_BASE = 0x10;
    static final long EXT_TIME = 0x54494D45L;
    static final long EXT_IPI = 0x735049L;
    static final long EXT_RFENCE = 0x52464E43L;
    static final long EXT_HSM = 0x48534DL;
    static final long EXT_SRST = 0x53525354L;
    static final long EXT_PMU = 0x504D55L;
    static final long EXT_DBCN = 0x4442434EL;
    static final long EXT_SUSP = 0x53555350L;
    static final long EXT_STA = 0x535441L;

    /** Chapter 4: major 2, minor 0. */
    static final long SPEC_VERSION = 2L << 24;
    /** Section 4.9 lists the assigned ones, 0 .. 11; this one ("hv") is not assigned to anybody. */
    static final long IMPLEMENTATION_ID = 0x6876;
    static final long IMPLEMENTATION_VERSION = 0x0001_0000;

    /** Supervisor software interrupt, bit number in sip (privileged specification, 12.1.3). */
    static final int LINE_SSIP = 1;

    private Sbi() {
    }
}
