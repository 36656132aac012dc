package hv.interpreter.internal;

import hv.api.memory.Access;
import hv.api.memory.GuestMemory;
import hv.api.memory.GuestMemoryFault;
import hv.api.memory.Lease;
import hv.api.riscv.RiscvRegister;
import hv.api.vcpu.Exit;
import hv.api.vcpu.ExitView;
import hv.api.vcpu.Next;
import hv.api.vcpu.Vcpu;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The legacy extensions (SBI 2.0, chapter 5), which Linux's early console and small kernels still use. They answer in a0 alone: a1 keeps its value.
 * Hart masks are given by a supervisor virtual address.
 */
final class SbiLegacy {
    private static final ValueLayout.OfLong LE_LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private SbiLegacy() {
    }

    static Next call(Exit exit, ExitView.FirmwareCall call, Vcpu vcpu) {
        long keptA1 = call.arg(1);
        return switch ((int) call.arg(7)) {
            case (int) Sbi.EXT_LEGACY_SET_TIMER -> {
                SbiCalls.setTimer(vcpu, call.arg(0));
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
            case (int) Sbi.EXT_LEGACY_SEND_IPI -> answer(exit, harts(vcpu, call.arg(0), SbiHarts.INTERRUPT), keptA1);
            case (int) Sbi.EXT_LEGACY_REMOTE_FENCE_I -> answer(exit, harts(vcpu, call.arg(0), SbiHarts.FENCE_I), keptA1);
            case (int) Sbi.EXT_LEGACY_REMOTE_SFENCE_VMA, (int) Sbi.EXT_LEGACY_REMOTE_SFENCE_VMA_ASID ->
                answer(exit, harts(vcpu, call.arg(0), SbiHarts.FLUSH_TLB), keptA1);
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

    /** The mask covers harts 0 .. 63, and more there are not; a null address means all. Harts that do not exist are passed over (section 5.5). */
    private static long harts(Vcpu vcpu, long maskAddress, int what) {
        if (maskAddress == 0) {
            return SbiHarts.apply(vcpu, 0, -1, what);
        }
        long mask = 0;
        try {
            long satp = vcpu.registers().read(RiscvRegister.csr(Sbi.CSR_SATP));
            for (int i = 0; i < 8; i++) {
                long gpa = PageWalk.translate(vcpu.guest().memory(), satp, maskAddress + i);
                try (Lease lease = vcpu.guest().memory().lend(gpa, 1, Access.READ)) {
                    mask |= (lease.segment().get(ValueLayout.JAVA_BYTE, 0) & 0xffL) << 8 * i;
                }
            }
        } catch (GuestMemoryFault e) {
            return Sbi.ERR_INVALID_ADDRESS;
        }
        int count = vcpu.guest().vcpuCount();
        return SbiHarts.apply(vcpu, count >= 64 ? mask : mask & (1L << count) - 1, 0, what);
    }

    /** Reads a little-endian doubleword of guest RAM. */
    static long readLong(GuestMemory memory, long gpa) throws GuestMemoryFault {
        try (Lease lease = memory.lend(gpa, 8, Access.READ)) {
            return lease.segment().get(LE_LONG, 0);
        }
    }
}
