package hv.engine.riscv.tool;

import hv.riscv.InstructionTable;
import hv.riscv.InstructionTable.Instruction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

            /**
             * The loop that executes blocks. Long since every instruction that is common has its place here; below 8000 bytes of bytecode, or HotSpot
             * would not compile it.
             */
            final class InterpreterLoop {
                private static final long PAGE = ~0xfffL;
                /** Number of the first operation that stands for a pair; {@link #PAIRS} tells which. */
                static final int FUSED = HartCore.BREAK + 1;
                /** First and second operation of the pairs; the second stays in the block behind the first. */
                static final int[] PAIRS = {
            @PAIRS@    };

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
                        dispatch: {
                        final Region region = b.region;
                        if (region != null) {
                            if (left + b.count >= region.most && !c.refused) {
                                target = region.run(c, pc0, left + b.count);
                                left = c.left;
                                link = -1;
                                break dispatch;
                            }
                            c.refused = false;
                        } else if (--b.heat == 0) {
                            c.hot(b);
                        }
                        for (;;) {
                            final long w = code[i++];
                            final int v = (int) w;
                            switch (v & 511) {
            """);
        for (Instruction i : table.instructions()) {
            boolean integer = i.kind().matches("alu|branch|jump") || i.kind().matches("load|store") && !i.meaning().startsWith("f");
            if (integer && !RARE.contains(i.name())) {
                single(i);
            }
        }
        for (int k = 0; k < PAIRS.size(); k++) {
            pair(PAIRS.get(k), k);
        }
        b.append("""
                                case HartCore.END:
                                    target = pc0 + b.lenBytes;
                                    link = i - 1;
                                    break dispatch;
                                case HartCore.STRADDLE:
                                    c.pc0 = pc0 + (v >>> Decoded.LENGTH_SHIFT << 1);
                                    c.left = left;
                                    return HartCore.AT_STRADDLE;
            """);
        b.append("""
                                default:
                                    if (rare(c, w)) {
                                        continue;
                                    }
                                    return c.leave(b, i, pc0, left);
                            }
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
                            final Block[] blocks = tlb.execPage[e].blocks;
                            final Block n = blocks[(int) target >>> 1 & blocks.length - 1];
                            if (n != null && n.start == ((int) target & 0xffe)) {
                                if (link >= 0 && ((pc0 ^ target) & PAGE) == 0) {
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

                /** What has no place in the loop; false if it did not come to its end. Too long for HotSpot to make it a part of the loop. */
                private static boolean rare(HartCore c, long w) {
                    final long[] x = c.x;
                    final int v = (int) w;
                    switch (v & 511) {
            """);
        for (Instruction i : table.instructions()) {
            if (RARE.contains(i.name())) {
                line(3, "case Op." + i.constant() + ":");
                line(4, rd("v") + " = " + expression(i, rs1("v"), rs2("v"), "(w >> 32)") + ";");
                line(4, "return true;");
            }
        }
        b.append("""
                        default:
                            return c.rare(w);
                    }
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
        StringBuilder pairs = new StringBuilder();
        for (String p : PAIRS) {
            String[] names = p.split(" ");
            pairs.append("        Op.").append(table.find(names[0]).constant()).append(", Op.").append(table.find(names[1]).constant()).append(",\n");
        }
        return b.toString().replace("@PAIRS@", pairs);
    }

    /** Operation pairs that are executed with one dispatch, the most frequent of a boot of Linux, user programs and SHA-256. */
    private static final List<String> PAIRS = List.of("ld ld", "sd sd", "add add", "addi addi", "addi bne", "slli srli", "slli add",
        "xor xor", "srli add", "addi beq", "addi add", "slli or", "slliw or", "andi bne", "auipc jalr", "srliw slliw", "addw addw");

    private static String rd(String v) {
        return "x[" + v + " >>> 9 & 63]";
    }

    private static String rs1(String v) {
        return "x[" + v + " >>> 15 & 31]";
    }

    private static String rs2(String v) {
        return "x[" + v + " >>> 20 & 31]";
    }

    private static String expression(Instruction i, String a, String b, String imm) {
        return i.meaning().replaceAll("\\bpc\\b", "pc0").replaceAll("\\ba\\b", "\u0001").replaceAll("\\bb\\b", "\u0002").replaceAll("\\bi\\b", "\u0003")
            .replace("\u0001", a).replace("\u0002", b).replace("\u0003", imm);
    }

    private void line(int depth, String text) {
        b.append("    ".repeat(depth)).append(text).append('\n');
    }

    private void single(Instruction i) {
        line(5, "case Op." + i.constant() + ": {");
        if (!body(i, "w", "v")) {
            line(6, "continue;");
        }
        line(5, "}");
    }

    private void pair(String pair, int number) {
        String[] names = pair.split(" ");
        line(5, "case FUSED + " + number + ": { // " + pair);
        line(6, "{");
        body(table.find(names[0]), "w", "v");
        line(6, "}");
        line(6, "final long w2 = code[i++];");
        line(6, "final int v2 = (int) w2;");
        if (!body(table.find(names[1]), "w2", "v2")) {
            line(6, "continue;");
        }
        line(5, "}");
    }

    /** The meaning of one operation; true if control never comes to its end. */
    private boolean body(Instruction i, String w, String v) {
        switch (i.kind()) {
            case "alu" -> line(6, rd(v) + " = " + expression(i, rs1(v), rs2(v), "(" + w + " >> 32)") + ";");
            case "branch" -> {
                line(6, "if (" + expression(i, rs1(v), rs2(v), "") + ") {");
                line(7, "left += " + w + " >>> 32 & 0xffff;");
                line(7, "target = pc0 + (" + w + " >> 48);");
                line(7, "link = i - 1;");
                line(7, "break dispatch;");
                line(6, "}");
            }
            case "load" -> load(i, w, v);
            case "store" -> store(i, w, v);
            case "jump" -> {
                if (i.name().equals("jal")) {
                    line(6, rd(v) + " = pc0 + (" + v + " >>> 14 & 0x7fe);");
                    line(6, "target = pc0 + (" + w + " >> 32);");
                    line(6, "link = i - 1;");
                } else {
                    line(6, "target = " + rs1(v) + " + (" + w + " >> 48) & -2L;");
                    line(6, rd(v) + " = pc0 + (" + w + " >>> 31 & 0x1fffe);");
                    line(6, "link = -1;");
                }
                line(6, "break dispatch;");
                return true;
            }
            default -> throw new IllegalStateException(i.name() + " has no place in the loop");
        }
        return false;
    }

    private void access(String v, String w, String array, int bytes) {
        line(6, "final long va = " + rs1(v) + " + (" + w + " >> 32);");
        line(6, "final int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;");
        line(6, "if (" + array + "[t] == (va & " + (bytes == 1 ? "PAGE" : "(PAGE | " + (bytes - 1) + ")") + ")) {");
    }

    private static String handle(int bits) {
        return "HartCore.RAM" + bits;
    }

    private static String type(int bits) {
        return bits == 8 ? "byte" : bits == 16 ? "short" : bits == 32 ? "int" : "long";
    }

    private void load(Instruction i, String w, String v) {
        int bits = Integer.parseInt(i.meaning().substring(1));
        String mask = !i.meaning().startsWith("u") ? "" : bits == 32 ? " & 0xffff_ffffL" : bits == 16 ? " & 0xffff" : " & 0xff";
        access(v, w, "read", bits / 8);
        line(7, rd(v) + " = (" + type(bits) + ") " + handle(bits) + ".getOpaque(ram, va + read[t + 1])" + mask + ";");
        line(6, "} else if (!c.slow(" + w + ", va, 0)) {");
        line(7, "return c.leave(b, i, pc0, left);");
        line(6, "}");
    }

    private void store(Instruction i, String w, String v) {
        int bits = Integer.parseInt(i.meaning());
        String cast = bits == 64 ? "" : "(" + type(bits) + ") ";
        access(v, w, "write", bits / 8);
        line(7, handle(bits) + ".setOpaque(ram, va + write[t + 1], " + cast + rs2(v) + ");");
        line(6, "} else if (!c.slow(" + w + ", va, " + rs2(v) + ")) {");
        line(7, "return c.leave(b, i, pc0, left);");
        line(6, "}");
    }
}
