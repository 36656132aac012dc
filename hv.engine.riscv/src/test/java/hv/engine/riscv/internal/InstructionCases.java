package hv.engine.riscv.internal;

import hv.riscv.InstructionTable;
import hv.riscv.InstructionTable.Instruction;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A program that executes every unprivileged instruction with several operands and stores what each gave: 16 bytes a case, the result and
 * fcsr. The same for a Linux (qemu-riscv64, from which the expected values were recorded) and a bare hart.
 */
final class InstructionCases {
    static final int BYTES = 16;
    /** What each case executes, as text. */
    final List<String> cases = new ArrayList<>();
    final String source;
    private final StringBuilder code = new StringBuilder();
    private final Random random = new Random(7);

    InstructionCases() {
        // s0: data, s1: results. a6, a7, a5: operands; fa6, fa7, fa5: floating-point operands.
        code.append(" la s0, data\n la s1, results\n");
        for (Instruction i : InstructionTable.get().instructions()) {
            if (isCovered(i)) {
                for (int n = 0; n < 6; n++) {
                    one(i, n);
                }
            }
        }
        code.append(" li a0, 1\n la a1, results\n li a2, ").append(cases.size() * BYTES).append("\n li a7, 64\n ecall\n li a0, 0\n li a7, 93\n ecall\n")
            .append(".balign 4096\ndata: .zero 4096\nresults: .zero ").append(cases.size() * BYTES).append('\n');
        source = code.toString();
    }

    /** Whether it is here, and not among the tests of supervisor and user mode. */
    static boolean isCovered(Instruction i) {
        return !i.kind().equals("system") && !i.name().equals("pause") && !i.name().equals("c.ebreak");
    }

    private long operand(int n) {
        return switch (n) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> Long.MIN_VALUE;
            case 3 -> 0x7fff_ffffL;
            default -> random.nextLong();
        };
    }

    private long floating(int n, boolean single) {
        double v = switch (n) {
            case 0 -> 0.0;
            case 1 -> -1.5;
            case 2 -> 3e9;
            case 3 -> Double.NEGATIVE_INFINITY;
            default -> random.nextGaussian() * 1000;
        };
        return single ? -1L << 32 | Float.floatToRawIntBits((float) v) & 0xffff_ffffL : Double.doubleToRawLongBits(v);
    }

    private void one(Instruction i, int n) {
        Instruction full = i.lenBytes() == 2 ? InstructionTable.get().expandedForm(i) : i;
        String kind = full.kind();
        boolean single = i.name().matches(".*\\.(s|s\\.[wl]u?)") && !i.name().equals("fcvt.d.s") || i.name().equals("fcvt.d.s");
        boolean memory = kind.matches("load|store|amo|lr|sc");
        int label = cases.size();
        code.append(" fscsr zero\n li a5, ").append(operand(5)).append("\n li a6, ").append(operand(n)).append("\n li a7, ").append(operand((n + 3) % 6))
            .append('\n');
        for (int k = 5; k <= 7; k++) {
            code.append(" li t0, ").append(floating((n + 2 * k) % 6, single)).append("\n fmv.d.x fa").append(k).append(", t0\n");
        }
        code.append(" li t0, ").append(random.nextLong()).append("\n sd t0, 0(s0)\n sd t0, 16(s0)\n mv a4, s0\n");
        String operands = i.operands();
        String text;
        if (kind.equals("branch") || kind.equals("jump") && operands.contains("target")) {
            text = i.name() + " " + operands.replace("rs1'", "a4").replace("rs1", "a6").replace("rs2", "a7").replace("rd", "a5").replace("target", "T" + label);
            // Taken: 1. Not taken: 2.
            code.append(" li a5, 1\n ").append(text).append("\n li a5, 2\nT").append(label).append(":\n");
            if (i.name().equals("jal")) {
                code.append(" sub a5, a5, s0\n");
            }
        } else if (kind.equals("jump")) {
            text = i.name() + " " + operands.replace("imm(rs1)", "8(a6)").replace("rs1", "a6").replace("rd", "a5");
            code.append(" la a6, T").append(label).append(i.name().equals("jalr") ? " - 8" : "").append("\n li a5, 1\n ").append(text).append("\n li a5, 2\nT")
                .append(label).append(":\n");
            if (i.name().equals("jalr")) {
                code.append(" sub a5, a5, s0\n");
            }
        } else if (kind.equals("fence")) {
            text = i.name() + " rw, rw";
            code.append(' ').append(text).append('\n');
        } else {
            boolean stack = operands.contains("(sp)") || i.name().matches("c.addi4spn|c.addi16sp");
            if (stack) {
                code.append(" mv t6, sp\n mv sp, s0\n");
            }
            String immediate = immediate(i, n);
            text = (i.name() + " " + operands.replace("frd'", "fa5").replace("frs1'", "fa4").replace("frs2'", "fa5").replace("rd'", "a5")
                .replace("rs1'", memory ? "a4" : "a4").replace("rs2'", "a5").replace("frs3", "fa5").replace("frs2", "fa7").replace("frs1", "fa6")
                .replace("frd", "fa5").replace("rs1", memory ? "s0" : "a6").replace("rs2", "a7").replace("rd", "a5").replace("imm20", immediate)
                .replace("imm", immediate).replace("rm", n == 1 ? "rtz" : n == 2 ? "rdn" : n == 3 ? "rup" : n == 4 ? "rmm" : "rne")).trim();
            if (kind.equals("sc") && n % 2 == 0) {
                code.append(i.name().equals("sc.w") ? " lr.w t1, (s0)\n" : " lr.d t1, (s0)\n");
            }
            code.append(' ').append(text).append('\n');
            if (i.name().equals("c.addi16sp")) {
                code.append(" mv a5, sp\n");
            }
            if (stack) {
                code.append(" mv sp, t6\n");
            }
            if (i.name().matches("auipc|c.addi4spn|c.addi16sp")) {
                code.append(" sub a5, a5, s0\n");
            }
        }
        boolean toFloat = full.role("rd") != null && full.role("rd").isFloat();
        if (kind.matches("store|amo|sc")) {
            // What memory holds, over what the register got.
            code.append(" ld t0, 0(s0)\n ld t1, 16(s0)\n").append(kind.equals("store") ? " li a5, 0\n" : "").append(" xor t0, t0, t1\n rori t0, t0, 17\n xor t0, t0, a5\n");
        } else {
            code.append(toFloat ? " fmv.x.d t0, fa5\n" : " mv t0, a5\n");
        }
        code.append(" sd t0, 0(s1)\n csrr t0, fcsr\n sd t0, 8(s1)\n addi s1, s1, 16\n");
        cases.add(text + " /" + n);
    }

    private static String immediate(Instruction i, int n) {
        if (i.immediate().isEmpty()) {
            return "0";
        }
        InstructionTable.Immediate imm = i.immediate().get();
        if (i.kind().matches("load|store") || i.operands().contains("(")) {
            return n % 2 == 0 ? "0" : "16";
        }
        if (i.operands().contains("imm20")) {
            return i.lenBytes() == 2 ? n % 2 == 0 ? "31" : "-32" : new String[] {"0", "1", "0x80000", "0xfffff", "0x12345", "0x7ffff"}[n];
        }
        long step = 1L << imm.lowestBit();
        long high = (1L << imm.widthBits() - (imm.signed() ? 1 : 0)) - step;
        long low = imm.signed() ? -high - step : 0;
        return Long.toString(switch (n) {
            case 0 -> imm.excludesZero() ? step : 0;
            case 1 -> high;
            case 2 -> low == 0 ? step : low;
            case 3 -> step;
            default -> n == 4 ? high / 2 / step * step : Math.max(step, high / 3 / step * step);
        });
    }
}
