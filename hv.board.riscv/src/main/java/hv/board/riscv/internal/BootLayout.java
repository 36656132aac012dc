package hv.board.riscv.internal;

import static hv.board.Kernel.hex;

import hv.api.SpecException;
import hv.board.Kernel;

/**
 * Where kernel or firmware, initrd and device tree lie (Linux, {@code Documentation/arch/riscv/boot.rst}). The device tree lies at the top of RAM or of
 * the first 3 GiB of addresses, on a 2 MiB boundary, as with QEMU; the initrd below it, or above 3 GiB where it does not fit below.
 *
 * @param images     as parsed
 * @param initrdGpa  on a page; 0 without one
 * @param initrdLenBytes 0: no initrd
 * @param fdtGpa     a multiple of 8
 */
record BootLayout(Images images, long initrdGpa, long initrdLenBytes, long fdtGpa) {
    /** Linux maps no more (arch/riscv, {@code MAX_FDT_SIZE}), so we offer no more. */
    static final long FDT_MAX_BYTES = 2L << 20;
    /** Where 32-bit devices and early mappings of older kernels stop. */
    private static final long LOW_END_GPA = 3L << 30;
    private static final long PAGE_BYTES = 4096;
    /** Linux on RISC-V keeps this many bytes of command line with its NUL ({@code COMMAND_LINE_SIZE}). */
    static final int COMMAND_LINE_MAX_BYTES = 1024;

    /** @throws SpecException what does not fit, with the arithmetic */
    static BootLayout of(Images images, String initrdName, long initrdLenBytes, Kernel.Ram ram) throws SpecException {
        long lowEnd = Math.min(ram.endGpa(), LOW_END_GPA);
        long fdt = down(lowEnd - FDT_MAX_BYTES, FDT_MAX_BYTES);
        long end = images.endGpa();
        if (fdt < end) {
            throw new SpecException("no room for the device tree: the " + (images.firmware() ? "firmware and its kernel end at " : "kernel ends at ") + hex(end) + " and 2 MiB below "
                    + hex(lowEnd) + " must stay free; give the machine more RAM");
        }
        if (initrdLenBytes == 0) {
            return new BootLayout(images, 0, 0, fdt);
        }
        if (initrdLenBytes > ram.lenBytes()) {
            throw new SpecException("initrd " + initrdName + ": has " + initrdLenBytes + " bytes, more than " + ram
                    + "; give the machine more RAM");
        }
        long low = down(fdt - initrdLenBytes, PAGE_BYTES);
        long high = down(ram.endGpa() - initrdLenBytes, PAGE_BYTES);
        if (low >= end) {
            return new BootLayout(images, low, initrdLenBytes, fdt);
        }
        if (high >= fdt + FDT_MAX_BYTES) {
            return new BootLayout(images, high, initrdLenBytes, fdt);
        }
        throw new SpecException("initrd " + initrdName + ": its " + initrdLenBytes + " bytes do not fit between the kernel's end at "
                + hex(end) + " and the device tree at " + hex(fdt) + "; give the machine at least "
                + ((end - ram.gpa() + initrdLenBytes + 2 * FDT_MAX_BYTES + (1 << 20) - 1) >> 20) + " MiB of RAM");
    }

    private static long down(long value, long unit) {
        return value / unit * unit;
    }
}
