package hv.riscv;

/** Numbers of CSRs and names of their bits. Source: privileged specification (20240411), chapters 2, 3, 12; Sstc, Svadu; Smaia and Ssaia (AIA 1.0, chapter 2). */
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
    public static final int SISELECT = 0x150;
    public static final int SIREG = 0x151;
    public static final int STOPEI = 0x15c;
    public static final int SATP = 0x180;
    public static final int MSTATUS = 0x300;
    public static final int MISA = 0x301;
    public static final int MEDELEG = 0x302;
    public static final int MIDELEG = 0x303;
    public static final int MIE = 0x304;
    public static final int MTVEC = 0x305;
    public static final int MCOUNTEREN = 0x306;
    public static final int MVIEN = 0x308;
    public static final int MVIP = 0x309;
    public static final int MENVCFG = 0x30a;
    public static final int MCOUNTINHIBIT = 0x320;
    public static final int MHPMEVENT3 = 0x323;
    public static final int MHPMEVENT31 = 0x33f;
    public static final int MSCRATCH = 0x340;
    public static final int MEPC = 0x341;
    public static final int MCAUSE = 0x342;
    public static final int MTVAL = 0x343;
    public static final int MIP = 0x344;
    public static final int MISELECT = 0x350;
    public static final int MIREG = 0x351;
    public static final int MTOPEI = 0x35c;
    public static final int PMPCFG0 = 0x3a0;
    public static final int PMPCFG2 = 0x3a2;
    public static final int PMPADDR0 = 0x3b0;
    public static final int PMPADDR15 = 0x3bf;
    public static final int TSELECT = 0x7a0;
    public static final int TDATA1 = 0x7a1;
    public static final int TDATA2 = 0x7a2;
    public static final int TDATA3 = 0x7a3;
    public static final int TINFO = 0x7a4;
    public static final int MCYCLE = 0xb00;
    public static final int MINSTRET = 0xb02;
    public static final int MHPMCOUNTER3 = 0xb03;
    public static final int MHPMCOUNTER31 = 0xb1f;
    public static final int CYCLE = 0xc00;
    public static final int TIME = 0xc01;
    public static final int INSTRET = 0xc02;
    public static final int HPMCOUNTER3 = 0xc03;
    public static final int HPMCOUNTER31 = 0xc1f;
    public static final int STOPI = 0xdb0;
    public static final int MVENDORID = 0xf11;
    public static final int MARCHID = 0xf12;
    public static final int MIMPID = 0xf13;
    public static final int MHARTID = 0xf14;
    public static final int MCONFIGPTR = 0xf15;
    public static final int MTOPI = 0xfb0;

    public static final long SSTATUS_SIE = 1L << 1;
    public static final long SSTATUS_SPIE = 1L << 5;
    public static final long SSTATUS_SPP = 1L << 8;
    public static final long SSTATUS_FS = 3L << 13;
    public static final long SSTATUS_SUM = 1L << 18;
    public static final long SSTATUS_MXR = 1L << 19;
    /** UXL = 2, read-only: user mode is RV64. */
    public static final long SSTATUS_UXL64 = 2L << 32;
    public static final long SSTATUS_SD = 1L << 63;

    public static final long MSTATUS_MIE = 1L << 3;
    public static final long MSTATUS_MPIE = 1L << 7;
    public static final int MSTATUS_MPP_SHIFT = 11;
    public static final long MSTATUS_MPP = 3L << MSTATUS_MPP_SHIFT;
    public static final long MSTATUS_MPRV = 1L << 17;
    public static final long MSTATUS_TVM = 1L << 20;
    public static final long MSTATUS_TW = 1L << 21;
    public static final long MSTATUS_TSR = 1L << 22;
    /** SXL = 2, read-only: supervisor mode is RV64. */
    public static final long MSTATUS_SXL64 = 2L << 34;

    public static final long ENVCFG_FIOM = 1;
    /** Hardware updates A and D (Svadu). */
    public static final long MENVCFG_ADUE = 1L << 61;
    /** stimecmp is there (Sstc). */
    public static final long MENVCFG_STCE = 1L << 63;

    /** Machine software, timer and external interrupt: bits of mip and mie. */
    public static final int MSIP = 1 << 3;
    public static final int MTIP = 1 << 7;
    public static final int MEIP = 1 << 11;
    /** Supervisor software, timer and external interrupt: bits of sip, sie, mip and mie. */
    public static final int SSIP = 1 << 1;
    public static final int STIP = 1 << 5;
    public static final int SEIP = 1 << 9;

    private Csr() { }
}
