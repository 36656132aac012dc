package hv.riscv;

/** Numbers of CSRs and names of their bits. Source: privileged specification (20240411), chapters 2, 12; Sstc, Svadu. */
public final class Csr {
    public static final int FFLAGS = 0x001;
    public static final int FRM = 0x002;
    public static final int FCSR = 0x003;
    public static final int SSTATUS = 0x100;
    public static final int SIE = 0x104;
    public static final int STVEC = 0x105;
    public static final int SCOUNTEREN = 0x106;
    public static final int SENVCFG = 0x10a;
    public static final int SSCRATCH = 0x140;
    public static final int SEPC = 0x141;
    public static final int SCAUSE = 0x142;
    public static final int STVAL = 0x143;
    public static final int SIP = 0x144;
    public static final int STIMECMP = 0x14d;
    public static final int SATP = 0x180;
    public static final int CYCLE = 0xc00;
    public static final int TIME = 0xc01;
    public static final int INSTRET = 0xc02;

    public static final long SSTATUS_SIE = 1L << 1;
    public static final long SSTATUS_SPIE = 1L << 5;
    public static final long SSTATUS_SPP = 1L << 8;
    public static final long SSTATUS_FS = 3L << 13;
    public static final long SSTATUS_SUM = 1L << 18;
    public static final long SSTATUS_MXR = 1L << 19;
    /** UXL = 2, read-only: user mode is RV64. */
    public static final long SSTATUS_UXL64 = 2L << 32;
    public static final long SSTATUS_SD = 1L << 63;

    /** Supervisor software, timer and external interrupt: bits of sip and sie. */
    public static final int SSIP = 1 << 1;
    public static final int STIP = 1 << 5;
    public static final int SEIP = 1 << 9;

    private Csr() { }
}
