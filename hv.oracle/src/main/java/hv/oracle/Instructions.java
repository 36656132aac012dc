package hv.oracle;

import hv.riscv.Decoded;
import hv.riscv.Decoder;
import hv.riscv.Disassembler;
import hv.riscv.InstructionTable;
import hv.riscv.InstructionTable.Field;
import hv.riscv.InstructionTable.Instruction;
import hv.riscv.Op;
import hv.testkit.engine.RandomNumbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Random instructions, operands and numbers. */
final class Instructions {
    /** Registers that instructions of a program leave alone: pointers to its memory, and where it goes on. */
    static final Set<Integer> FIXED = Set.of(2, 8, 9, 24, 25, 26, 27);
    private static final List<Instruction> COMPUTING = new ArrayList<>();
    private static final List<Instruction> MEMORY = new ArrayList<>();
    private static final List<Instruction> PLAIN_MEMORY = new ArrayList<>();
    private static final List<Instruction> LOADS = new ArrayList<>();
    private static final List<Instruction> AMO = new ArrayList<>();

    static {
        for (Instruction i : InstructionTable.get().instructions()) {
            String kind = kind(i);
            if (kind.matches("load|store|amo")) {
                MEMORY.add(i);
                (kind.equals("amo") ? AMO : PLAIN_MEMORY).add(i);
                if (kind.equals("load")) {
                    LOADS.add(i);
                }
            } else if (kind.matches("alu|float|fence") && !i.name().matches("c\\.addi16sp|c\\.addi4spn|c\\.nop|pause|fence\\.i")) {
                COMPUTING.add(i);
            }
        }
    }

    /** Floating-point instructions that change nothing of it but flags. */
    private static final String FLAGS_ALONE = "fcvt\\.[wl]u?\\.[sd]|f(eq|lt|le)\\.[sd]";

    final Random random;
    private final Avoided avoided;

    Instructions(Random random, Avoided avoided) {
        this.random = random;
        this.avoided = avoided;
    }

    private static String kind(Instruction i) {
        return i.lenBytes() == 2 ? InstructionTable.get().expandedForm(i).kind() : i.kind();
    }

    /** An instruction that neither jumps nor touches memory. */
    void computing(CodeWriter out) {
        emit(out, COMPUTING, -1, 0);
    }

    /** A load, store or AMO of the good data page. */
    void memory(CodeWriter out) {
        emit(out, MEMORY, -1, 0);
    }

    /** A load or store at {@code base} + offset. */
    void plainAt(CodeWriter out, int base, int offset) {
        emit(out, PLAIN_MEMORY, base, offset);
    }

    /** A load at {@code base} + offset. */
    void loadAt(CodeWriter out, int base, int offset) {
        emit(out, LOADS, base, offset);
    }

    /** An AMO at {@code base}. */
    void atomicAt(CodeWriter out, int base) {
        emit(out, AMO, base, 0);
    }

    private void emit(CodeWriter out, List<Instruction> pool, int base, int offset) {
        for (;;) {
            Instruction i = pool.get(random.nextInt(pool.size()));
            if (i.lenBytes() == 2 && (base >= 0 || out.room() < 2) || out.room() < i.lenBytes()) {
                continue;
            }
            String kind = kind(i);
            int code = random.nextInt() & ~i.mask() | i.match();
            Field rd = i.role("rd");
            Field rs1 = i.role("rs1");
            boolean memory = pool != COMPUTING;
            if (memory && rs1 != null && !rs1.isFloat()) {
                int register = base >= 0 ? base : kind.equals("amo") ? 9 : 8;
                code = code & ~((1 << rs1.widthBits()) - 1 << rs1.lsb()) | (rs1.compressed() ? register - 8 : register) << rs1.lsb();
            }
            if (base >= 0 && !kind.equals("amo")) {
                code = kind.equals("store") ? code & ~0xfe00_0f80 | (offset & 31) << 7 | (offset >> 5 & 127) << 25 : code & 0xfffff | offset << 20;
            }
            if (rd != null && !rd.isFloat()) {
                int r = (code >>> rd.lsb() & (1 << rd.widthBits()) - 1) + (rd.compressed() ? 8 : 0);
                if (FIXED.contains(r)) {
                    continue;
                }
            }
            Field rm = i.role("rm");
            if (rm != null && (code >>> 12 & 7) >= 5 && (code >>> 12 & 7) != 7 && random.nextInt(8) != 0) {
                continue;
            }
            boolean flagsAlone = avoided.is("dirty-by-flags-alone") && i.name().matches(FLAGS_ALONE);
            if (flagsAlone && out.room() < 8) {
                continue;
            }
            int whole = i.lenBytes() == 2 ? code & 0xffff : code;
            if (!Disassembler.disassemble(whole, 0).startsWith(i.name())) {
                continue;
            }
            if (flagsAlone) {
                out.line("fsgnj.d f0, f0, f0");
            }
            out.code(whole, i.lenBytes());
            return;
        }
    }

    /** An encoding that means nothing here. */
    void illegal(CodeWriter out) {
        for (;;) {
            boolean wide = random.nextInt(4) != 0;
            int code = random.nextInt();
            if (wide) {
                // Mostly near what there is.
                code |= 3;
                if (random.nextBoolean()) {
                    List<Instruction> all = InstructionTable.get().instructions();
                    Instruction i = all.get(random.nextInt(all.size()));
                    code = i.match() & i.mask() | code & ~i.mask();
                    code ^= 1 << random.nextInt(32);
                }
                if ((code & 3) != 3 || (code & 0x1c) == 0x1c) {
                    continue;
                }
            } else {
                code &= 0xffff;
                if ((code & 3) == 3) {
                    continue;
                }
            }
            if (Decoded.op(Decoder.decode(code)) == Op.ILLEGAL) {
                out.code(code, wide ? 4 : 2);
                return;
            }
        }
    }

    /** A register that a program may write. */
    int destination() {
        for (;;) {
            int r = random.nextInt(32);
            if (!FIXED.contains(r)) {
                return r;
            }
        }
    }

    /** One that is not x0 and none of {@code others}. */
    int destination(int... others) {
        search:
        for (;;) {
            int r = destination();
            if (r == 0) {
                continue;
            }
            for (int o : others) {
                if (o == r) {
                    continue search;
                }
            }
            return r;
        }
    }

    int any() {
        return random.nextInt(32);
    }

    long integer() {
        return RandomNumbers.integer(random);
    }

    long floating() {
        return RandomNumbers.floating(random);
    }
}
