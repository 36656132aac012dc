package hv.riscv.fp;

/** One of the formats under test, binary32 seen as the low half of a long. */
interface FloatingPoint {
    ExactFloat format();

    long add(Fpu f, long a, long b, int rm);

    long sub(Fpu f, long a, long b, int rm);

    long mul(Fpu f, long a, long b, int rm);

    long div(Fpu f, long a, long b, int rm);

    long sqrt(Fpu f, long a, int rm);

    long fmadd(Fpu f, long a, long b, long c, int rm);

    long fmsub(Fpu f, long a, long b, long c, int rm);

    long fnmsub(Fpu f, long a, long b, long c, int rm);

    long fnmadd(Fpu f, long a, long b, long c, int rm);

    long min(Fpu f, long a, long b);

    long max(Fpu f, long a, long b);

    int feq(Fpu f, long a, long b);

    int flt(Fpu f, long a, long b);

    int fle(Fpu f, long a, long b);

    long toInt32(Fpu f, long a, int rm);

    long toUint32(Fpu f, long a, int rm);

    long toInt64(Fpu f, long a, int rm);

    long toUint64(Fpu f, long a, int rm);

    long fromInt32(Fpu f, int i, int rm);

    long fromUint32(Fpu f, int i, int rm);

    long fromInt64(Fpu f, long i, int rm);

    long fromUint64(Fpu f, long i, int rm);

    /** FCVT.S.D or FCVT.D.S: to the other format. */
    long toOther(Fpu f, long a, int rm);

    int fclass(long a);

    /** The D extension. */
    class Binary64 implements FloatingPoint {
        @Override public ExactFloat format() { return ExactFloat.BINARY64; }
        @Override public long add(Fpu f, long a, long b, int rm) { return Fp64.add(f, a, b, rm); }
        @Override public long sub(Fpu f, long a, long b, int rm) { return Fp64.sub(f, a, b, rm); }
        @Override public long mul(Fpu f, long a, long b, int rm) { return Fp64.mul(f, a, b, rm); }
        @Override public long div(Fpu f, long a, long b, int rm) { return Fp64.div(f, a, b, rm); }
        @Override public long sqrt(Fpu f, long a, int rm) { return Fp64.sqrt(f, a, rm); }
        @Override public long fmadd(Fpu f, long a, long b, long c, int rm) { return Fp64.fmadd(f, a, b, c, rm); }
        @Override public long fmsub(Fpu f, long a, long b, long c, int rm) { return Fp64.fmsub(f, a, b, c, rm); }
        @Override public long fnmsub(Fpu f, long a, long b, long c, int rm) { return Fp64.fnmsub(f, a, b, c, rm); }
        @Override public long fnmadd(Fpu f, long a, long b, long c, int rm) { return Fp64.fnmadd(f, a, b, c, rm); }
        @Override public long min(Fpu f, long a, long b) { return Fp64.min(f, a, b); }
        @Override public long max(Fpu f, long a, long b) { return Fp64.max(f, a, b); }
        @Override public int feq(Fpu f, long a, long b) { return Fp64.feq(f, a, b); }
        @Override public int flt(Fpu f, long a, long b) { return Fp64.flt(f, a, b); }
        @Override public int fle(Fpu f, long a, long b) { return Fp64.fle(f, a, b); }
        @Override public long toInt32(Fpu f, long a, int rm) { return Fp64.toInt32(f, a, rm); }
        @Override public long toUint32(Fpu f, long a, int rm) { return Fp64.toUint32(f, a, rm); }
        @Override public long toInt64(Fpu f, long a, int rm) { return Fp64.toInt64(f, a, rm); }
        @Override public long toUint64(Fpu f, long a, int rm) { return Fp64.toUint64(f, a, rm); }
        @Override public long fromInt32(Fpu f, int i, int rm) { return Fp64.fromInt32(i); }
        @Override public long fromUint32(Fpu f, int i, int rm) { return Fp64.fromUint32(i); }
        @Override public long fromInt64(Fpu f, long i, int rm) { return Fp64.fromInt64(f, i, rm); }
        @Override public long fromUint64(Fpu f, long i, int rm) { return Fp64.fromUint64(f, i, rm); }
        @Override public long toOther(Fpu f, long a, int rm) { return Integer.toUnsignedLong(Fp64.toFloat32(f, a, rm)); }
        @Override public int fclass(long a) { return Fp64.fclass(a); }
        @Override public String toString() { return "binary64"; }
    }

    /** The D extension without its fast paths: what the host lacks (FMA3) must not matter. */
    final class Binary64Exact extends Binary64 {
        @Override public long add(Fpu f, long a, long b, int rm) { return Fp64.addExact(f, a, b, rm); }
        @Override public long mul(Fpu f, long a, long b, int rm) { return Fp64.mulExact(f, a, b, rm); }
        @Override public long div(Fpu f, long a, long b, int rm) { return Fp64.divExact(f, a, b, rm); }
        @Override public long sqrt(Fpu f, long a, int rm) { return Fp64.sqrtExact(f, a, rm); }
        @Override public long fmadd(Fpu f, long a, long b, long c, int rm) { return Fp64.fmaExact(f, a, b, c, rm); }
        @Override public String toString() { return "binary64, exact way"; }
    }

    /** The F extension. */
    final class Binary32 implements FloatingPoint {
        private static long u(int bits) { return Integer.toUnsignedLong(bits); }
        @Override public ExactFloat format() { return ExactFloat.BINARY32; }
        @Override public long add(Fpu f, long a, long b, int rm) { return u(Fp32.add(f, (int) a, (int) b, rm)); }
        @Override public long sub(Fpu f, long a, long b, int rm) { return u(Fp32.sub(f, (int) a, (int) b, rm)); }
        @Override public long mul(Fpu f, long a, long b, int rm) { return u(Fp32.mul(f, (int) a, (int) b, rm)); }
        @Override public long div(Fpu f, long a, long b, int rm) { return u(Fp32.div(f, (int) a, (int) b, rm)); }
        @Override public long sqrt(Fpu f, long a, int rm) { return u(Fp32.sqrt(f, (int) a, rm)); }
        @Override public long fmadd(Fpu f, long a, long b, long c, int rm) { return u(Fp32.fmadd(f, (int) a, (int) b, (int) c, rm)); }
        @Override public long fmsub(Fpu f, long a, long b, long c, int rm) { return u(Fp32.fmsub(f, (int) a, (int) b, (int) c, rm)); }
        @Override public long fnmsub(Fpu f, long a, long b, long c, int rm) { return u(Fp32.fnmsub(f, (int) a, (int) b, (int) c, rm)); }
        @Override public long fnmadd(Fpu f, long a, long b, long c, int rm) { return u(Fp32.fnmadd(f, (int) a, (int) b, (int) c, rm)); }
        @Override public long min(Fpu f, long a, long b) { return u(Fp32.min(f, (int) a, (int) b)); }
        @Override public long max(Fpu f, long a, long b) { return u(Fp32.max(f, (int) a, (int) b)); }
        @Override public int feq(Fpu f, long a, long b) { return Fp32.feq(f, (int) a, (int) b); }
        @Override public int flt(Fpu f, long a, long b) { return Fp32.flt(f, (int) a, (int) b); }
        @Override public int fle(Fpu f, long a, long b) { return Fp32.fle(f, (int) a, (int) b); }
        @Override public long toInt32(Fpu f, long a, int rm) { return Fp32.toInt32(f, (int) a, rm); }
        @Override public long toUint32(Fpu f, long a, int rm) { return Fp32.toUint32(f, (int) a, rm); }
        @Override public long toInt64(Fpu f, long a, int rm) { return Fp32.toInt64(f, (int) a, rm); }
        @Override public long toUint64(Fpu f, long a, int rm) { return Fp32.toUint64(f, (int) a, rm); }
        @Override public long fromInt32(Fpu f, int i, int rm) { return u(Fp32.fromInt32(f, i, rm)); }
        @Override public long fromUint32(Fpu f, int i, int rm) { return u(Fp32.fromUint32(f, i, rm)); }
        @Override public long fromInt64(Fpu f, long i, int rm) { return u(Fp32.fromInt64(f, i, rm)); }
        @Override public long fromUint64(Fpu f, long i, int rm) { return u(Fp32.fromUint64(f, i, rm)); }
        @Override public long toOther(Fpu f, long a, int rm) { return Fp32.toFloat64(f, (int) a); }
        @Override public int fclass(long a) { return Fp32.fclass((int) a); }
        @Override public String toString() { return "binary32"; }
    }
}
