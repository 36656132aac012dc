/**
 * An assembler for RV64GC with Zba, Zbb, Zbs and supervisor instructions, derived from the instruction table: guests and test
 * fragments are made without a toolchain.
 * <pre>
 * source   text     one instruction, directive or label per line; comments after # or //
 * origin   long     address of the first byte                              any even address
 * image    byte[]   little-endian machine code and data
 * </pre>
 * Not thread-safe; each assembler belongs to one caller.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.riscv.asm;
