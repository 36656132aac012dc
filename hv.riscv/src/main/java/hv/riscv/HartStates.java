package hv.riscv;

import hv.api.riscv.HartState;
import hv.api.state.StateException;
import java.util.Arrays;

/**
 * The canonical state of a hart, taken and given. With M mode {@code mstatus} and {@code mie} stand for {@code sstatus} and {@code sie} too, and
 * {@code mip} has what software pends: SEIP and STIP; lines and timer are told apart from it.
 */
final class HartStates {
    private static final int[] WITHOUT_MACHINE = {Csr.FCSR, Csr.SSTATUS, Csr.SIE, Csr.STVEC, Csr.SCOUNTEREN, Csr.SENVCFG, Csr.SSCRATCH, Csr.SEPC,
        Csr.SCAUSE, Csr.STVAL, Csr.STIMECMP, Csr.SATP, Csr.MCOUNTINHIBIT, Csr.MCYCLE, Csr.MINSTRET};
    private static final int[] WITH_MACHINE = withMachine();
    private static final int[] WITHOUT_MACHINE_WITH_IMSIC = sorted(WITHOUT_MACHINE, Csr.SISELECT);
    private static final int[] WITH_MACHINE_AND_IMSIC = sorted(WITH_MACHINE, Csr.SISELECT, Csr.MISELECT);

    private HartStates() { }

    private static int[] withMachine() {
        int[] fixed = {Csr.FCSR, Csr.STVEC, Csr.SCOUNTEREN, Csr.SENVCFG, Csr.SSCRATCH, Csr.SEPC, Csr.SCAUSE, Csr.STVAL, Csr.STIMECMP, Csr.SATP,
            Csr.MSTATUS, Csr.MEDELEG, Csr.MIDELEG, Csr.MIE, Csr.MTVEC, Csr.MCOUNTEREN, Csr.MENVCFG, Csr.MCOUNTINHIBIT, Csr.MSCRATCH, Csr.MEPC,
            Csr.MCAUSE, Csr.MTVAL, Csr.MIP, Csr.PMPCFG0, Csr.PMPCFG2, Csr.MCYCLE, Csr.MINSTRET};
        int[] addresses = new int[Pmp.ENTRIES];
        for (int k = 0; k < Pmp.ENTRIES; k++) {
            addresses[k] = Csr.PMPADDR0 + k;
        }
        return sorted(fixed, addresses);
    }

    private static int[] sorted(int[] some, int... more) {
        int[] all = Arrays.copyOf(some, some.length + more.length);
        System.arraycopy(more, 0, all, some.length, more.length);
        Arrays.sort(all);
        return all;
    }

    private static int[] csrsOf(Hart h) {
        if (h.supervisorFile != null) {
            return h.machineMode ? WITH_MACHINE_AND_IMSIC : WITHOUT_MACHINE_WITH_IMSIC;
        }
        return h.machineMode ? WITH_MACHINE : WITHOUT_MACHINE;
    }

    private static long read(Hart h, int number) {
        return number == Csr.MIP ? h.softPending : CsrFile.read(h, number);
    }

    static HartState take(Hart h) {
        int[] numbers = csrsOf(h);
        long[] csr = new long[2 * numbers.length];
        for (int k = 0; k < numbers.length; k++) {
            csr[2 * k] = numbers[k];
            csr[2 * k + 1] = read(h, numbers[k]);
        }
        return new HartState(Arrays.copyOf(h.x, 32), h.f.clone(), h.pc, h.mode, csr, h.instret, h.lines(), h.waiting);
    }

    /** Gives {@code h} a state; a refused one changes nothing. */
    static void give(Hart h, HartState s) throws StateException {
        if (s.mode() != Hart.USER && s.mode() != Hart.SUPERVISOR && !(s.mode() == Hart.MACHINE && h.machineMode)) {
            throw new StateException("hart state is in mode " + s.mode() + "; this hart has " + (h.machineMode ? "U, S and M" : "U and S") + " mode");
        }
        if ((s.interruptLines() & ~h.existingLines()) != 0) {
            throw new StateException("hart state has interrupt lines " + Long.toHexString(s.interruptLines()) + "; this hart has "
                + Integer.toHexString(h.existingLines()));
        }
        int[] numbers = csrsOf(h);
        if (h.machineMode && s.csr().length != 2 * numbers.length) {
            throw new StateException("hart state has " + s.csr().length / 2 + " CSRs, a hart with M mode has " + numbers.length);
        }
        Hart probe = new Hart(h::ticks, h.maxSatpMode, h.machineMode, h.id, h.supervisorFile, h.machineFile);
        probe.instret = s.instret();
        // First pmpaddr, which locks in pmpcfg would keep from being written. The others' order is right: a counter comes behind mcountinhibit.
        for (int k = 0; k < s.csr().length; k += 2) {
            int number = (int) s.csr()[k];
            if (Arrays.binarySearch(numbers, number) < 0) {
                throw new StateException("hart state has CSR " + Registers.csrName(number) + ", which this hart has not");
            }
            if (number >= Csr.PMPADDR0 && number <= Csr.PMPADDR15) {
                CsrFile.write(probe, number, s.csr()[k + 1]);
            }
        }
        for (int k = 0; k < s.csr().length; k += 2) {
            int number = (int) s.csr()[k];
            if (number == Csr.MIP) {
                probe.softPending = (int) s.csr()[k + 1] & (Csr.SEIP | Csr.STIP);
            } else if (number < Csr.PMPADDR0 || number > Csr.PMPADDR15) {
                CsrFile.write(probe, number, s.csr()[k + 1]);
            }
        }
        for (int k = 0; k < s.csr().length; k += 2) {
            int number = (int) s.csr()[k];
            if (read(probe, number) != s.csr()[k + 1]) {
                throw new StateException("hart state has CSR " + Registers.csrName(number) + " = " + Long.toHexString(s.csr()[k + 1])
                    + ", which this hart cannot hold");
            }
        }
        if (s.mode() != Hart.MACHINE && (probe.mstatus & Csr.MSTATUS_MPRV) != 0) {
            throw new StateException("hart state has mstatus.MPRV set in mode " + s.mode() + ", which no hart comes to");
        }
        copy(h, s, probe);
    }

    private static void copy(Hart h, HartState s, Hart from) {
        System.arraycopy(s.x(), 0, h.x, 0, 32);
        System.arraycopy(s.f(), 0, h.f, 0, 32);
        h.pc = s.pc();
        h.mode = s.mode();
        h.instret = s.instret();
        h.fpu.setFcsr(from.fpu.fcsr());
        h.mstatus = from.mstatus;
        h.mie = from.mie;
        h.stvec = from.stvec;
        h.scounteren = from.scounteren;
        h.senvcfg = from.senvcfg;
        h.sscratch = from.sscratch;
        h.sepc = from.sepc;
        h.scause = from.scause;
        h.stval = from.stval;
        h.stimecmp = from.stimecmp;
        h.satp = from.satp;
        h.medeleg = from.medeleg;
        h.mideleg = from.mideleg;
        h.mtvec = from.mtvec;
        h.mcounteren = from.mcounteren;
        h.menvcfg = from.menvcfg;
        h.mcountinhibit = from.mcountinhibit;
        h.mscratch = from.mscratch;
        h.mepc = from.mepc;
        h.mcause = from.mcause;
        h.mtval = from.mtval;
        h.siselect = from.siselect;
        h.miselect = from.miselect;
        h.softPending = from.softPending;
        h.mcycleBase = from.mcycleBase;
        h.minstretBase = from.minstretBase;
        h.pmp.copy(from.pmp);
        h.waiting = s.waiting();
        // A reservation may be lost at any time.
        h.reservation = -1;
        h.setLines((int) s.interruptLines());
        h.allEffects();
    }
}
