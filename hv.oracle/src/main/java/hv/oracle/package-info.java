/**
 * Random RISC-V programs, run on an engine of this platform and on QEMU, and compared in everything that became of them. Nothing of it is for other
 * bundles: its tests run it.
 */
package hv.oracle;
