package hv.devices.internal.aplic;

/**
 * Register map of an interrupt domain of an APLIC (RISC-V Advanced Interrupt Architecture 1.0, 4.5), with as many sources as QEMU's virt machine.
 * <pre>
 *   0x0000           domaincfg
 *   0x0000 + 4 s     sourcecfg of source s
 *   0x1bc0 .. 0x1bcc mmsiaddrcfg, mmsiaddrcfgh, smsiaddrcfg, smsiaddrcfgh
 *   0x1c00, 0x1cdc   setip, setipnum
 *   0x1d00, 0x1ddc   in_clrip, clripnum
 *   0x1e00, 0x1edc   setie, setienum
 *   0x1f00, 0x1fdc   clrie, clrienum
 *   0x2000, 0x2004   setipnum_le, setipnum_be
 *   0x3000           genmsi
 *   0x3000 + 4 s     target of source s
 *   0x4000 + 0x20 h  idelivery, iforce, ithreshold, topi (0x18) and claimi (0x1c) of hart h
 * </pre>
 */
final class AplicLayout {
    /** Sources are 1 .. 96; 0 means none. */
    static final int SOURCES = 97;
    static final int WORDS = (SOURCES + 31) / 32;

    static final int DOMAINCFG = 0;
    static final int SOURCECFG_END = 0x1000;
    static final int MMSIADDRCFG = 0x1bc0;
    static final int MMSIADDRCFGH = 0x1bc4;
    static final int SMSIADDRCFG = 0x1bc8;
    static final int SMSIADDRCFGH = 0x1bcc;
    static final int SETIP = 0x1c00;
    static final int SETIPNUM = 0x1cdc;
    static final int IN_CLRIP = 0x1d00;
    static final int CLRIPNUM = 0x1ddc;
    static final int SETIE = 0x1e00;
    static final int SETIENUM = 0x1edc;
    static final int CLRIE = 0x1f00;
    static final int CLRIENUM = 0x1fdc;
    static final int SETIPNUM_LE = 0x2000;
    static final int SETIPNUM_BE = 0x2004;
    static final int GENMSI = 0x3000;
    static final int IDC = 0x4000;
    static final int IDC_STRIDE = 0x20;
    static final int IDELIVERY = 0;
    static final int IFORCE = 4;
    static final int ITHRESHOLD = 8;
    static final int TOPI = 0x18;
    static final int CLAIMI = 0x1c;

    /** Of one domain, as QEMU's virt machine has it. */
    static final int DOMAIN_BYTES = 0x8000;

    /** domaincfg: read-only byte, interrupt enable, delivery mode MSI. */
    static final int DOMAINCFG_FIXED = 0x80 << 24;
    static final int DOMAINCFG_IE = 1 << 8;
    static final int DOMAINCFG_DM = 1 << 2;

    /** sourcecfg: delegated to child 0; source modes. */
    static final int DELEGATED = 1 << 10;
    static final int INACTIVE = 0;
    static final int DETACHED = 1;
    static final int EDGE1 = 4;
    static final int LEVEL1 = 6;
    static final int LEVEL0 = 7;

    static final int HART_SHIFT = 18;
    static final int HART_MAX = 0x3fff;
    static final int EIID_MASK = 0x7ff;
    static final int PRIORITY_MASK = 0xff;

    private AplicLayout() {
    }

    /** Whether a value can stand in sourcecfg with D = 0: a mode that is not reserved (4.5.2). */
    static boolean isMode(int value) {
        return value == INACTIVE || value == DETACHED || value >= EDGE1 && value <= LEVEL0;
    }
}
