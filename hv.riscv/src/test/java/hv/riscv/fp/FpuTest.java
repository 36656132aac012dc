package hv.riscv.fp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FpuTest {
    @Test
    void aBoxedNumberComesBackAndAnythingElseIsTheCanonicalNan() {
        for (int bits : new int[] {0, 1, -1, 0x3f80_0000, Integer.MIN_VALUE, 0x7f80_0001}) {
            assertEquals(bits, Fpu.unbox(Fpu.box(bits)));
            assertEquals(0xffff_ffffL, Fpu.box(bits) >>> 32);
            assertEquals(0x7fc0_0000, Fpu.unbox(Integer.toUnsignedLong(bits)));
            assertEquals(0x7fc0_0000, Fpu.unbox(Fpu.box(bits) ^ 1L << 32));
            assertEquals(0x7fc0_0000, Fpu.unbox(Fpu.box(bits) ^ 1L << 63));
        }
    }

    @Test
    void fcsrHoldsFrmAboveFflagsAndNothingElse() {
        Fpu fpu = new Fpu();
        for (int value = 0; value < 256; value++) {
            fpu.setFcsr(value | 0xabcd_ef00_1234_5600L);
            assertEquals(value, fpu.fcsr());
            assertEquals(value & 31, fpu.fflags);
            assertEquals(value >> 5, fpu.frm);
        }
    }

    @Test
    void aReservedRoundingModeIsRefusedWhetherStaticOrDynamic() {
        Fpu fpu = new Fpu();
        for (int frm = 0; frm < 8; frm++) {
            fpu.frm = frm;
            assertEquals(frm < 5 ? frm : -1, fpu.resolve(Fpu.DYN));
            for (int rm = 0; rm < 7; rm++) {
                assertEquals(rm < 5 ? rm : -1, fpu.resolve(rm));
            }
        }
    }

    @Test
    void signInjectionTouchesNothingButTheSignAndRaisesNothing() {
        long number = 0x7ff0_0000_0000_0001L;
        long negative = number | Long.MIN_VALUE;
        assertEquals(negative, Fp64.sgnj(number, -1));
        assertEquals(number, Fp64.sgnj(negative, 1));
        assertEquals(number, Fp64.sgnjn(number, -1));
        assertEquals(negative, Fp64.sgnjn(number, 1));
        assertEquals(number, Fp64.sgnjx(negative, -1));
        assertEquals(negative, Fp64.sgnjx(negative, 1));
        assertEquals(0xff80_0001, Fp32.sgnj(0x7f80_0001, -1));
        assertEquals(0x7f80_0001, Fp32.sgnj(0xff80_0001, 1));
        assertEquals(0x7f80_0001, Fp32.sgnjn(0x7f80_0001, -1));
        assertEquals(0xff80_0001, Fp32.sgnjn(0x7f80_0001, 1));
        assertEquals(0x7f80_0001, Fp32.sgnjx(0xff80_0001, -1));
        assertEquals(0xff80_0001, Fp32.sgnjx(0xff80_0001, 1));
    }

    /** Known by hand, so that oracle and implementation cannot err together on the conventions of RISC-V. */
    @Test
    void theConventionsOfRiscvHold() {
        Fpu fpu = new Fpu();
        long one = Double.doubleToRawLongBits(1.0);
        long infinity = Double.doubleToRawLongBits(Double.POSITIVE_INFINITY);

        // 0 * inf + quiet NaN is invalid.
        assertEquals(0x7ff8_0000_0000_0000L, Fp64.fmadd(fpu, 0, infinity, Fp64.NAN | 3, Fpu.RNE));
        assertEquals(Fpu.NV, fpu.fflags);

        // A NaN loses; a signalling one raises NV even then.
        fpu.fflags = 0;
        assertEquals(one, Fp64.min(fpu, one, Fp64.NAN));
        assertEquals(0, fpu.fflags);
        assertEquals(one, Fp64.max(fpu, infinity + 1, one));
        assertEquals(Fpu.NV, fpu.fflags);

        // FCVT.WU.D of -0.5 is inexact towards zero, invalid downwards; NaN gives the largest.
        fpu.fflags = 0;
        assertEquals(0, Fp64.toUint32(fpu, Double.doubleToRawLongBits(-0.5), Fpu.RTZ));
        assertEquals(Fpu.NX, fpu.fflags);
        fpu.fflags = 0;
        assertEquals(0, Fp64.toUint32(fpu, Double.doubleToRawLongBits(-0.5), Fpu.RDN));
        assertEquals(Fpu.NV, fpu.fflags);
        assertEquals(-1, Fp64.toUint32(fpu, Fp64.NAN, Fpu.RNE));
        assertEquals(-1, Fp64.toUint64(fpu, Fp64.NAN | Long.MIN_VALUE, Fpu.RNE));
        assertEquals(Integer.MAX_VALUE, Fp32.toInt32(fpu, Fp32.NAN, Fpu.RNE));
        assertEquals(Long.MAX_VALUE, Fp32.toInt64(fpu, Fp32.NAN, Fpu.RNE));
        assertEquals(0xffff_ffff_8000_0000L, Fp64.toUint32(fpu, Double.doubleToRawLongBits(0x1p31), Fpu.RNE));

        // Tininess is told after rounding. 2^-1022 - 2^-1075 has 53 bits: with an unbounded exponent it stays below the smallest
        // normal number, though a subnormal lacks its last bit. 2^-1022 - 2^-1126 would round up even then: no underflow.
        long minNormal = 0x0010_0000_0000_0000L;
        fpu.fflags = 0;
        assertEquals(minNormal, Fp64.mul(fpu, one - 1, minNormal, Fpu.RNE));
        assertEquals(Fpu.NX | Fpu.UF, fpu.fflags);
        fpu.fflags = 0;
        assertEquals(minNormal, Fp64.mul(fpu, one + 1, minNormal - 1, Fpu.RNE));
        assertEquals(Fpu.NX, fpu.fflags);

        // Overflow keeps the largest finite number where the mode points inwards.
        fpu.fflags = 0;
        assertEquals(infinity - 1, Fp64.add(fpu, infinity - 1, infinity - 1, Fpu.RDN));
        assertEquals(Fpu.OF | Fpu.NX, fpu.fflags);
    }

    /** (1 + x)(1 - x + x^2) = 1 + x^3: one ulp's half and a bit that far below it, out of two short factors. */
    @Test
    void aBitFarBelowStillBreaksTheTieOfAFusedSum() {
        Fpu fpu = new Fpu();
        long one = Double.doubleToRawLongBits(1.0);
        long a = Double.doubleToRawLongBits(1 + 0x1p-26);
        long b = Double.doubleToRawLongBits((1 - 0x1p-26 + 0x1p-52) * 0x1p-53);
        for (int before : new int[] {0, Fpu.NX}) {
            fpu.fflags = before;
            assertEquals(one + 1, Fp64.fmadd(fpu, a, b, one, Fpu.RNE));
            assertEquals(Fpu.NX, fpu.fflags);
            fpu.fflags = before;
            assertEquals(one + 1, Fp64.fmaExact(fpu, a, b, one, Fpu.RNE));
            assertEquals(Fpu.NX, fpu.fflags);
            // 1 + ulp - (ulp / 2 + a bit): just below the tie.
            assertEquals(one, Fp64.fnmsub(fpu, a, b, one + 1, Fpu.RMM));
            int one32 = Float.floatToRawIntBits(1f);
            int a32 = Float.floatToRawIntBits(1 + 0x1p-12f);
            int b32 = Float.floatToRawIntBits((1 - 0x1p-12f + 0x1p-24f) * 0x1p-24f);
            fpu.fflags = before;
            assertEquals(one32 + 1, Fp32.fmadd(fpu, a32, b32, one32, Fpu.RNE));
            assertEquals(Fpu.NX, fpu.fflags);
            assertEquals(one32, Fp32.fnmsub(fpu, a32, b32, one32 + 1, Fpu.RMM));
        }
    }

    @Test
    void nothingIsAllocatedOnAnyPath() {
        assumeTrue(ManagementFactory.getThreadMXBean() instanceof ThreadMXBean, "this JVM counts no allocated bytes");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assumeTrue(threads.isThreadAllocatedMemorySupported(), "this JVM counts no allocated bytes");
        Fpu fpu = new Fpu();
        SplittableRandom random = new SplittableRandom(3);
        long[] operands = new long[1024];
        for (int i = 0; i < operands.length; i++) {
            operands[i] = random.nextLong();
        }
        long sink = runAll(fpu, operands, 1);
        long before = threads.getCurrentThreadAllocatedBytes();
        sink += runAll(fpu, operands, 20);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        // A million operations; the reading itself may cost some bytes.
        assertTrue(allocated < 4096, () -> allocated + " bytes allocated");
        assertTrue(sink != 0);
    }

    private static long runAll(Fpu fpu, long[] operands, int rounds) {
        long sink = 0;
        for (int round = 0; round < rounds; round++) {
            for (int i = 2; i < operands.length; i++) {
                int rm = (i + round) % 5;
                long a = operands[i];
                long b = operands[i - 1];
                long c = operands[i - 2];
                fpu.fflags = i & Fpu.NX;
                sink += Fp64.add(fpu, a, b, rm) + Fp64.mul(fpu, a, b, rm) + Fp64.div(fpu, a, b, rm) + Fp64.sqrt(fpu, a, rm)
                        + Fp64.fmadd(fpu, a, b, c, rm) + Fp64.toInt64(fpu, a, rm) + Fp64.toUint64(fpu, a, rm)
                        + Fp64.fromInt64(fpu, a, rm) + Fp64.fromUint64(fpu, a, rm) + Fp64.toFloat32(fpu, a, rm)
                        + Fp64.min(fpu, a, b) + Fp64.max(fpu, a, b) + Fp64.flt(fpu, a, b) + Fp64.fclass(a);
                fpu.fflags = i & Fpu.NX;
                sink += Fp32.add(fpu, (int) a, (int) b, rm) + Fp32.mul(fpu, (int) a, (int) b, rm)
                        + Fp32.div(fpu, (int) a, (int) b, rm) + Fp32.sqrt(fpu, (int) a, rm)
                        + Fp32.fmadd(fpu, (int) a, (int) b, (int) c, rm) + Fp32.toInt64(fpu, (int) a, rm)
                        + Fp32.fromInt64(fpu, a, rm) + Fp32.fromUint64(fpu, a, rm) + Fp32.toFloat64(fpu, (int) a)
                        + Fp32.min(fpu, (int) a, (int) b) + Fp32.flt(fpu, (int) a, (int) b) + Fp32.fclass((int) a);
            }
        }
        return sink;
    }
}
