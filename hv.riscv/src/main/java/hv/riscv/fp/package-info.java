/**
 * IEEE 754 binary32 and binary64 as the F and D extensions of RISC-V define them: all five rounding modes, exact accrued
 * exceptions, canonical NaNs, tininess detected after rounding (RISC-V unprivileged specification, chapters "F" and "D").
 * <pre>
 * binary32  int     raw bits                                  any pattern
 * binary64  long    raw bits                                  any pattern
 * f reg     long    raw bits, a binary32 NaN-boxed            {@link hv.riscv.fp.Fpu#box}, {@link hv.riscv.fp.Fpu#unbox}
 * rm        int     resolved rounding mode                    0 .. 4 ({@link hv.riscv.fp.Fpu#resolve})
 * fflags    int     accrued exceptions, bit 0 = NX            0 .. 31
 * </pre>
 * The usual case (round to nearest even, NX accrued already) is a hardware operation and a range check. Nothing here
 * allocates, blocks or throws. An {@link hv.riscv.fp.Fpu} belongs to one hart, hence to one thread at a time.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.riscv.fp;
