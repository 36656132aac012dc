package hv.interpreter.internal;

import hv.api.memory.Access;
import hv.api.memory.GuestMemory;
import hv.api.memory.GuestMemoryFault;
import hv.api.memory.Lease;
import hv.api.vcpu.Exit;
import hv.api.vcpu.ExitView;
import hv.api.vcpu.Next;
import hv.api.vcpu.Vcpu;
import hv.riscv.Hart;
import hv.riscv.PageWalk;
import java.lang.foreign.ValueLayout;

/**
 * The legacy extensions (SBI 2.0, chapter 5), which Linux's early console and small kernels still use. They answer in a0 alone: a1 keeps its value.
 * Hart masks are given by a supervisor virtual address.
 */
final class SbiLegacy {
    private SbiLegacy() {
    }

    static Next call(Exit exit, ExitView.FirmwareCall call, Vcpu vcpu, FirmwareHarts harts) {
        long keptA1 = call.arg(1);
        return switch ((int) call.arg(7)) {
            case (int) Sbi.EXT_LEGACY_SET_TIMER -> {
                SbiCalls.setTimer(vcpu, call.arg(0), harts);
                yield answer(exit, Sbi.SUCCESS, keptA1);
            }
            case (int) Sbi.EXT_LEGACY_PUTCHAR -> SbiConsole.writeByte(exit, (byte) call.arg(0), vcpu, keptA1);
            case (int) Sbi.EXT_LEGACY_GETCHAR -> {
                byte[] b = new byte[1];
                yield answer(exit, vcpu.guest().debugConsoleRead(b, 0, 1) == 1 ? b[0] & 0xff : -1, keptA1);
            }
            case (int) Sbi.EXT_LEGACY_CLEAR_IPI -> {
                vcpu.interrupt(Sbi.LINE_SSIP, false);
                yield answer(exit, Sbi.SUCCESS, keptA1);
            }
            case (int) Sbi.EXT_LEGACY_SEND_IPI -> answer(exit, toHarts(vcpu, call.arg(0), SbiHarts.What.INTERRUPT, harts), keptA1);
            case (int) Sbi.EXT_LEGACY_REMOTE_FENCE_I -> answer(exit, toHarts(vcpu, call.arg(0), SbiHarts.What.FENCE_I, harts), keptA1);
            case (int) Sbi.EXT_LEGACY_REMOTE_SFENCE_VMA, (int) Sbi.EXT_LEGACY_REMOTE_SFENCE_VMA_ASID ->
                answer(exit, toHarts(vcpu, call.arg(0), SbiHarts.What.FENCE_VMA, harts), keptA1);
            default -> {
                vcpu.guest().powerOff("the guest asked for it");
                yield Next.STOP;
            }
        };
    }

    private static Next answer(Exit exit, long a0, long a1) {
        exit.completion().pair(a0, a1);
        return Next.RESUME;
    }

    /**
     * The mask covers harts 0 .. 63, and more there are not; a null address means all. Harts that do not exist are passed over (section 5.5).
     * The address is translated as the hart's own load would be.
     */
    private static long toHarts(Vcpu vcpu, long maskAddress, SbiHarts.What what, FirmwareHarts harts) {
        if (maskAddress == 0) {
            return SbiHarts.apply(vcpu, 0, -1, what, harts);
        }
        if (!(vcpu.registers() instanceof Hart hart)) {
            return Sbi.ERR_NOT_SUPPORTED;
        }
        GuestMemory memory = vcpu.guest().memory();
        PageWalk walk = new PageWalk();
        LeasedTables tables = new LeasedTables(memory);
        long mask = 0;
        try {
            for (int i = 0; i < Long.BYTES; i++) {
                // Byte by byte, since it need not be aligned and may lie on two pages.
                long address = maskAddress + i;
                if (walk.walk(hart, tables, address, PageWalk.READ, 1) != 0) {
                    return Sbi.ERR_INVALID_ADDRESS;
                }
                try (Lease lease = memory.lend(walk.pageGpa | address & 0xfff, 1, Access.READ)) {
                    mask |= (lease.segment().get(ValueLayout.JAVA_BYTE, 0) & 0xffL) << 8 * i;
                }
            }
        } catch (GuestMemoryFault e) {
            return Sbi.ERR_INVALID_ADDRESS;
        }
        int count = vcpu.guest().vcpuCount();
        return SbiHarts.apply(vcpu, count >= 64 ? mask : mask & (1L << count) - 1, 0, what, harts);
    }
}
