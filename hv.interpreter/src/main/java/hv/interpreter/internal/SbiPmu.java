package hv.interpreter.internal;

import static hv.interpreter.internal.SbiCalls.done;

import hv.api.memory.Access;
import hv.api.memory.GuestMemory;
import hv.api.memory.GuestMemoryFault;
import hv.api.memory.Lease;
import hv.api.riscv.RiscvRegister;
import hv.api.vcpu.Exit;
import hv.api.vcpu.ExitView;
import hv.api.vcpu.Next;
import hv.api.vcpu.Registers;
import hv.api.vcpu.Vcpu;
import hv.riscv.Csr;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The performance monitoring unit (SBI 2.0, chapter 11): cycle and instret, which count alike here, and counters of firmware events, of the
 * calling hart. Filters by mode are hints in the specification, and not taken; counters do not interrupt (no Sscofpmf).
 */
final class SbiPmu {
    private static final ValueLayout.OfLong CELL = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long CONFIG_SKIP_MATCH = 1;
    private static final long CONFIG_CLEAR_VALUE = 2;
    private static final long CONFIG_AUTO_START = 4;
    private static final long CONFIG_FLAGS = 0xff;
    private static final long START_SET_INIT_VALUE = 1;
    private static final long START_INIT_SNAPSHOT = 2;
    private static final long STOP_RESET = 1;
    private static final long STOP_TAKE_SNAPSHOT = 2;
    /** counter_info: bits 12 to 17 are the width less one, bit 63 says that the firmware counts. */
    private static final long INFO_64_BITS = 63L << 12;
    private static final long INFO_FIRMWARE = 1L << 63;
    /** Table 38: where counter values begin in the snapshot. */
    private static final int SNAPSHOT_VALUES = 8;
    private static final int SNAPSHOT_CELLS = 64;

    private final Vcpu vcpu;
    private final PmuCounters counters;
    private final Registers registers;

    private SbiPmu(Vcpu vcpu, PmuCounters counters) {
        this.vcpu = vcpu;
        this.counters = counters;
        this.registers = vcpu.registers();
    }

    static Next call(Exit exit, long function, ExitView.FirmwareCall call, Vcpu vcpu, PmuCounters counters) {
        if (function < 0 || function > 7) {
            return done(exit, Sbi.ERR_NOT_SUPPORTED, 0);
        }
        SbiPmu pmu = new SbiPmu(vcpu, counters);
        return switch ((int) function) {
            case 0 -> done(exit, Sbi.SUCCESS, PmuCounters.COUNT);
            case 1 -> info(exit, call.arg(0));
            case 2 -> pmu.configure(exit, call.arg(0), call.arg(1), call.arg(2), call.arg(3));
            case 3 -> done(exit, pmu.start(call.arg(0), call.arg(1), call.arg(2), call.arg(3)), 0);
            case 4 -> done(exit, pmu.stop(call.arg(0), call.arg(1), call.arg(2)), 0);
            case 5 -> pmu.read(exit, call.arg(0), 0);
            case 6 -> pmu.read(exit, call.arg(0), 1);
            default -> done(exit, pmu.showAt(call.arg(0), call.arg(1), call.arg(2)), 0);
        };
    }

    private static Next info(Exit exit, long counter) {
        if (!PmuCounters.exists(counter)) {
            return done(exit, Sbi.ERR_INVALID_PARAM, 0);
        }
        return done(exit, Sbi.SUCCESS, PmuCounters.isHardware((int) counter) ? Csr.CYCLE + counter | INFO_64_BITS : INFO_64_BITS | INFO_FIRMWARE);
    }

    /** Whether all counters of a set are there. */
    private static boolean valid(long base, long mask) {
        if (base < 0 || base >= PmuCounters.COUNT) {
            return false;
        }
        for (long left = mask; left != 0; left &= left - 1) {
            if (!PmuCounters.exists(base + Long.numberOfTrailingZeros(left))) {
                return false;
            }
        }
        return true;
    }

    /** Section 11.8: the first free counter of the set that can count the event; where matching is to be skipped, the first of all. */
    private Next configure(Exit exit, long base, long mask, long flags, long eventIndex) {
        if (mask == 0 || !valid(base, mask) || (flags & ~CONFIG_FLAGS) != 0 || eventIndex < 0 || eventIndex >> 20 != 0) {
            return done(exit, Sbi.ERR_INVALID_PARAM, 0);
        }
        int event = (int) eventIndex;
        int found = -1;
        if ((flags & CONFIG_SKIP_MATCH) != 0) {
            found = (int) base + Long.numberOfTrailingZeros(mask);
            if (!PmuCounters.fits(found, event)) {
                return done(exit, Sbi.ERR_INVALID_PARAM, 0);
            }
        } else {
            for (long left = mask; left != 0 && found < 0; left &= left - 1) {
                int counter = (int) base + Long.numberOfTrailingZeros(left);
                if (counters.event(counter) == PmuCounters.FREE && PmuCounters.fits(counter, event)) {
                    found = counter;
                }
            }
            if (found < 0) {
                return done(exit, Sbi.ERR_NOT_SUPPORTED, 0);
            }
        }
        if (!PmuCounters.isHardware(found) && counters.runs(found)) {
            counters.run(found, false);
        }
        counters.give(found, event);
        if ((flags & CONFIG_CLEAR_VALUE) != 0) {
            set(found, 0);
        }
        if ((flags & CONFIG_AUTO_START) != 0) {
            run(found, true);
        }
        return done(exit, Sbi.SUCCESS, found);
    }

    private long start(long base, long mask, long flags, long initial) {
        if (!valid(base, mask) || (flags & ~(START_SET_INIT_VALUE | START_INIT_SNAPSHOT)) != 0 || flags == (START_SET_INIT_VALUE | START_INIT_SNAPSHOT)) {
            return Sbi.ERR_INVALID_PARAM;
        }
        if ((flags & START_INIT_SNAPSHOT) != 0 && counters.snapshotGpa() == PmuCounters.NOWHERE) {
            return Sbi.ERR_NO_SHMEM;
        }
        for (long left = mask; left != 0; left &= left - 1) {
            if (counters.event((int) base + Long.numberOfTrailingZeros(left)) == PmuCounters.FREE) {
                return Sbi.ERR_INVALID_PARAM;
            }
        }
        long error = Sbi.SUCCESS;
        for (long left = mask; left != 0; left &= left - 1) {
            int place = Long.numberOfTrailingZeros(left);
            int counter = (int) base + place;
            if (runs(counter)) {
                error = Sbi.ERR_ALREADY_STARTED;
                continue;
            }
            if ((flags & START_SET_INIT_VALUE) != 0) {
                set(counter, initial);
            } else if ((flags & START_INIT_SNAPSHOT) != 0) {
                set(counter, shown(place));
            }
            run(counter, true);
        }
        return error;
    }

    private long stop(long base, long mask, long flags) {
        if (!valid(base, mask) || (flags & ~(STOP_RESET | STOP_TAKE_SNAPSHOT)) != 0) {
            return Sbi.ERR_INVALID_PARAM;
        }
        boolean show = (flags & STOP_TAKE_SNAPSHOT) != 0;
        if (show && counters.snapshotGpa() == PmuCounters.NOWHERE) {
            return Sbi.ERR_NO_SHMEM;
        }
        long error = Sbi.SUCCESS;
        for (long left = mask; left != 0; left &= left - 1) {
            int place = Long.numberOfTrailingZeros(left);
            int counter = (int) base + place;
            if (runs(counter)) {
                run(counter, false);
            } else {
                error = Sbi.ERR_ALREADY_STOPPED;
            }
            if (show) {
                show(place, value(counter));
            }
            if ((flags & STOP_RESET) != 0) {
                counters.free(counter);
            }
        }
        return error;
    }

    /** @param half 0 the value, 1 its bits from 64 on, which are 0 */
    private Next read(Exit exit, long counter, int half) {
        if (!PmuCounters.exists(counter) || PmuCounters.isHardware((int) counter) || counters.event((int) counter) == PmuCounters.FREE) {
            return done(exit, Sbi.ERR_INVALID_PARAM, 0);
        }
        return done(exit, Sbi.SUCCESS, half == 0 ? counters.value((int) counter) : 0);
    }

    private long showAt(long low, long high, long flags) {
        if (low == -1 && high == -1) {
            counters.snapshotAt(PmuCounters.NOWHERE);
            return Sbi.SUCCESS;
        }
        if (flags != 0 || (low & PmuCounters.SNAPSHOT_BYTES - 1) != 0) {
            return Sbi.ERR_INVALID_PARAM;
        }
        if (high != 0 || low < 0 || !vcpu.guest().memory().isRam(low, PmuCounters.SNAPSHOT_BYTES)) {
            return Sbi.ERR_INVALID_ADDRESS;
        }
        counters.snapshotAt(low);
        return Sbi.SUCCESS;
    }

    // Counters 0 and 2 are at bits 0 and 2 of mcountinhibit, and at mcycle and two behind it.

    private boolean runs(int counter) {
        return PmuCounters.isHardware(counter) ? (registers.read(RiscvRegister.csr(Csr.MCOUNTINHIBIT)) & 1L << counter) == 0 : counters.runs(counter);
    }

    private void run(int counter, boolean on) {
        if (PmuCounters.isHardware(counter)) {
            long inhibited = registers.read(RiscvRegister.csr(Csr.MCOUNTINHIBIT));
            registers.write(RiscvRegister.csr(Csr.MCOUNTINHIBIT), on ? inhibited & ~(1L << counter) : inhibited | 1L << counter);
        } else {
            counters.run(counter, on);
        }
    }

    private long value(int counter) {
        return PmuCounters.isHardware(counter) ? registers.read(RiscvRegister.csr(Csr.MCYCLE + counter)) : counters.value(counter);
    }

    private void set(int counter, long value) {
        if (PmuCounters.isHardware(counter)) {
            registers.write(RiscvRegister.csr(Csr.MCYCLE + counter), value);
        } else {
            counters.set(counter, value);
        }
    }

    /** A value of the guest's, which has set it up for a counter. */
    private long shown(int place) {
        if (place >= SNAPSHOT_CELLS) {
            return 0;
        }
        GuestMemory memory = vcpu.guest().memory();
        try (Lease lease = memory.lend(counters.snapshotGpa() + SNAPSHOT_VALUES + 8L * place, 8, Access.READ)) {
            return lease.segment().get(CELL, 0);
        } catch (GuestMemoryFault e) {
            // Restored into a machine with less memory: as if it had not been set up.
            return 0;
        }
    }

    private void show(int place, long value) {
        try (Lease lease = vcpu.guest().memory().lend(counters.snapshotGpa() + SNAPSHOT_VALUES + 8L * place, 8, Access.WRITE)) {
            lease.segment().set(CELL, 0, value);
        } catch (GuestMemoryFault e) {
            counters.snapshotAt(PmuCounters.NOWHERE);
        }
    }
}
