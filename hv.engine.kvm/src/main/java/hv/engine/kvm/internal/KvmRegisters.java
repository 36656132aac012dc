package hv.engine.kvm.internal;

import static hv.engine.kvm.internal.KvmAbi.U16;
import static hv.engine.kvm.internal.KvmAbi.U32;
import static hv.engine.kvm.internal.KvmAbi.U64;
import static hv.engine.kvm.internal.KvmAbi.U8;

import hv.api.vcpu.Registers;
import hv.api.x86.X86Register;
import hv.api.x86.X86State;
import hv.host.ControlFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A vCPU's registers: fetched from KVM when one is asked for, and given back before the next entry if one was written. While out of the guest only. */
final class KvmRegisters implements Registers {
    /** By X86Register: RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI; the rest follows in order. */
    private static final int[] GENERAL = {0, 16, 24, 8, 48, 56, 32, 40};
    /** Of ES, CS, SS, DS, FS, GS, TR, LDTR. */
    private static final int[] SEGMENT = {48, 0, 120, 24, 72, 96, 144, 168};
    private static final int SEG_BASE = 0;
    private static final int SEG_LIMIT = 8;
    private static final int SEG_SELECTOR = 12;
    /** Bytes of a segment's access rights, in order, with their place and width in a VMCS' format. */
    private static final int[][] ACCESS = {{14, 0, 4}, {18, 4, 1}, {16, 5, 2}, {15, 7, 1}, {21, 12, 1}, {19, 13, 1}, {17, 14, 1}, {20, 15, 1}, {22, 16, 1}};
    private static final int GDT = 192;
    private static final int IDT = 208;
    private static final int CR0 = 224;

    private final ControlFile vcpu;
    private final MemorySegment regs;
    private final MemorySegment sregs;
    private boolean fetched;
    private boolean written;

    KvmRegisters(ControlFile vcpu, Arena arena) {
        this.vcpu = vcpu;
        regs = arena.allocate(KvmAbi.REGS_BYTES, Long.BYTES);
        sregs = arena.allocate(KvmAbi.SREGS_BYTES, Long.BYTES);
    }

    /** The guest runs: what was fetched is stale. */
    void entered() {
        fetched = false;
    }

    /** Forgets what was written, too. */
    void forget() {
        fetched = false;
        written = false;
    }

    private void fetch() {
        if (!fetched) {
            KvmError.check("tell registers", vcpu.ioctl(KvmAbi.GET_REGS, regs));
            KvmError.check("tell system registers", vcpu.ioctl(KvmAbi.GET_SREGS, sregs));
            fetched = true;
        }
    }

    /** Gives back what was written. @return 0, or -errno if KVM refuses: the values cannot be a vCPU's */
    int flush() {
        if (!written) {
            return 0;
        }
        int result = vcpu.ioctl(KvmAbi.SET_SREGS, sregs);
        if (result >= 0) {
            result = vcpu.ioctl(KvmAbi.SET_REGS, regs);
        }
        written = false;
        fetched = false;
        return result;
    }

    @Override
    public long read(int register) {
        fetch();
        if (register >= 0 && register <= X86Register.R15) {
            return regs.get(U64, general(register));
        }
        if (register >= X86Register.CR0 && register <= X86Register.EFER) {
            return sregs.get(U64, CR0 + 8L * (register - X86Register.CR0));
        }
        return switch (register) {
            case X86Register.RIP -> regs.get(U64, 128);
            case X86Register.RFLAGS -> regs.get(U64, 136);
            case X86Register.GDT_BASE -> sregs.get(U64, GDT);
            case X86Register.GDT_LIMIT -> sregs.get(U16, GDT + 8) & 0xffff;
            case X86Register.IDT_BASE -> sregs.get(U64, IDT);
            case X86Register.IDT_LIMIT -> sregs.get(U16, IDT + 8) & 0xffff;
            default -> readSegment(register);
        };
    }

    private long readSegment(int register) {
        int segment = segment(register);
        long at = SEGMENT[segment];
        if (register == X86Register.base(segment)) {
            return sregs.get(U64, at + SEG_BASE);
        }
        if (register == X86Register.limit(segment)) {
            return sregs.get(U32, at + SEG_LIMIT) & 0xffff_ffffL;
        }
        if (register == X86Register.selector(segment)) {
            return sregs.get(U16, at + SEG_SELECTOR) & 0xffff;
        }
        long access = 0;
        for (int[] field : ACCESS) {
            access |= (long) (sregs.get(U8, at + field[0]) & (1 << field[2]) - 1) << field[1];
        }
        return access;
    }

    @Override
    public void write(int register, long value) {
        fetch();
        if (register >= 0 && register <= X86Register.R15) {
            regs.set(U64, general(register), value);
        } else if (register >= X86Register.CR0 && register <= X86Register.EFER) {
            sregs.set(U64, CR0 + 8L * (register - X86Register.CR0), value);
        } else {
            switch (register) {
                case X86Register.RIP -> regs.set(U64, 128, value);
                case X86Register.RFLAGS -> regs.set(U64, 136, value);
                case X86Register.GDT_BASE -> sregs.set(U64, GDT, value);
                case X86Register.GDT_LIMIT -> sregs.set(U16, GDT + 8, (short) value);
                case X86Register.IDT_BASE -> sregs.set(U64, IDT, value);
                case X86Register.IDT_LIMIT -> sregs.set(U16, IDT + 8, (short) value);
                default -> writeSegment(register, value);
            }
        }
        written = true;
    }

    private void writeSegment(int register, long value) {
        int segment = segment(register);
        long at = SEGMENT[segment];
        if (register == X86Register.base(segment)) {
            sregs.set(U64, at + SEG_BASE, value);
        } else if (register == X86Register.limit(segment)) {
            sregs.set(U32, at + SEG_LIMIT, (int) value);
        } else if (register == X86Register.selector(segment)) {
            sregs.set(U16, at + SEG_SELECTOR, (short) value);
        } else {
            for (int[] field : ACCESS) {
                sregs.set(U8, at + field[0], (byte) (value >>> field[1] & (1 << field[2]) - 1));
            }
        }
    }

    private static long general(int register) {
        return register < GENERAL.length ? GENERAL[register] : 64 + 8L * (register - X86Register.R8);
    }

    private static int segment(int register) {
        int segment = (register - X86Register.selector(0)) / (X86Register.selector(1) - X86Register.selector(0));
        if (register < X86Register.selector(0) || segment >= X86Register.SEGMENTS) {
            throw new IllegalArgumentException("no x86-64 register " + register);
        }
        return segment;
    }

    // --- as parts of the canonical state

    static boolean exists(int register) {
        return register <= X86Register.IDT_LIMIT || register >= X86Register.selector(0);
    }

    long[] all() {
        long[] out = new long[X86State.REGISTERS];
        for (int r = 0; r < out.length; r++) {
            out[r] = exists(r) ? read(r) : 0;
        }
        return out;
    }

    long apicBase() {
        fetch();
        return sregs.get(U64, KvmAbi.SREGS_APIC_BASE);
    }

    /** @return as {@link #flush}, which it does; an interrupt that is being delivered is among the events */
    int putAll(long[] values, long apicBase) {
        fetched = true;
        sregs.fill((byte) 0);
        for (int r = 0; r < values.length; r++) {
            if (exists(r)) {
                write(r, values[r]);
            }
        }
        sregs.set(U64, KvmAbi.SREGS_APIC_BASE, apicBase);
        return flush();
    }
}
