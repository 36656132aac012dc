package hv.interpreter.internal;

import hv.api.memory.GuestMemory;
import hv.api.memory.GuestMemoryFault;

/** Sv39, Sv48 and Sv57 translation of a supervisor's read (privileged specification, 12.3.2), without touching the accessed bits. */
final class PageWalk {
    private static final long VALID = 1;
    private static final long READ = 2;
    private static final long WRITE = 4;
    private static final long EXECUTE = 8;
    private static final long PPN_MASK = (1L << 44) - 1;

    private PageWalk() {
    }

    /** @throws GuestMemoryFault there is no readable page, or its table is not in RAM */
    static long translate(GuestMemory memory, long satp, long address) throws GuestMemoryFault {
        int mode = (int) (satp >>> 60);
        if (mode == 0) {
            return address;
        }
        if (mode < 8 || mode > 10) {
            throw new GuestMemoryFault(address, 1);
        }
        int levels = mode - 5;
        int addressBits = 12 + 9 * levels;
        if (address << 64 - addressBits >> 64 - addressBits != address) {
            throw new GuestMemoryFault(address, 1);
        }
        long table = (satp & PPN_MASK) << 12;
        for (int level = levels - 1; level >= 0; level--) {
            int shift = 12 + 9 * level;
            long entry = SbiLegacy.readLong(memory, table + ((address >>> shift & 511) << 3));
            if ((entry & VALID) == 0 || (entry & (READ | WRITE)) == WRITE) {
                throw new GuestMemoryFault(address, 1);
            }
            long base = (entry >>> 10 & PPN_MASK) << 12;
            if ((entry & (READ | EXECUTE)) == 0) {
                table = base;
                continue;
            }
            long within = (1L << shift) - 1;
            if ((entry & READ) == 0 || (base & within) != 0) {
                throw new GuestMemoryFault(address, 1);
            }
            return base | address & within;
        }
        throw new GuestMemoryFault(address, 1);
    }
}
