package hv.engine.riscv.internal;

import hv.riscv.Disassembler;
import hv.riscv.InstructionTable;
import hv.riscv.InstructionTable.Field;
import hv.riscv.InstructionTable.Instruction;
import hv.testkit.engine.RandomNumbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random unprivileged instructions as text, and numbers that are worth trying. Registers that they do not write: s0, sp (pointers to the middle of
 * data), s1 (the same, aligned), t6 (loop count).
 */
final class RandomInstructions {
    final Random random;
    private final List<Instruction> pool = new ArrayList<>();

    /** @param reservations LR and SC, too */
    RandomInstructions(long seed, boolean reservations) {
        random = new Random(seed);
        for (Instruction i : InstructionTable.get().instructions()) {
            String full = i.lenBytes() == 2 ? InstructionTable.get().expandedForm(i).kind() : i.kind();
            if (!full.equals("system") && !full.equals("jump") && !full.equals("sc") && !i.name().equals("pause") && (reservations || !full.equals("lr"))) {
                pool.add(i);
            }
        }
    }

    /** Loads all registers that may be written from 64 doublewords at label {@code values}, f first; then the loop count. */
    static String loads(int rounds) {
        StringBuilder b = new StringBuilder("  la s0, data + 2048\n mv sp, s0\n mv s1, s0\n la t0, values\n");
        for (int k = 0; k < 32; k++) {
            b.append(" fld f").append(k).append(", ").append(8 * k).append("(t0)\n");
        }
        b.append(" csrw fcsr, zero\n");
        for (int k = 31; k >= 1; k--) {
            if (!fixed(k) && k != 5) {
                b.append(" ld x").append(k).append(", ").append(8 * k + 256).append("(t0)\n");
            }
        }
        return b.append(" ld t0, 296(t0)\n li t6, ").append(rounds).append('\n').toString();
    }

    /** The labels {@code values} and {@code data}. */
    String constants(int dataBytes) {
        StringBuilder b = new StringBuilder(".balign 8\nvalues:\n");
        for (int k = 0; k < 64; k++) {
            b.append(" .dword ").append(k < 32 ? RandomNumbers.floating(random) : RandomNumbers.integer(random)).append('\n');
        }
        b.append(".balign 4096\ndata:\n");
        for (int k = 0; k < dataBytes / 8; k++) {
            b.append(" .dword ").append(k % 3 == 0 ? RandomNumbers.floating(random) : random.nextLong()).append('\n');
        }
        return b.toString();
    }

    static boolean fixed(int register) {
        return register == 2 || register == 8 || register == 9 || register == 31;
    }

    /** Instruction {@code n} of a body with labels L0 .. L{@code length}; a branch goes forward to one of them. */
    String instruction(int n, int length) {
        for (;;) {
            Instruction i = pool.get(random.nextInt(pool.size()));
            String kind = i.lenBytes() == 2 ? InstructionTable.get().expandedForm(i).kind() : i.kind();
            int code = random.nextInt() & ~i.mask() | i.match();
            Field rd = i.role("rd");
            Field rs1 = i.role("rs1");
            boolean memory = kind.matches("load|store|amo|lr");
            if (memory && rs1 != null && !rs1.isFloat()) {
                int base = kind.matches("amo|lr") ? 9 : 8;
                code = code & ~((1 << rs1.widthBits()) - 1 << rs1.lsb()) | (rs1.compressed() ? base - 8 : base) << rs1.lsb();
            }
            // qemu-riscv64 7.2 counts beyond bit 31 in ctzw ("target/riscv: fix ctzw behavior" came with 8.0).
            if (i.name().matches("ctzw|c\\.addi16sp|c\\.addi4spn|fence.*|c\\.nop|pause")) {
                continue;
            }
            if (rd != null && !rd.isFloat()) {
                int r = (code >>> rd.lsb() & (1 << rd.widthBits()) - 1) + (rd.compressed() ? 8 : 0);
                if (fixed(r)) {
                    continue;
                }
            }
            Field rm = i.role("rm");
            if (rm != null && (code >>> 12 & 7) >= 5 && (code >>> 12 & 7) != 7) {
                continue;
            }
            String text = Disassembler.disassemble(i.lenBytes() == 2 ? code & 0xffff : code, 0);
            if (text.startsWith(".") || !text.startsWith(i.name())) {
                continue;
            }
            if (kind.equals("branch")) {
                String target = "L" + Math.min(length, n + 1 + random.nextInt(8));
                return text.substring(0, text.lastIndexOf(' ') + 1) + target;
            }
            if (kind.equals("lr")) {
                String sc = i.name().replace("lr", "sc");
                int source = random.nextInt(32);
                int result = 10 + random.nextInt(8);
                return text + "\n " + sc + " x" + result + ", x" + source + ", (s1)";
            }
            return text;
        }
    }
}
