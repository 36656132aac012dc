package hv.board.x86.internal;

import static hv.board.Kernel.hex;

import hv.api.SpecException;
import hv.board.Kernel;

/**
 * Where kernel and initrd lie: the initrd as high as the kernel takes it, on a page.
 *
 * @param initrdGpa      0 without one
 * @param initrdLenBytes 0: no initrd
 */
record BootLayout(LinuxKernel image, long initrdGpa, long initrdLenBytes) {
    private static final long PAGE_BYTES = 4096;
    private static final long MIB = 1L << 20;

    /** @throws SpecException what does not fit, with the arithmetic */
    static BootLayout of(LinuxKernel image, String initrdName, long initrdLenBytes, Kernel.Ram ram) throws SpecException {
        if (initrdLenBytes == 0) {
            return new BootLayout(image, 0, 0);
        }
        long end = Math.min(ram.endGpa(), image.initrdEndMaxGpa());
        long kernelEnd = image.kernel().endGpa();
        if (initrdLenBytes > end - kernelEnd - PAGE_BYTES) {
            long wantedEnd = kernelEnd + initrdLenBytes + 2 * PAGE_BYTES;
            throw new SpecException("initrd " + initrdName + ": its " + initrdLenBytes + " bytes do not fit between the kernel's end at " + hex(kernelEnd) + " and " + hex(end)
                    + (end == ram.endGpa() && wantedEnd <= image.initrdEndMaxGpa() ? "; give the machine at least " + up(wantedEnd, 2 * MIB) / MIB + " MiB of RAM"
                    : ", where the kernel wants it to end; give a smaller one"));
        }
        return new BootLayout(image, (end - initrdLenBytes) / PAGE_BYTES * PAGE_BYTES, initrdLenBytes);
    }

    private static long up(long value, long unit) {
        return (value + unit - 1) / unit * unit;
    }
}
