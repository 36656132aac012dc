package hv.devices.internal.aplic;

import static hv.devices.internal.aplic.AplicLayout.MMSIADDRCFG;
import static hv.devices.internal.aplic.AplicLayout.MMSIADDRCFGH;
import static hv.devices.internal.aplic.AplicLayout.SMSIADDRCFG;
import static hv.devices.internal.aplic.AplicLayout.SMSIADDRCFGH;

import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;

/**
 * Where the interrupt files of harts are: mmsiaddrcfg(h) and smsiaddrcfg(h) of the root domain (RISC-V Advanced Interrupt Architecture 1.0, 4.5.3,
 * 4.5.4 and 4.9.1). They come out of reset with the board's addresses and unlocked: firmware may write them.
 */
final class MsiAddresses {
    private static final int LOCK = 1 << 31;
    /** High Base PPN, LHXW, HHXW, LHXS, HHXS. */
    private static final int MACHINE_HIGH_WRITABLE = 0x1f77_ffff;
    /** High Base PPN, LHXS. */
    private static final int SUPERVISOR_HIGH_WRITABLE = 0x0070_0fff;

    private final long machineGpa;
    private final long supervisorGpa;
    private final int hartBits;
    private int machineLow;
    private int machineHigh;
    private int supervisorLow;
    private int supervisorHigh;

    /** @param machineGpa page of hart 0's machine-level file; the next harts' follow; likewise the supervisor-level ones */
    MsiAddresses(long machineGpa, long supervisorGpa, int harts) {
        this.machineGpa = machineGpa;
        this.supervisorGpa = supervisorGpa;
        hartBits = Integer.SIZE - Integer.numberOfLeadingZeros(harts - 1);
        reset();
    }

    void reset() {
        machineLow = (int) (machineGpa >>> 12);
        machineHigh = (int) (machineGpa >>> 44) | hartBits << 12;
        supervisorLow = (int) (supervisorGpa >>> 12);
        supervisorHigh = (int) (supervisorGpa >>> 44);
    }

    int read(int at) {
        return switch (at) {
            case MMSIADDRCFG -> machineLow;
            case MMSIADDRCFGH -> machineHigh;
            case SMSIADDRCFG -> supervisorLow;
            case SMSIADDRCFGH -> supervisorHigh;
            default -> 0;
        };
    }

    void write(int at, int value) {
        if ((machineHigh & LOCK) != 0) {
            return;
        }
        switch (at) {
            case MMSIADDRCFG -> machineLow = value;
            case MMSIADDRCFGH -> machineHigh = value & (LOCK | MACHINE_HIGH_WRITABLE);
            case SMSIADDRCFG -> supervisorLow = value;
            case SMSIADDRCFGH -> supervisorHigh = value & SUPERVISOR_HIGH_WRITABLE;
            default -> { }
        }
    }

    /** Address of a hart's interrupt file. */
    long gpa(boolean machineLevel, int hart) {
        int low = machineLevel ? machineLow : supervisorLow;
        int high = machineLevel ? machineHigh : supervisorHigh;
        int groupShift = machineHigh >>> 24 & 31;
        int groupBits = machineHigh >>> 16 & 7;
        int lowBits = machineHigh >>> 12 & 15;
        long group = hart >>> lowBits & (1 << groupBits) - 1;
        long inGroup = hart & (1 << lowBits) - 1;
        long page = (high & 0xfffL) << 32 | low & 0xffff_ffffL | group << groupShift + 12 | inGroup << (high >>> 20 & 7);
        return page << 12;
    }

    void save(StateWriter out) {
        out.putInt(machineLow).putInt(machineHigh).putInt(supervisorLow).putInt(supervisorHigh);
    }

    /** Four registers, checked. */
    static int[] read(StateReader in) throws StateException {
        int[] s = DomainState.getInts(in, 4);
        if ((s[1] & ~(LOCK | MACHINE_HIGH_WRITABLE)) != 0 || (s[3] & ~SUPERVISOR_HIGH_WRITABLE) != 0) {
            throw new StateException("APLIC state has reserved bits in mmsiaddrcfgh or smsiaddrcfgh");
        }
        return s;
    }

    void restore(int[] s) {
        machineLow = s[0];
        machineHigh = s[1];
        supervisorLow = s[2];
        supervisorHigh = s[3];
    }
}
