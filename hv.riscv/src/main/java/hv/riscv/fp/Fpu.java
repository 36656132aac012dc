package hv.riscv.fp;

/**
 * The floating-point control and status of one hart (CSR {@code fcsr}; RISC-V unprivileged specification, section "F:
 * Floating-Point Control and Status Register"), and NaN boxing (section "D: NaN Boxing of Narrower Values").
 *
 * <p>Mutable, not thread safe: the operations of {@link Fp32} and {@link Fp64} only ever set bits of {@link #fflags}.
 */
public final class Fpu {
    /** Inexact. */
    public static final int NX = 1;
    /** Underflow: the result is tiny after rounding, and inexact. */
    public static final int UF = 2;
    /** Overflow. */
    public static final int OF = 4;
    /** Division by zero. */
    public static final int DZ = 8;
    /** Invalid operation. */
    public static final int NV = 16;

    /** Round to nearest, ties to even. */
    public static final int RNE = 0;
    /** Round towards zero. */
    public static final int RTZ = 1;
    /** Round down, towards minus infinity. */
    public static final int RDN = 2;
    /** Round up, towards plus infinity. */
    public static final int RUP = 3;
    /** Round to nearest, ties to the larger magnitude. */
    public static final int RMM = 4;
    /** In an instruction's {@code rm} field: as {@link #frm} says. */
    public static final int DYN = 7;

    private static final long BOX = 0xffff_ffff_0000_0000L;

    /** Accrued exceptions, 0 .. 31: {@link #NX} to {@link #NV}. */
    public int fflags;
    /** Dynamic rounding mode, 0 .. 7; 5 to 7 are reserved and make an instruction that uses them illegal. */
    public int frm;

    /** All flags clear, round to nearest even. */
    public Fpu() {}

    /** The CSR {@code fcsr}: frm in bits 7..5, fflags in bits 4..0. */
    public int fcsr() {
        return (frm & 7) << 5 | fflags & 31;
    }

    /** Writes the CSR {@code fcsr}; bits above 7 are ignored. */
    public void setFcsr(long value) {
        fflags = (int) value & 31;
        frm = (int) (value >>> 5) & 7;
    }

    /**
     * The rounding mode an instruction asks for.
     *
     * @param rmField the instruction's {@code rm} field, 0 .. 7
     * @return 0 .. 4, or -1 where the mode is reserved, that is, the instruction is illegal
     */
    public int resolve(int rmField) {
        int rm = rmField == DYN ? frm : rmField;
        return rm >= RNE && rm <= RMM ? rm : -1;
    }

    /** The binary32 in an f register, or the canonical NaN if it is not properly boxed. */
    public static int unbox(long f) {
        return (f & BOX) == BOX ? (int) f : Fp32.NAN;
    }

    /** A binary32 as it stands in an f register: the upper half all ones. */
    public static long box(int f) {
        return BOX | f & 0xffff_ffffL;
    }
}
