package hv.interpreter.internal;

import static hv.interpreter.internal.Sbi.ERR_INVALID_PARAM;
import static hv.interpreter.internal.Sbi.ERR_NOT_SUPPORTED;
import static hv.interpreter.internal.Sbi.SUCCESS;

import hv.api.riscv.RiscvRegister;
import hv.api.vcpu.Exit;
import hv.api.vcpu.ExitView;
import hv.api.vcpu.Next;
import hv.api.vcpu.Vcpu;
import hv.riscv.Csr;

/**
 * SBI 2.0 calls by extension (a7) and function (a6). Every argument is hostile. What is not here is answered NOT_SUPPORTED, as chapter 3 asks.
 * <pre>
 *   0x10 BASE   TIME   IPI   RFENCE   HSM   SRST   PMU   DBCN   SUSP   STA   and the legacy extensions 0 .. 8 (chapter 5)
 * </pre>
 */
final class SbiCalls {
    private SbiCalls() {
    }

    static Next call(Exit exit, ExitView.FirmwareCall call, Vcpu vcpu, FirmwareHarts harts) {
        long extension = call.arg(7);
        long function = call.arg(6);
        if (extension >= 0 && extension <= Sbi.EXT_LEGACY_SHUTDOWN) {
            return SbiLegacy.call(exit, call, vcpu, harts);
        }
        if (extension == Sbi.EXT_BASE) {
            return base(exit, function, call.arg(0));
        }
        if (extension == Sbi.EXT_TIME && function == 0) {
            setTimer(vcpu, call.arg(0), harts);
            return done(exit, SUCCESS, 0);
        }
        if (extension == Sbi.EXT_IPI && function == 0) {
            return done(exit, SbiHarts.apply(vcpu, call.arg(0), call.arg(1), SbiHarts.What.INTERRUPT, harts), 0);
        }
        if (extension == Sbi.EXT_RFENCE) {
            return remoteFence(exit, function, call, vcpu, harts);
        }
        if (extension == Sbi.EXT_HSM) {
            return SbiHarts.stateManagement(exit, function, call, vcpu, harts);
        }
        if (extension == Sbi.EXT_SRST && function == 0) {
            return systemReset(exit, (int) call.arg(0), (int) call.arg(1), vcpu);
        }
        if (extension == Sbi.EXT_DBCN) {
            return SbiConsole.call(exit, function, call, vcpu);
        }
        if (extension == Sbi.EXT_SUSP && function == 0) {
            return SbiHarts.suspendSystem(exit, vcpu, call.arg(0), call.arg(1), call.arg(2));
        }
        if (vcpu.index() < FirmwareHarts.MOST) {
            if (extension == Sbi.EXT_PMU) {
                return SbiPmu.call(exit, function, call, vcpu, harts.of(vcpu.index()).counters());
            }
            if (extension == Sbi.EXT_STA && function == 0) {
                return done(exit, harts.of(vcpu.index()).stealTime().share(call.arg(0), call.arg(1), call.arg(2), vcpu), 0);
            }
        }
        return done(exit, ERR_NOT_SUPPORTED, 0);
    }

    static Next done(Exit exit, long error, long value) {
        exit.completion().pair(error, value);
        return Next.RESUME;
    }

    /** Chapter 4. Vendor, architecture and implementation are 0: "not implemented, or non-commercial" (privileged specification, 3.1.2 .. 3.1.4). */
    private static Next base(Exit exit, long function, long arg) {
        if (function < 0 || function > 6) {
            return done(exit, ERR_NOT_SUPPORTED, 0);
        }
        return done(exit, SUCCESS, switch ((int) function) {
            case 0 -> Sbi.SPEC_VERSION;
            case 1 -> Sbi.IMPLEMENTATION_ID;
            case 2 -> Sbi.IMPLEMENTATION_VERSION;
            case 3 -> isImplemented(arg) ? 1 : 0;
            default -> 0;
        });
    }

    private static boolean isImplemented(long extension) {
        return extension >= 0 && extension <= Sbi.EXT_LEGACY_SHUTDOWN || extension == Sbi.EXT_BASE || extension == Sbi.EXT_TIME
                || extension == Sbi.EXT_IPI || extension == Sbi.EXT_RFENCE || extension == Sbi.EXT_HSM || extension == Sbi.EXT_SRST
                || extension == Sbi.EXT_DBCN || extension == Sbi.EXT_PMU || extension == Sbi.EXT_SUSP || extension == Sbi.EXT_STA;
    }

    /** Chapter 6. Through the hart's own comparator, so that SBI and Sstc cannot disagree; it clears the pending bit too. */
    static void setTimer(Vcpu vcpu, long stimeValue, FirmwareHarts harts) {
        harts.count(vcpu.index(), PmuEvent.SET_TIMER);
        vcpu.registers().write(RiscvRegister.csr(Csr.STIMECMP), stimeValue);
    }

    /** Chapter 8. Ranges and address spaces are flushed whole, which is allowed and cheap here. Functions 3 .. 6 need a hypervisor in the guest. */
    private static Next remoteFence(Exit exit, long function, ExitView.FirmwareCall call, Vcpu vcpu, FirmwareHarts harts) {
        SbiHarts.What what = function == 0 ? SbiHarts.What.FENCE_I : function == 1 ? SbiHarts.What.FENCE_VMA : function == 2 ? SbiHarts.What.FENCE_VMA_ASID : null;
        if (what == null) {
            return done(exit, ERR_NOT_SUPPORTED, 0);
        }
        return done(exit, SbiHarts.apply(vcpu, call.arg(0), call.arg(1), what, harts), 0);
    }

    /** Chapter 10: both arguments are 32 bits wide; reserved and unimplemented types and reasons are INVALID_PARAM. */
    private static Next systemReset(Exit exit, int type, int reason, Vcpu vcpu) {
        if (type < 0 || type > 2 || reason < 0 || reason > 1) {
            return done(exit, ERR_INVALID_PARAM, 0);
        }
        String why = reason == 0 ? "the guest asked for it" : "the guest reports a system failure";
        if (type == 0) {
            vcpu.guest().powerOff(why);
        } else {
            vcpu.guest().reset(why);
        }
        return Next.STOP;
    }
}
