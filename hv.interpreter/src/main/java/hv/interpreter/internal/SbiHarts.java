package hv.interpreter.internal;

import static hv.interpreter.internal.SbiCalls.done;

import hv.api.riscv.RiscvRegister;
import hv.api.vcpu.Exit;
import hv.api.vcpu.ExitView;
import hv.api.vcpu.Next;
import hv.api.vcpu.Registers;
import hv.api.vcpu.Request;
import hv.api.vcpu.Vcpu;
import hv.riscv.Csr;

/** SBI calls on sets of harts, and hart state management (SBI 2.0, section 3.1 and chapters 7 to 9). */
final class SbiHarts {
    static final int INTERRUPT = 0;
    static final int FENCE_I = 1;
    static final int FLUSH_TLB = 2;

    private static final int SUSPEND_RETENTIVE = 0;
    private static final int SUSPEND_NON_RETENTIVE = 0x8000_0000;

    private SbiHarts() {
    }

    /**
     * To each hart of the mask (section 3.1); a base of all ones means every hart. All are checked before the first is touched. Stopped harts are
     * passed over: they hold no translation and look at no interrupt.
     */
    static long apply(Vcpu caller, long mask, long base, int what) {
        Vcpu.Guest guest = caller.guest();
        int count = guest.vcpuCount();
        if (base == -1) {
            for (int i = 0; i < count; i++) {
                apply(guest.vcpu(i), what);
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
            apply(guest.vcpu((int) base + Long.numberOfTrailingZeros(left)), what);
        }
        return Sbi.SUCCESS;
    }

    private static void apply(Vcpu target, int what) {
        if (!target.isStarted()) {
            return;
        }
        switch (what) {
            case INTERRUPT -> target.interrupt(Sbi.LINE_SSIP, true);
            case FENCE_I -> target.request(Request.FENCE_I);
            default -> target.request(Request.FLUSH_TLB);
        }
    }

    /** Chapter 9. */
    static Next stateManagement(Exit exit, long function, ExitView.FirmwareCall call, Vcpu vcpu) {
        if (function < 0 || function > 3) {
            return done(exit, Sbi.ERR_NOT_SUPPORTED, 0);
        }
        return switch ((int) function) {
            case 0 -> done(exit, start(vcpu.guest(), call.arg(0), call.arg(1), call.arg(2)), 0);
            case 1 -> {
                vcpu.guest().stopVcpu(vcpu.index());
                yield Next.STOP;
            }
            case 2 -> status(exit, vcpu.guest(), call.arg(0));
            default -> suspend(exit, vcpu, (int) call.arg(0), call.arg(1), call.arg(2));
        };
    }

    private static long start(Vcpu.Guest guest, long hart, long address, long opaque) {
        if (hart < 0 || hart >= guest.vcpuCount()) {
            return Sbi.ERR_INVALID_PARAM;
        }
        if (guest.vcpu((int) hart).isStarted()) {
            return Sbi.ERR_ALREADY_AVAILABLE;
        }
        if (!isCode(guest, address)) {
            return Sbi.ERR_INVALID_ADDRESS;
        }
        return guest.startVcpu((int) hart, address, opaque) ? Sbi.SUCCESS : Sbi.ERR_ALREADY_AVAILABLE;
    }

    private static boolean isCode(Vcpu.Guest guest, long address) {
        return (address & 1) == 0 && guest.memory().isRam(address, 2);
    }

    /** Table 8: 0 started, 1 stopped. A suspended hart says "started": it may resume at any moment, and the answer would be stale. */
    private static Next status(Exit exit, Vcpu.Guest guest, long hart) {
        if (hart < 0 || hart >= guest.vcpuCount()) {
            return done(exit, Sbi.ERR_INVALID_PARAM, 0);
        }
        return done(exit, Sbi.SUCCESS, guest.vcpu((int) hart).isStarted() ? 0 : 1);
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
        // Table 10: the hart goes on at the address, translation and interrupts off. The completion slot stays empty: all registers are set here.
        Registers r = vcpu.registers();
        r.write(RiscvRegister.csr(Csr.SATP), 0);
        r.write(RiscvRegister.csr(Csr.SSTATUS), r.read(RiscvRegister.csr(Csr.SSTATUS)) & ~Csr.SSTATUS_SIE);
        r.write(RiscvRegister.A0, vcpu.index());
        r.write(RiscvRegister.A1, opaque);
        r.write(RiscvRegister.PC, address);
        return Next.PARK;
    }
}
