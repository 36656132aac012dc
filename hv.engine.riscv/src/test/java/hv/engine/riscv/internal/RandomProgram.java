package hv.engine.riscv.internal;

import hv.riscv.asm.Assembler;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A program of random unprivileged instructions that runs under a Linux and under a bare hart: it loads all registers, runs its body a few
 * times, stores registers and fcsr behind its data, and makes the system call {@code write} of data and registers, then {@code exit}.
 */
final class RandomProgram {
    static final int DATA_BYTES = 4096;
    static final int DUMP_BYTES = 65 * 8;
    final Assembler assembler = new Assembler(BareMachine.BASE);
    final byte[] image;
    final String source;

    RandomProgram(long seed, int length, int rounds) {
        RandomInstructions random = new RandomInstructions(seed, true);
        StringBuilder b = new StringBuilder(RandomInstructions.loads(rounds)).append("body:\n");
        for (int n = 0; n < length; n++) {
            b.append("L").append(n).append(": ").append(random.instruction(n, length)).append('\n');
        }
        // A branch does not reach back over the body; a jump does.
        b.append("L").append(length).append(": addi t6, t6, -1\n beqz t6, done\n j body\ndone:\n la t6, dump\n");
        for (int k = 0; k < 31; k++) {
            b.append(" sd x").append(k).append(", ").append(8 * k).append("(t6)\n");
        }
        for (int k = 0; k < 32; k++) {
            b.append(" fsd f").append(k).append(", ").append(8 * k + 256).append("(t6)\n");
        }
        b.append(" csrr t0, fcsr\n sd t0, 512(t6)\n li a0, 1\n la a1, data\n li a2, ").append(DATA_BYTES + DUMP_BYTES)
            .append("\n li a7, 64\n ecall\n li a0, 0\n li a7, 93\n ecall\n");
        b.append(random.constants(DATA_BYTES));
        b.append("dump: .zero ").append(DUMP_BYTES).append('\n');
        source = b.toString();
        image = assembler.assemble(source);
    }

    /** A static ELF executable for riscv64 Linux: one segment, everything allowed. */
    byte[] elf() {
        return elf(image);
    }

    static byte[] elf(byte[] image) {
        ByteBuffer b = ByteBuffer.allocate(4096 + image.length).order(ByteOrder.LITTLE_ENDIAN);
        b.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        b.putShort((short) 2).putShort((short) 243).putInt(1).putLong(BareMachine.BASE).putLong(64).putLong(0);
        // Flags: RVC, double-float ABI.
        b.putInt(5).putShort((short) 64).putShort((short) 56).putShort((short) 1).putShort((short) 0).putShort((short) 0).putShort((short) 0);
        b.putInt(1).putInt(7).putLong(4096).putLong(BareMachine.BASE).putLong(BareMachine.BASE).putLong(image.length).putLong(image.length).putLong(4096);
        b.position(4096);
        b.put(image);
        return b.array();
    }
}
