package hv.riscv;

/**
 * A decoded instruction in one {@code long}.
 * <pre>
 *  bits   0..8   9..14  15..19  20..24  25..31                  32..63
 *         op     rd     rs1     rs2     length in 16-bit units  immediate, signed
 * </pre>
 * In place of the immediate stand: for {@code system} instructions and {@link Op#ILLEGAL} the encoding (compressed ones expanded in
 * {@code op} and registers, not here); for {@code float} the rounding mode in bits 0..2 and rs3 in bits 3..7.
 * Engines may use rd values of 32 and above and the length's bits for their own ends once they took them.
 */
public final class Decoded {
    public static final int RD_SHIFT = 9;
    public static final int RS1_SHIFT = 15;
    public static final int RS2_SHIFT = 20;
    public static final int LENGTH_SHIFT = 25;
    public static final int IMM_SHIFT = 32;
    public static final int OP_MASK = 511;

    private Decoded() { }

    static long pack(int op, int rd, int rs1, int rs2, int halfwords, long imm) {
        return op | rd << RD_SHIFT | rs1 << RS1_SHIFT | rs2 << RS2_SHIFT | halfwords << LENGTH_SHIFT | imm << IMM_SHIFT;
    }

    public static int op(long decoded) {
        return (int) decoded & OP_MASK;
    }

    public static int rd(long decoded) {
        return (int) decoded >>> RD_SHIFT & 63;
    }

    public static int rs1(long decoded) {
        return (int) decoded >>> RS1_SHIFT & 31;
    }

    public static int rs2(long decoded) {
        return (int) decoded >>> RS2_SHIFT & 31;
    }

    public static int lengthBytes(long decoded) {
        return ((int) decoded >>> LENGTH_SHIFT) << 1;
    }

    /** The immediate, sign-extended. */
    public static long imm(long decoded) {
        return decoded >> IMM_SHIFT;
    }
}
