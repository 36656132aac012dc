/**
 * The RISC-V instruction set: table, decoder, disassembler, hart state, and what instructions of S and U mode mean.
 * Engines inline or call it; the interpreter calls it for what no engine owns.
 * <pre>
 * instruction  int     encoding, compressed ones in the low 16 bits
 * decoded      long    see {@link hv.riscv.Decoded}
 * x, f         long[]  integer registers, floating-point registers (NaN-boxed bits)
 * </pre>
 * A {@code Hart} belongs to the one thread that runs it.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.riscv;
