package hv.board.riscv.internal;

import static hv.board.Kernel.hex;

import hv.api.SpecException;
import hv.board.Kernel;
import java.util.List;

/**
 * What is loaded and who starts it: a kernel in S mode, or firmware in M mode with what that is to start next.
 * <p>Firmware is told of the latter by OpenSBI's {@code fw_dynamic_info} (OpenSBI, {@code include/sbi/fw_dynamic.h}), which QEMU has in a ROM. Here it lies in RAM,
 * in the last page below the 2 MiB boundary behind the firmware, which is where QEMU loads a flat kernel too.
 *
 * @param all      ascending by address, apart from each other
 * @param firmware whether the first to run is firmware
 * @param entryGpa where it starts
 * @param infoGpa  of the {@code fw_dynamic_info}, 0 without one
 * @param nextGpa  where what firmware starts next begins, 0 for nothing
 */
record Images(List<Kernel> all, boolean firmware, long entryGpa, long infoGpa, long nextGpa) {
    private static final long UNIT_BYTES = 2L << 20;
    private static final long PAGE_BYTES = 4096;
    private static final long INFO_MAGIC = 0x4942_534fL;
    private static final long INFO_VERSION = 2;
    private static final long SUPERVISOR = 1;
    private static final long BOOT_HART = 0;

    static Images ofKernel(Kernel kernel) {
        return new Images(List.of(kernel), false, kernel.entryGpa(), 0, 0);
    }

    /** Where a flat kernel goes behind this firmware. */
    static long nextGpa(Kernel firmware) {
        return (firmware.endGpa() + PAGE_BYTES + UNIT_BYTES - 1) / UNIT_BYTES * UNIT_BYTES;
    }

    /**
     * @param next null for none
     * @throws SpecException they overlap, or there is no room
     */
    static Images ofFirmware(Kernel firmware, Kernel next, Kernel.Ram ram) throws SpecException {
        long info = nextGpa(firmware) - PAGE_BYTES;
        if (!ram.contains(info, PAGE_BYTES)) {
            throw new SpecException("the firmware ends at " + hex(firmware.endGpa()) + ", and the page at " + hex(info) + " is outside " + ram
                    + "; give the machine more RAM");
        }
        if (next == null) {
            return new Images(List.of(firmware), true, firmware.entryGpa(), info, 0);
        }
        long from = next.segments().getFirst().gpa();
        if (from < info + PAGE_BYTES && next.endGpa() > firmware.segments().getFirst().gpa()) {
            throw new SpecException("the kernel lies at " + hex(from) + ".." + hex(next.endGpa()) + ", and the firmware has all below "
                    + hex(info + PAGE_BYTES) + "; link the kernel for another address, or leave the firmware out");
        }
        return new Images(from < info ? List.of(next, firmware) : List.of(firmware, next), true, firmware.entryGpa(), info, next.entryGpa());
    }

    /** First byte that they leave to others. */
    long endGpa() {
        return Math.max(all.getLast().endGpa(), infoGpa == 0 ? 0 : infoGpa + PAGE_BYTES);
    }

    /** The {@code fw_dynamic_info}: magic, version, next address and mode, options, boot hart. */
    long[] info() {
        return new long[] {INFO_MAGIC, INFO_VERSION, nextGpa, SUPERVISOR, 0, BOOT_HART};
    }
}
