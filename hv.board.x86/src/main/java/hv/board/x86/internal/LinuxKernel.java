package hv.board.x86.internal;

import hv.board.Kernel;

/**
 * A kernel of this board, parsed.
 *
 * @param kernel             what is loaded; a bzImage without its real-mode part
 * @param entry              how it is entered
 * @param setupHeader        of a bzImage, as it is to stand in the boot_params from {@link BzImage#HEADER} on; empty for PVH
 * @param commandLineMaxBytes that it keeps, its NUL not counted
 * @param initrdEndMaxGpa    where an initrd ends at the latest
 */
record LinuxKernel(Kernel kernel, Entry entry, byte[] setupHeader, int commandLineMaxBytes, long initrdEndMaxGpa) {
    /** In which state of the CPU, and with what in which register. */
    enum Entry {
        /** Long mode, RSI = boot_params. */
        LINUX_64,
        /** Protected mode without paging, EBX = start info. */
        PVH
    }
}
