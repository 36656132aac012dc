package hv.engine.riscv.tool;

import hv.riscv.InstructionTable;
import hv.riscv.InstructionTable.Instruction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * Derives the interpreter's loop from the instruction table. Run {@link #main} in the bundle's folder after a change of the table or of
 * this class; {@code LoopFreshnessTest} says when that was forgotten.
 */
public final class LoopGenerator {
    /** Integer instructions too rare for a place in the loop, which must stay below HotSpot's limit of 8000 bytes. */
    private static final Set<String> RARE = Set.of("mulh", "mulhsu", "div", "divu", "rem", "remu", "divw", "divuw", "remw", "remuw", "orn", "xnor",
        "clz", "clzw", "ctz", "ctzw", "cpop", "cpopw", "rol", "rolw", "ror", "rorw", "rori", "roriw", "orc.b", "rev8", "bclr", "bclri", "bext", "bexti",
        "binv", "binvi", "bset", "bseti", "sh1add.uw", "sh2add.uw", "sh3add.uw", "slli.uw", "max", "maxu", "min", "minu", "sext.b", "sext.h", "andn");
    private final StringBuilder b = new StringBuilder();
    private final InstructionTable table = InstructionTable.get();

    /** Writes the source below {@code src/main/java}. */
    public static void main(String[] args) throws IOException {
        Files.writeString(Path.of("src/main/java/hv/engine/riscv/internal/InterpreterLoop.java"), new LoopGenerator().generate());
    }

    /** The source. */
    public String generate() {
        b.append("""
            // Generated from hv.riscv's instructions.txt by hv.engine.riscv.tool.LoopGenerator; do not edit.
            package hv.engine.riscv.internal;

            import hv.riscv.Decoded;
            import hv.riscv.Op;
            import java.lang.foreign.MemorySegment;
            import java.lang.foreign.ValueLayout;

            /**
             * The loop that executes blocks. Long since every instruction that is common has its place here; below 8000 bytes of bytecode, or HotSpot
             * would not compile it.
             */
            final class InterpreterLoop {
                private static final long PAGE = ~0xfffL;

                private InterpreterLoop() { }

                /** Executes blocks from {@code c.block} at {@code c.pc0} on, at most {@code c.left} instructions; HartCore.AT_... */
                static int run(HartCore c) {
                    final long[] x = c.x;
                    final MemorySegment ram = c.ram;
                    final Tlb tlb = c.tlb;
                    final long[] read = tlb.read;
                    final long[] write = tlb.write;
                    final long[] exec = tlb.exec;
                    Block b = c.block;
                    long pc0 = c.pc0;
                    long left = c.left;
                    for (;;) {
                        left -= b.count;
                        if (left < 0 || c.attends()) {
                            c.left = left + b.count;
                            c.block = b;
                            c.pc0 = pc0;
                            return HartCore.AT_ENTRY;
                        }
                        final long[] code = b.code;
                        int i = 0;
                        long target;
                        int link;
                        dispatch:
                        for (;;) {
                            final long w = code[i++];
                            final int v = (int) w;
                            switch (v & 511) {
            """);
        for (Instruction i : table.instructions()) {
            switch (i.kind()) {
                case "alu" -> {
                    if (!RARE.contains(i.name())) {
                        alu(i);
                    }
                }
                case "branch" -> branch(i);
                case "load" -> {
                    if (!i.meaning().startsWith("f")) {
                        load(i);
                    }
                }
                case "store" -> {
                    if (!i.meaning().startsWith("f")) {
                        store(i);
                    }
                }
                default -> {
                    // jumps below, the others are rare or leave the loop.
                }
            }
        }
        b.append("""
                                case Op.JAL:
                                    x[v >>> 9 & 63] = pc0 + (v >>> 14 & 0x7fe);
                                    target = pc0 + (w >> 32);
                                    link = i - 1;
                                    break dispatch;
                                case Op.JALR:
                                    target = x[v >>> 15 & 31] + (w >> 48) & -2L;
                                    x[v >>> 9 & 63] = pc0 + ((w >>> 31) & 0x1fffe);
                                    link = -1;
                                    break dispatch;
                                case HartCore.END:
                                    target = pc0 + b.lenBytes;
                                    link = i - 1;
                                    break dispatch;
                                case HartCore.STRADDLE:
                                    c.pc0 = pc0 + (v >>> Decoded.LENGTH_SHIFT << 1);
                                    c.left = left;
                                    return HartCore.AT_STRADDLE;
            """);
        for (Instruction i : table.instructions()) {
            if (i.kind().equals("system")) {
                b.append("                    case Op.").append(i.constant()).append(":\n");
            }
        }
        b.append("""
                                case Op.ILLEGAL:
                                    c.block = b;
                                    c.index = i - 1;
                                    c.pc0 = pc0;
                                    c.left = left;
                                    return HartCore.AT_SYSTEM;
                                default:
                                    if (c.rare(w)) {
                                        continue;
                                    }
                                    return c.leave(b, i, pc0, left);
                            }
                        }
                        if (link >= 0) {
                            final Block n = b.links[link];
                            if (n != null) {
                                b = n;
                                pc0 = target;
                                continue;
                            }
                        }
                        final int e = (int) (target >>> 12) & Tlb.EXEC_MASK;
                        if (exec[e] == (target & PAGE)) {
                            final Block n = tlb.execPage[e].blocks[(int) target >>> 1 & 2047];
                            if (n != null) {
                                if (link >= 0 && ((pc0 ^ target) & PAGE) == 0 && b.page != null) {
                                    b.links[link] = n;
                                }
                                b = n;
                                pc0 = target;
                                continue;
                            }
                        }
                        c.hart.pc = target;
                        c.left = left;
                        return HartCore.AT_TARGET;
                    }
                }

                /** Whether {@link #rareAlu} executes the operation. */
                static boolean isRareAlu(int op) {
                    return switch (op) {
                        case\s""");
        String separator = "";
        int column = 0;
        for (Instruction i : table.instructions()) {
            if (RARE.contains(i.name())) {
                b.append(separator).append("Op.").append(i.constant());
                separator = ++column % 8 == 0 ? ",\n                " : ", ";
            }
        }
        b.append("""
             -> true;
                        default -> false;
                    };
                }

                /** Result of an integer operation that is not in the loop. */
                static long rareAlu(int op, long a, long b, long i) {
                    return switch (op) {
            """);
        for (Instruction i : table.instructions()) {
            if (RARE.contains(i.name())) {
                b.append("            case Op.").append(i.constant()).append(" -> ").append(i.meaning()).append(";\n");
            }
        }
        b.append("""
                        default -> throw new IllegalStateException("operation " + op + " is not a rare integer one");
                    };
                }

                /** What an atomic memory operation stores, over the old value {@code m}; for 32 bits both are sign-extended. */
                static long amo(int op, long m, long b) {
                    return switch (op) {
            """);
        for (Instruction i : table.instructions()) {
            if (i.kind().equals("amo")) {
                b.append("            case Op.").append(i.constant()).append(" -> ").append(i.meaning().substring(3)).append(";\n");
            }
        }
        b.append("""
                        default -> throw new IllegalStateException("operation " + op + " is not an atomic one");
                    };
                }
            }
            """);
        return b.toString();
    }

    private static final String RD = "x[v >>> 9 & 63]";
    private static final String RS1 = "x[v >>> 15 & 31]";
    private static final String RS2 = "x[v >>> 20 & 31]";

    private static String expression(Instruction i, String a, String b, String imm) {
        return i.meaning().replaceAll("\\bpc\\b", "pc0").replaceAll("\\ba\\b", "\u0001").replaceAll("\\bb\\b", "\u0002").replaceAll("\\bi\\b", "\u0003")
            .replace("\u0001", a).replace("\u0002", b).replace("\u0003", imm);
    }

    private void alu(Instruction i) {
        b.append("                    case Op.").append(i.constant()).append(":\n");
        b.append("                        ").append(RD).append(" = ").append(expression(i, RS1, RS2, "(w >> 32)")).append(";\n");
        b.append("                        continue;\n");
    }

    private void branch(Instruction i) {
        b.append("                    case Op.").append(i.constant()).append(":\n");
        b.append("                        if (").append(expression(i, RS1, RS2, "")).append(") {\n");
        b.append("                            left += v_REMAINING;\n".replace("v_REMAINING", "w >>> 32 & 0xffff"));
        b.append("                            target = pc0 + (w >> 48);\n");
        b.append("                            link = i - 1;\n");
        b.append("                            break dispatch;\n");
        b.append("                        }\n");
        b.append("                        continue;\n");
    }

    private void access(String array, int bytes) {
        b.append("                        final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;\n");
        b.append("                        if (").append(array).append("[t] == (va & ").append(bytes == 1 ? "PAGE" : "(PAGE | " + (bytes - 1) + ")").append(")) {\n");
    }

    private static String layout(int bits) {
        return bits == 8 ? "ValueLayout.JAVA_BYTE" : "HartCore.MEM" + bits;
    }

    private void load(Instruction i) {
        int bits = Integer.parseInt(i.meaning().substring(1));
        boolean unsigned = i.meaning().startsWith("u");
        b.append("                    case Op.").append(i.constant()).append(": {\n");
        b.append("                        final long va = ").append(RS1).append(" + (w >> 32);\n");
        access("read", bits / 8);
        b.append("                            ").append(RD).append(" = ram.get(").append(layout(bits)).append(", va + read[t + 1])")
            .append(unsigned ? " & " + (bits == 32 ? "0xffff_ffffL" : bits == 16 ? "0xffff" : "0xff") : "").append(";\n");
        b.append("                        } else if (!c.slowLoad(w, va)) {\n");
        b.append("                            return c.leave(b, i, pc0, left);\n                        }\n");
        b.append("                        continue;\n                    }\n");
    }

    private void store(Instruction i) {
        int bits = Integer.parseInt(i.meaning());
        String cast = bits == 8 ? "(byte) " : bits == 16 ? "(short) " : bits == 32 ? "(int) " : "";
        b.append("                    case Op.").append(i.constant()).append(": {\n");
        b.append("                        final long va = ").append(RS1).append(" + (w >> 32);\n");
        access("write", bits / 8);
        b.append("                            ram.set(").append(layout(bits)).append(", va + write[t + 1], ").append(cast).append(RS2).append(");\n");
        b.append("                        } else if (!c.slowStore(w, va, ").append(RS2).append(")) {\n");
        b.append("                            return c.leave(b, i, pc0, left);\n                        }\n");
        b.append("                        continue;\n                    }\n");
    }
}
