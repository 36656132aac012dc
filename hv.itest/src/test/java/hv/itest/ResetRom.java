package hv.itest;

import hv.api.vcpu.Registers;
import hv.api.x86.X86Register;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * A ROM that brings an x86 CPU from its reset state to the registers that a board wrote, for machines that load RAM but no registers: real mode to protected or long
 * mode, segments from the board's own descriptor table in RAM, then a jump. So table, page tables and selectors are tried, not believed.
 */
final class ResetRom implements Registers {
    private static final int LEN_BYTES = 1 << 16;
    /** Where the ROM ends, and with it the address space of 32 bits. */
    private static final long GPA = (1L << 32) - LEN_BYTES;
    private static final int RESET_VECTOR = 0xfff0;
    private static final int TABLE_POINTER = 0x200;
    private static final int FAR_CODE = 0x100;
    private static final long PAGING = 1L << 31;
    private static final int EFER_MSR = 0xc000_0080;
    /** CPUs set it themselves. */
    private static final long LONG_MODE_ACTIVE = 1 << 10;

    private final Map<Integer, Long> registers = new HashMap<>();
    private final ByteBuffer rom = ByteBuffer.allocate(LEN_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    @Override
    public long read(int register) {
        return registers.getOrDefault(register, 0L);
    }

    @Override
    public void write(int register, long value) {
        registers.put(register, value);
    }

    byte[] toBytes() {
        boolean longMode = (read(X86Register.CR0) & PAGING) != 0;
        rom.position(RESET_VECTOR);
        code(0xe9).putShort((short) -(RESET_VECTOR + 3)); // jmp 0
        rom.position(0);
        code(0xfa, 0x2e, 0x66, 0x0f, 0x01, 0x16).putShort((short) TABLE_POINTER); // cli; lgdt cs:[pointer]
        eax(X86Register.CR4);
        code(0x0f, 0x22, 0xe0);
        if (longMode) {
            eax(X86Register.CR3);
            code(0x0f, 0x22, 0xd8, 0x66, 0xb9).putInt(EFER_MSR); // mov cr3, eax; mov ecx, EFER
            code(0x66, 0x31, 0xd2, 0x66, 0xb8).putInt((int) (read(X86Register.EFER) & ~LONG_MODE_ACTIVE)); // xor edx, edx; mov eax, value
            code(0x0f, 0x30); // wrmsr
        }
        eax(X86Register.CR0);
        code(0x0f, 0x22, 0xc0, 0x66, 0xea).putInt((int) (GPA + FAR_CODE)).putShort((short) read(X86Register.selector(X86Register.CS))); // mov cr0, eax; jmp far
        rom.position(FAR_CODE);
        code(0x66, 0xb8).putShort((short) read(X86Register.selector(X86Register.DS))); // mov ax, selector
        code(0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xd0, 0x8e, 0xe0, 0x8e, 0xe8); // mov ds, es, ss, fs, gs
        if (longMode) {
            code(0x48, 0xbe).putLong(read(X86Register.RSI)); // mov rsi, value
            code(0x48, 0xb8).putLong(read(X86Register.RIP)); // mov rax, entry
        } else {
            code(0xbb).putInt((int) read(X86Register.RBX)); // mov ebx, value
            code(0xb8).putInt((int) read(X86Register.RIP)); // mov eax, entry
        }
        code(0xff, 0xe0); // jmp rax
        rom.position(TABLE_POINTER);
        rom.putShort((short) read(X86Register.GDT_LIMIT)).putInt((int) read(X86Register.GDT_BASE));
        return rom.array();
    }

    /** mov eax, the register's value. */
    private void eax(int register) {
        code(0x66, 0xb8).putInt((int) read(register));
    }

    private ByteBuffer code(int... bytes) {
        for (int b : bytes) {
            rom.put((byte) b);
        }
        return rom;
    }
}
