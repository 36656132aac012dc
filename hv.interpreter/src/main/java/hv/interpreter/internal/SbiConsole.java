package hv.interpreter.internal;

import static hv.interpreter.internal.SbiCalls.done;

import hv.api.memory.Access;
import hv.api.memory.GuestMemoryFault;
import hv.api.memory.Lease;
import hv.api.vcpu.Exit;
import hv.api.vcpu.ExitView;
import hv.api.vcpu.Next;
import hv.api.vcpu.Vcpu;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The debug console (SBI 2.0, chapter 12), through guest-physical addresses. */
final class SbiConsole {
    /** Most bytes of one call; a guest asks again for the rest, as it must for a partial transfer anyhow. */
    static final int MAX_TRANSFER_BYTES = 4096;

    private SbiConsole() {
    }

    static Next call(Exit exit, long function, ExitView.FirmwareCall call, Vcpu vcpu) {
        if (function == 2) {
            return writeByte(exit, (byte) call.arg(0), vcpu, 0);
        }
        if (function != 0 && function != 1) {
            return done(exit, Sbi.ERR_NOT_SUPPORTED, 0);
        }
        long count = call.arg(0);
        long address = call.arg(1);
        Vcpu.Guest guest = vcpu.guest();
        if (count == 0) {
            return done(exit, Sbi.SUCCESS, 0);
        }
        // a2 holds address bits from 64 on: no memory is there.
        if (count < 0 || address < 0 || call.arg(2) != 0 || !guest.memory().isRam(address, count)) {
            return done(exit, Sbi.ERR_INVALID_PARAM, 0);
        }
        try {
            int n = (int) Math.min(count, MAX_TRANSFER_BYTES);
            return done(exit, Sbi.SUCCESS, function == 0 ? write(guest, address, n) : read(guest, address, n));
        } catch (GuestMemoryFault e) {
            return done(exit, Sbi.ERR_INVALID_PARAM, 0);
        }
    }

    private static int write(Vcpu.Guest guest, long address, int lenBytes) throws GuestMemoryFault {
        byte[] bytes = new byte[lenBytes];
        try (Lease lease = guest.memory().lend(address, lenBytes, Access.READ)) {
            MemorySegment.copy(lease.segment(), ValueLayout.JAVA_BYTE, 0, bytes, 0, lenBytes);
        }
        return guest.debugConsole(bytes, 0, lenBytes);
    }

    private static int read(Vcpu.Guest guest, long address, int lenBytes) throws GuestMemoryFault {
        byte[] bytes = new byte[lenBytes];
        int n = guest.debugConsoleRead(bytes, 0, lenBytes);
        if (n > 0) {
            try (Lease lease = guest.memory().lend(address, n, Access.WRITE)) {
                MemorySegment.copy(bytes, 0, lease.segment(), ValueLayout.JAVA_BYTE, 0, n);
            }
        }
        return n;
    }

    /** Blocks as the specification says, by running the call again while the console takes nothing; the vCPU stays preemptible meanwhile. */
    static Next writeByte(Exit exit, byte b, Vcpu vcpu, long secondResult) {
        if (vcpu.guest().debugConsole(new byte[] {b}, 0, 1) == 0) {
            return Next.RETRY;
        }
        exit.completion().pair(Sbi.SUCCESS, secondResult);
        return Next.RESUME;
    }
}
