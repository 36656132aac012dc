package hv.engine.riscv.tool;

import hv.riscv.InstructionTable;
import hv.riscv.InstructionTable.Instruction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Derives from the instruction table what translated code calls: each integer operation as a method that HotSpot makes a part of its caller. Run
 * {@link #main} in the bundle's folder after a change of the table or of this class; {@code LoopFreshnessTest} says when that was forgotten.
 */
public final class MeaningGenerator {
    private MeaningGenerator() {
    }

    /** Writes the source below {@code src/main/java}. */
    public static void main(String[] args) throws IOException {
        Files.writeString(Path.of("src/main/java/hv/engine/riscv/internal/Meaning.java"), generate());
    }

    /** The source. */
    public static String generate() {
        StringBuilder b = new StringBuilder("""
            // Generated from hv.riscv's instructions.txt by hv.engine.riscv.tool.MeaningGenerator; do not edit.
            package hv.engine.riscv.internal;

            /** Integer operations and conditions, over the values of rs1 (a), rs2 (b) and the immediate (i); named as in the table, with '_' for '.'. */
            final class Meaning {
                private Meaning() { }
            """);
        for (Instruction i : InstructionTable.get().instructions()) {
            boolean branch = i.kind().equals("branch");
            if (!branch && !i.kind().equals("alu") || i.meaning().matches(".*\\bpc\\b.*") || i.name().equals("lui")) {
                continue;
            }
            b.append("\n    static ").append(branch ? "boolean" : "long").append(' ').append(name(i)).append('(').append(parameters(i)).append(") {\n        return ")
                    .append(i.meaning()).append(";\n    }\n");
        }
        return b.append("}\n").toString();
    }

    private static String name(Instruction i) {
        return i.constant().toLowerCase(java.util.Locale.ROOT);
    }

    private static String parameters(Instruction i) {
        StringBuilder p = new StringBuilder();
        for (String name : new String[] {"a", "b", "i"}) {
            if (i.meaning().matches(".*\\b" + name + "\\b.*")) {
                p.append(p.isEmpty() ? "" : ", ").append("long ").append(name);
            }
        }
        return p.toString();
    }
}
