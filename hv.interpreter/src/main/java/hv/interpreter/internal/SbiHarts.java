package hv.interpreter.internal;

import static hv.interpreter.internal.SbiCalls.done;

import hv.api.riscv.RiscvRegister;
import hv.api.vcpu.Exit;
import hv.api.vcpu.ExitView;
import hv.api.vcpu.Next;
import hv.api.vcpu.Registers;
import hv.api.vcpu.Request;
import hv.api.vcpu.Vcpu;
import hv.api.vcpu.VcpuState;
import hv.riscv.Csr;

/** SBI calls on sets of harts, and hart state management (SBI 2.0, section 3.1 and chapters 7 to 9). */
final class SbiHarts {
    /** What a call does to each hart of its set, and the firmware events that it is to the caller and to them. */
    enum What {
        INTERRUPT(PmuEvent.IPI_SENT, PmuEvent.IPI_RECEIVED),
        FENCE_I(PmuEvent.FENCE_I_SENT, PmuEvent.FENCE_I_RECEIVED),
        FENCE_VMA(PmuEvent.SFENCE_VMA_SENT, PmuEvent.SFENCE_VMA_RECEIVED),
        FENCE_VMA_ASID(PmuEvent.SFENCE_VMA_ASID_SENT, PmuEvent.SFENCE_VMA_ASID_RECEIVED);

        private final int sent;
        private final int received;

        What(int sent, int received) {
            this.sent = sent;
            this.received = received;
        }
    }

    private static final int SUSPEND_TO_RAM = 0;
    private static final int SUSPEND_RETENTIVE = 0;
    private static final int SUSPEND_NON_RETENTIVE = 0x8000_0000;

    private SbiHarts() {
    }

    /**
     * To each hart of the mask (section 3.1); a base of all ones means every hart. All are checked before the first is touched. Stopped harts are
     * passed over: they hold no translation and look at no interrupt.
     */
    static long apply(Vcpu caller, long mask, long base, What what, FirmwareHarts harts) {
        Vcpu.Guest guest = caller.guest();
        int count = guest.vcpuCount();
        if (base == -1) {
            for (int i = 0; i < count; i++) {
                apply(caller, guest.vcpu(i), what, harts);
            }
            return Sbi.SUCCESS;
        }
        if (mask == 0) {
            return Sbi.SUCCESS;
        }
        int highest = 63 - Long.numberOfLeadingZeros(mask);
        if (base < 0 || base >= count || base + highest >= count) {
            return Sbi.ERR_INVALID_PARAM;
        }
        for (long left = mask; left != 0; left &= left - 1) {
            apply(caller, guest.vcpu((int) base + Long.numberOfTrailingZeros(left)), what, harts);
        }
        return Sbi.SUCCESS;
    }

    private static void apply(Vcpu caller, Vcpu target, What what, FirmwareHarts harts) {
        if (!target.isStarted()) {
            return;
        }
        switch (what) {
            case INTERRUPT -> target.interrupt(Sbi.LINE_SSIP, true);
            case FENCE_I -> target.request(Request.FENCE_I);
            case FENCE_VMA, FENCE_VMA_ASID -> target.request(Request.FLUSH_TLB);
        }
        // Events are those "to other harts" and from them.
        if (target.index() != caller.index()) {
            harts.count(caller.index(), what.sent);
            harts.count(target.index(), what.received);
        }
    }

    /** Chapter 9. */
    static Next stateManagement(Exit exit, long function, ExitView.FirmwareCall call, Vcpu vcpu, FirmwareHarts harts) {
        if (function < 0 || function > 3) {
            return done(exit, Sbi.ERR_NOT_SUPPORTED, 0);
        }
        return switch ((int) function) {
            case 0 -> start(exit, vcpu.guest(), call.arg(0), call.arg(1), call.arg(2));
            case 1 -> {
                harts.forget(vcpu.index());
                vcpu.guest().stopVcpu(vcpu.index());
                yield Next.STOP;
            }
            case 2 -> status(exit, vcpu.guest(), call.arg(0));
            default -> suspend(exit, vcpu, (int) call.arg(0), call.arg(1), call.arg(2));
        };
    }

    /** A hart that is about to stop will have stopped in a moment: the call is made again until then, which leaves the caller preemptible. */
    private static Next start(Exit exit, Vcpu.Guest guest, long hart, long address, long opaque) {
        if (hart < 0 || hart >= guest.vcpuCount()) {
            return done(exit, Sbi.ERR_INVALID_PARAM, 0);
        }
        if (guest.vcpu((int) hart).isStarted()) {
            return done(exit, Sbi.ERR_ALREADY_AVAILABLE, 0);
        }
        if (!isCode(guest, address)) {
            return done(exit, Sbi.ERR_INVALID_ADDRESS, 0);
        }
        if (guest.vcpu((int) hart).state() == VcpuState.STOP_PENDING) {
            return Next.RETRY;
        }
        if (guest.startVcpu((int) hart, address, opaque)) {
            return done(exit, Sbi.SUCCESS, 0);
        }
        return guest.vcpu((int) hart).isStarted() ? done(exit, Sbi.ERR_ALREADY_AVAILABLE, 0) : Next.RETRY;
    }

    private static boolean isCode(Vcpu.Guest guest, long address) {
        return (address & 1) == 0 && guest.memory().isRam(address, 2);
    }

    /** Table 8. Starting and suspending are done before their calls return: these pending states do not occur. */
    private static Next status(Exit exit, Vcpu.Guest guest, long hart) {
        if (hart < 0 || hart >= guest.vcpuCount()) {
            return done(exit, Sbi.ERR_INVALID_PARAM, 0);
        }
        return done(exit, Sbi.SUCCESS, switch (guest.vcpu((int) hart).state()) {
            case STARTED -> 0;
            case STOPPED -> 1;
            case STOP_PENDING -> 3;
            case SUSPENDED -> 4;
        });
    }

    /** Section 9.4. The type is 32 bits wide; platform-specific ones are not implemented. */
    private static Next suspend(Exit exit, Vcpu vcpu, int type, long address, long opaque) {
        if (type == SUSPEND_RETENTIVE) {
            exit.completion().pair(Sbi.SUCCESS, 0);
            return Next.PARK;
        }
        if (type != SUSPEND_NON_RETENTIVE) {
            return done(exit, Sbi.ERR_INVALID_PARAM, 0);
        }
        if (!isCode(vcpu.guest(), address)) {
            return done(exit, Sbi.ERR_INVALID_ADDRESS, 0);
        }
        return resumeAt(vcpu, address, opaque);
    }

    /** Chapter 13: to RAM, as the only hart that is not stopped; an interrupt that is enabled in sie resumes it at the address. */
    static Next suspendSystem(Exit exit, Vcpu vcpu, long type, long address, long opaque) {
        if ((int) type != SUSPEND_TO_RAM) {
            return done(exit, Sbi.ERR_INVALID_PARAM, 0);
        }
        if (!isCode(vcpu.guest(), address)) {
            return done(exit, Sbi.ERR_INVALID_ADDRESS, 0);
        }
        for (int i = 0; i < vcpu.guest().vcpuCount(); i++) {
            if (i != vcpu.index() && vcpu.guest().vcpu(i).state() != VcpuState.STOPPED) {
                return done(exit, Sbi.ERR_DENIED, 0);
            }
        }
        return resumeAt(vcpu, address, opaque);
    }

    /** Tables 10 and 43: the hart goes on at the address, translation and interrupts off. The completion slot stays empty: all registers are set here. */
    private static Next resumeAt(Vcpu vcpu, long address, long opaque) {
        Registers r = vcpu.registers();
        r.write(RiscvRegister.csr(Csr.SATP), 0);
        r.write(RiscvRegister.csr(Csr.SSTATUS), r.read(RiscvRegister.csr(Csr.SSTATUS)) & ~Csr.SSTATUS_SIE);
        r.write(RiscvRegister.A0, vcpu.index());
        r.write(RiscvRegister.A1, opaque);
        r.write(RiscvRegister.PC, address);
        return Next.PARK;
    }
}
