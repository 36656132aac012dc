package hv.riscv.tool;

import hv.riscv.InstructionTable;
import hv.riscv.InstructionTable.Field;
import hv.riscv.InstructionTable.Immediate;
import hv.riscv.InstructionTable.ImmediateRun;
import hv.riscv.InstructionTable.Instruction;
import hv.riscv.Registers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Derives {@code Op}, {@code Decoder} and {@code Disassembler} from the instruction table. Run {@link #main} in the bundle's folder after
 * a change of {@code instructions.txt}; {@code GeneratedSourcesTest} says when that was forgotten.
 */
public final class Generator {
    private static final String NOTICE = "// Generated from instructions.txt by hv.riscv.tool.Generator; do not edit.\n";
    private final InstructionTable table = InstructionTable.get();
    private final Map<Immediate, String> immediates = new LinkedHashMap<>();

    /** Writes the sources below {@code src/main/java}. */
    public static void main(String[] args) throws IOException {
        for (Map.Entry<String, String> e : new Generator().generate().entrySet()) {
            Files.writeString(Path.of("src/main/java/hv/riscv", e.getKey()), e.getValue());
        }
    }

    /** File name to content. */
    public Map<String, String> generate() {
        Map<String, String> out = new LinkedHashMap<>();
        out.put("Op.java", ops());
        out.put("Decoder.java", decoder());
        out.put("Disassembler.java", disassembler());
        return out;
    }

    private String ops() {
        StringBuilder b = new StringBuilder(NOTICE);
        b.append("""
            package hv.riscv;

            /** Numbers of the operations, in the order of the instruction table. A state or a stream never holds them: they change with the table. */
            public final class Op {
                /** No instruction of the table. */
                public static final int ILLEGAL = 0;
            """);
        int count = 1;
        StringBuilder names = new StringBuilder();
        for (Instruction i : table.instructions()) {
            if (i.op() != 0) {
                b.append("    public static final int ").append(i.constant()).append(" = ").append(i.op()).append(";\n");
                names.append((i.op() & 7) == 1 ? "\n        " : " ").append('"').append(i.name()).append("\",");
                count = i.op() + 1;
            }
        }
        b.append("    /** One more than the highest. */\n    public static final int COUNT = ").append(count).append(";\n\n");
        b.append("    private static final String[] NAMES = {\"illegal\",").append(names).append("\n    };\n\n");
        b.append("""
                private Op() { }

                /** The instruction's name, as in the table. */
                public static String name(int op) {
                    return NAMES[op];
                }
            }
            """);
        return b.toString();
    }

    private String decoder() {
        StringBuilder b = new StringBuilder(NOTICE);
        b.append("""
            package hv.riscv;

            /** Encoding to {@link Decoded}. Pure functions, nothing allocated. Long since it is one decision tree over the whole table. */
            public final class Decoder {
                private Decoder() { }

                /**
                 * Decodes one instruction.
                 *
                 * @param code the encoding; of a 16-bit instruction only the low 16 bits count
                 * @return see {@link Decoded}; its op is {@link Op#ILLEGAL} for what the table has not
                 */
                public static long decode(int code) {
                    if ((code & 3) == 3) {
                        return decode32(code);
                    }
                    return decode16(code & 0xffff);
                }

            """);
        tree(b, "long", "decode", this::packed, "Decoded.pack(Op.ILLEGAL, 0, 0, 0, %d, code)");
        for (Map.Entry<Immediate, String> e : immediates.entrySet()) {
            b.append("    private static int ").append(e.getValue()).append("(int code) {\n        return ").append(extraction(e.getKey()))
                .append(";\n    }\n\n");
        }
        b.setLength(b.length() - 1);
        return b.append("}\n").toString();
    }

    private String disassembler() {
        StringBuilder b = new StringBuilder(NOTICE);
        b.append("""
            package hv.riscv;

            /** Encoding to text that the assembler takes. Long since it is one decision tree over the whole table. */
            public final class Disassembler {
                private static final String[] ROUNDING = {"rne", "rtz", "rdn", "rup", "rmm", "5", "6", "dyn"};

                private Disassembler() { }

                /**
                 * The instruction as text; targets of jumps and branches as absolute addresses.
                 *
                 * @param code the encoding; of a 16-bit instruction only the low 16 bits count
                 * @param pc   its address
                 */
                public static String disassemble(int code, long pc) {
                    if ((code & 3) == 3) {
                        return text32(code, pc);
                    }
                    return text16(code & 0xffff, pc);
                }

                private static String x(int number) {
                    return Registers.integerName(number & 31);
                }

                private static String f(int number) {
                    return Registers.floatName(number & 31);
                }

                private static String hex(long value) {
                    return "0x" + Long.toHexString(value);
                }

                private static String set(int bits) {
                    if ((bits & 15) == 0) {
                        return "0";
                    }
                    return ((bits & 8) != 0 ? "i" : "") + ((bits & 4) != 0 ? "o" : "") + ((bits & 2) != 0 ? "r" : "") + ((bits & 1) != 0 ? "w" : "");
                }

                private static String order(int code) {
                    return ((code & 1 << 26) != 0 ? (code & 1 << 25) != 0 ? ".aqrl" : ".aq" : (code & 1 << 25) != 0 ? ".rl" : "");
                }

            """);
        tree(b, "String", "text", this::text, "(code & 3) == 3 ? \".word \" + hex(code & 0xffff_ffffL) : \".half \" + hex(code)");
        for (Map.Entry<Immediate, String> e : immediates.entrySet()) {
            b.append("    private static int ").append(e.getValue()).append("(int code) {\n        return ").append(extraction(e.getKey()))
                .append(";\n    }\n\n");
        }
        b.setLength(b.length() - 1);
        return b.append("}\n").toString();
    }

    private String immediate(Immediate i) {
        return immediates.computeIfAbsent(i, k -> "imm" + immediates.size()) + "(code)";
    }

    private static String extraction(Immediate imm) {
        List<String> parts = new ArrayList<>();
        for (ImmediateRun r : imm.runs()) {
            boolean sign = imm.signed() && r.immLsb() + r.widthBits() == imm.widthBits();
            if (sign) {
                // Shift the run's top to bit 31, then back with the sign.
                String up = r.lsb() + r.widthBits() == 32 ? "code" : "code << " + (32 - r.lsb() - r.widthBits());
                String down = up + (r.widthBits() == 32 ? "" : " >> " + (32 - r.widthBits()));
                parts.add(r.immLsb() == 0 ? down : "(" + down + ") << " + r.immLsb());
            } else {
                String field = "(code" + (r.lsb() == 0 ? "" : " >>> " + r.lsb()) + " & " + ((1 << r.widthBits()) - 1) + ")";
                parts.add(r.immLsb() == 0 ? field : field + " << " + r.immLsb());
            }
        }
        return String.join(" | ", parts);
    }

    private static String register(Field f) {
        String value = "(code" + (f.lsb() == 0 ? "" : " >>> " + f.lsb()) + " & " + ((1 << f.widthBits()) - 1) + ")";
        return f.compressed() ? "(" + value + " + 8)" : value;
    }

    /** Conditions that the mask does not express. */
    private String constraint(Instruction i) {
        StringBuilder b = new StringBuilder();
        for (Field f : i.fields()) {
            if (f.excludesZero()) {
                b.append(" && ").append(register(f)).append(" != 0");
            }
        }
        if (i.immediate().isPresent() && i.immediate().get().excludesZero()) {
            b.append(" && ").append(immediate(i.immediate().get())).append(" != 0");
        }
        return b.toString();
    }

    private void tree(StringBuilder b, String type, String prefix, Function<Instruction, String> leaf, String otherwise) {
        immediates.clear();
        String parameters = prefix.equals("text") ? "(int code, long pc)" : "(int code)";
        String arguments = prefix.equals("text") ? "(code, pc)" : "(code)";
        Map<Integer, List<Instruction>> wide = new TreeMap<>();
        Map<Integer, List<Instruction>> narrow = new TreeMap<>();
        for (Instruction i : table.instructions()) {
            if (i.lenBytes() == 4) {
                wide.computeIfAbsent(i.match() >>> 2 & 31, k -> new ArrayList<>()).add(i);
            } else {
                narrow.computeIfAbsent((i.match() & 3) << 3 | i.match() >>> 13 & 7, k -> new ArrayList<>()).add(i);
            }
        }
        top(b, type, prefix + "32", parameters, "code >>> 2 & 31", wide.keySet(), arguments, String.format(otherwise, 2));
        top(b, type, prefix + "16", parameters, "(code & 3) << 3 | code >>> 13 & 7", narrow.keySet(), arguments, String.format(otherwise, 1));
        wide.forEach((k, group) -> group(b, type, prefix + "32_" + k, parameters, group, leaf, String.format(otherwise, 2)));
        narrow.forEach((k, group) -> group(b, type, prefix + "16_" + k, parameters, group, leaf, String.format(otherwise, 1)));
    }

    private static void top(StringBuilder b, String type, String name, String parameters, String selector, Iterable<Integer> keys, String arguments,
                            String otherwise) {
        b.append("    private static ").append(type).append(' ').append(name).append(parameters).append(" {\n        return switch (").append(selector)
            .append(") {\n");
        for (int k : keys) {
            b.append("            case ").append(k).append(" -> ").append(name).append('_').append(k).append(arguments).append(";\n");
        }
        b.append("            default -> ").append(otherwise).append(";\n        };\n    }\n\n");
    }

    private void group(StringBuilder b, String type, String name, String parameters, List<Instruction> group, Function<Instruction, String> leaf,
                       String otherwise) {
        b.append("    private static ").append(type).append(' ').append(name).append(parameters).append(" {\n");
        int[][] selectors = {{12, 7}, {25, 127}};
        int[] selector = null;
        for (int[] s : selectors) {
            boolean all = group.size() > 2 && group.get(0).lenBytes() == 4;
            for (Instruction i : group) {
                all &= (i.mask() >>> s[0] & s[1]) == s[1];
            }
            if (all && selector == null) {
                selector = s;
            }
        }
        if (selector == null) {
            leaves(b, "        ", group, leaf);
        } else {
            Map<Integer, List<Instruction>> by = new TreeMap<>();
            for (Instruction i : group) {
                by.computeIfAbsent(i.match() >>> selector[0] & selector[1], k -> new ArrayList<>()).add(i);
            }
            b.append("        switch (code >>> ").append(selector[0]).append(" & ").append(selector[1]).append(") {\n");
            by.forEach((k, list) -> {
                b.append("            case ").append(k).append(":\n");
                leaves(b, "                ", list, leaf);
                b.append("                break;\n");
            });
            b.append("            default:\n                break;\n        }\n");
        }
        b.append("        return ").append(otherwise).append(";\n    }\n\n");
    }

    private void leaves(StringBuilder b, String indent, List<Instruction> list, Function<Instruction, String> leaf) {
        for (Instruction i : list) {
            b.append(indent).append("if ((code & 0x").append(Integer.toHexString(i.mask())).append(") == 0x").append(Integer.toHexString(i.match()))
                .append(constraint(i)).append(") {\n").append(indent).append("    return ").append(leaf.apply(i)).append(";\n").append(indent)
                .append("}\n");
        }
    }

    private String packed(Instruction i) {
        Instruction full = i.lenBytes() == 2 ? table.expandedForm(i) : i;
        Map<String, String> given = i.lenBytes() == 2 ? InstructionTable.expansionOf(i) : Map.of();
        String[] registers = new String[3];
        String[] roles = {"rd", "rs1", "rs2"};
        for (int k = 0; k < 3; k++) {
            Field f = full.role(roles[k]);
            String value = "0";
            if (f != null && i.lenBytes() == 4) {
                value = register(f);
            } else if (f != null) {
                String source = given.get(f.name());
                if (source == null) {
                    throw new IllegalStateException(i.name() + " does not say what " + roles[k] + " of " + full.name() + " is");
                }
                value = source.matches("x[0-9]+") ? source.substring(1)
                    : register(i.fields().stream().filter(g -> g.name().equals(source)).findFirst().orElseThrow());
            }
            registers[k] = value;
        }
        String imm = switch (full.kind()) {
            case "system" -> "code";
            case "float" -> (full.role("rm") == null ? "0" : register(full.role("rm"))) + (full.role("rs3") == null ? "" : " | "
                + register(full.role("rs3")) + " << 3");
            case "fence" -> "0";
            default -> i.immediate().isPresent() ? immediate(i.immediate().get()) : "0";
        };
        return "Decoded.pack(Op." + full.constant() + ", " + String.join(", ", registers) + ", " + i.lenBytes() / 2 + ", " + imm + ")";
    }

    private String text(Instruction i) {
        StringBuilder b = new StringBuilder("\"" + i.name());
        if (i.kind().matches("amo|lr|sc")) {
            b.append("\" + order(code) + \"");
        }
        String separator = " ";
        for (String operand : i.operands().isEmpty() ? new String[0] : i.operands().split(",")) {
            b.append(separator);
            separator = ", ";
            int paren = operand.indexOf('(');
            if (paren >= 0) {
                if (paren > 0) {
                    b.append("\" + ").append(immediate(i.immediate().orElseThrow())).append(" + \"");
                }
                String inner = operand.substring(paren + 1, operand.length() - 1);
                b.append('(').append(inner.equals("sp") ? "sp" : "\" + " + named(i, inner) + " + \"").append(')');
            } else if (operand.equals("imm")) {
                b.append("\" + ").append(immediate(i.immediate().orElseThrow())).append(" + \"");
            } else if (operand.equals("imm20")) {
                b.append("\" + hex(").append(immediate(i.immediate().orElseThrow())).append(" >>> 12 & 0xfffff) + \"");
            } else if (operand.equals("target")) {
                b.append("\" + hex(pc + ").append(immediate(i.immediate().orElseThrow())).append(") + \"");
            } else {
                b.append("\" + ").append(named(i, operand)).append(" + \"");
            }
        }
        return b.append('"').toString().replace(" + \"\"", "");
    }

    private static String named(Instruction i, String operand) {
        String name = operand.replace("'", "");
        Field f = i.fields().stream().filter(g -> g.name().equals(name)).findFirst().orElseThrow(
            () -> new IllegalStateException(i.name() + " has no field " + name));
        return switch (name) {
            case "rm" -> "ROUNDING[" + register(f) + "]";
            case "csr" -> Registers.class.getSimpleName() + ".csrName(" + register(f) + ")";
            case "pred", "succ" -> "set(" + register(f) + ")";
            default -> (f.isFloat() ? "f" : "x") + register(f).replaceFirst("^(?!\\()", "(");
        };
    }

}
