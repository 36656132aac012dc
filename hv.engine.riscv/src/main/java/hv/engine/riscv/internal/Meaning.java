// Generated from hv.riscv's instructions.txt by hv.engine.riscv.tool.MeaningGenerator; do not edit.
package hv.engine.riscv.internal;

/** Integer operations and conditions, over the values of rs1 (a), rs2 (b) and the immediate (i); named as in the table, with '_' for '.'. */
final class Meaning {
    private Meaning() { }

    static boolean beq(long a, long b) {
        return a == b;
    }

    static boolean bne(long a, long b) {
        return a != b;
    }

    static boolean blt(long a, long b) {
        return a < b;
    }

    static boolean bge(long a, long b) {
        return a >= b;
    }

    static boolean bltu(long a, long b) {
        return a + Long.MIN_VALUE < b + Long.MIN_VALUE;
    }

    static boolean bgeu(long a, long b) {
        return a + Long.MIN_VALUE >= b + Long.MIN_VALUE;
    }

    static long addi(long a, long i) {
        return a + i;
    }

    static long slti(long a, long i) {
        return a < i ? 1 : 0;
    }

    static long sltiu(long a, long i) {
        return a + Long.MIN_VALUE < i + Long.MIN_VALUE ? 1 : 0;
    }

    static long xori(long a, long i) {
        return a ^ i;
    }

    static long ori(long a, long i) {
        return a | i;
    }

    static long andi(long a, long i) {
        return a & i;
    }

    static long slli(long a, long i) {
        return a << i;
    }

    static long srli(long a, long i) {
        return a >>> i;
    }

    static long srai(long a, long i) {
        return a >> i;
    }

    static long addiw(long a, long i) {
        return (int) (a + i);
    }

    static long slliw(long a, long i) {
        return (int) a << i;
    }

    static long srliw(long a, long i) {
        return (int) a >>> i;
    }

    static long sraiw(long a, long i) {
        return (int) a >> i;
    }

    static long add(long a, long b) {
        return a + b;
    }

    static long sub(long a, long b) {
        return a - b;
    }

    static long sll(long a, long b) {
        return a << b;
    }

    static long slt(long a, long b) {
        return a < b ? 1 : 0;
    }

    static long sltu(long a, long b) {
        return a + Long.MIN_VALUE < b + Long.MIN_VALUE ? 1 : 0;
    }

    static long xor(long a, long b) {
        return a ^ b;
    }

    static long srl(long a, long b) {
        return a >>> b;
    }

    static long sra(long a, long b) {
        return a >> b;
    }

    static long or(long a, long b) {
        return a | b;
    }

    static long and(long a, long b) {
        return a & b;
    }

    static long addw(long a, long b) {
        return (int) (a + b);
    }

    static long subw(long a, long b) {
        return (int) (a - b);
    }

    static long sllw(long a, long b) {
        return (int) a << b;
    }

    static long srlw(long a, long b) {
        return (int) a >>> b;
    }

    static long sraw(long a, long b) {
        return (int) a >> b;
    }

    static long mul(long a, long b) {
        return a * b;
    }

    static long mulh(long a, long b) {
        return Math.multiplyHigh(a, b);
    }

    static long mulhsu(long a, long b) {
        return Math.multiplyHigh(a, b) + (a & b >> 63);
    }

    static long mulhu(long a, long b) {
        return Math.unsignedMultiplyHigh(a, b);
    }

    static long div(long a, long b) {
        return b == 0 ? -1 : a / b;
    }

    static long divu(long a, long b) {
        return b == 0 ? -1 : Long.divideUnsigned(a, b);
    }

    static long rem(long a, long b) {
        return b == 0 ? a : a % b;
    }

    static long remu(long a, long b) {
        return b == 0 ? a : Long.remainderUnsigned(a, b);
    }

    static long mulw(long a, long b) {
        return (int) (a * b);
    }

    static long divw(long a, long b) {
        return (int) b == 0 ? -1 : (int) a / (int) b;
    }

    static long divuw(long a, long b) {
        return (int) b == 0 ? -1 : Integer.divideUnsigned((int) a, (int) b);
    }

    static long remw(long a, long b) {
        return (int) b == 0 ? (int) a : (int) a % (int) b;
    }

    static long remuw(long a, long b) {
        return (int) b == 0 ? (int) a : Integer.remainderUnsigned((int) a, (int) b);
    }

    static long add_uw(long a, long b) {
        return (a & 0xffffffffL) + b;
    }

    static long sh1add(long a, long b) {
        return (a << 1) + b;
    }

    static long sh1add_uw(long a, long b) {
        return ((a & 0xffffffffL) << 1) + b;
    }

    static long sh2add(long a, long b) {
        return (a << 2) + b;
    }

    static long sh2add_uw(long a, long b) {
        return ((a & 0xffffffffL) << 2) + b;
    }

    static long sh3add(long a, long b) {
        return (a << 3) + b;
    }

    static long sh3add_uw(long a, long b) {
        return ((a & 0xffffffffL) << 3) + b;
    }

    static long slli_uw(long a, long i) {
        return (a & 0xffffffffL) << i;
    }

    static long andn(long a, long b) {
        return a & ~b;
    }

    static long orn(long a, long b) {
        return a | ~b;
    }

    static long xnor(long a, long b) {
        return ~(a ^ b);
    }

    static long clz(long a) {
        return Long.numberOfLeadingZeros(a);
    }

    static long clzw(long a) {
        return Integer.numberOfLeadingZeros((int) a);
    }

    static long ctz(long a) {
        return Long.numberOfTrailingZeros(a);
    }

    static long ctzw(long a) {
        return Integer.numberOfTrailingZeros((int) a);
    }

    static long cpop(long a) {
        return Long.bitCount(a);
    }

    static long cpopw(long a) {
        return Integer.bitCount((int) a);
    }

    static long max(long a, long b) {
        return Math.max(a, b);
    }

    static long maxu(long a, long b) {
        return Long.compareUnsigned(a, b) > 0 ? a : b;
    }

    static long min(long a, long b) {
        return Math.min(a, b);
    }

    static long minu(long a, long b) {
        return Long.compareUnsigned(a, b) < 0 ? a : b;
    }

    static long sext_b(long a) {
        return (byte) a;
    }

    static long sext_h(long a) {
        return (short) a;
    }

    static long zext_h(long a) {
        return a & 0xffff;
    }

    static long rol(long a, long b) {
        return Long.rotateLeft(a, (int) b);
    }

    static long rolw(long a, long b) {
        return Integer.rotateLeft((int) a, (int) b);
    }

    static long ror(long a, long b) {
        return Long.rotateRight(a, (int) b);
    }

    static long rorw(long a, long b) {
        return Integer.rotateRight((int) a, (int) b);
    }

    static long rori(long a, long i) {
        return Long.rotateRight(a, (int) i);
    }

    static long roriw(long a, long i) {
        return Integer.rotateRight((int) a, (int) i);
    }

    static long orc_b(long a) {
        return ((((a & 0x7f7f7f7f7f7f7f7fL) + 0x7f7f7f7f7f7f7f7fL | a) >>> 7) & 0x0101010101010101L) * 255;
    }

    static long rev8(long a) {
        return Long.reverseBytes(a);
    }

    static long bclr(long a, long b) {
        return a & ~(1L << b);
    }

    static long bclri(long a, long i) {
        return a & ~(1L << i);
    }

    static long bext(long a, long b) {
        return a >>> b & 1;
    }

    static long bexti(long a, long i) {
        return a >>> i & 1;
    }

    static long binv(long a, long b) {
        return a ^ 1L << b;
    }

    static long binvi(long a, long i) {
        return a ^ 1L << i;
    }

    static long bset(long a, long b) {
        return a | 1L << b;
    }

    static long bseti(long a, long i) {
        return a | 1L << i;
    }
}
