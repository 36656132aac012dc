package hv.riscv;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The instruction table {@code instructions.txt} as data: what decoder, disassembler, assembler and the engine's loop are
 * derived from. The format is described at the top of that file. Immutable; any thread.
 *
 * <p>Source of the encodings: The RISC-V Instruction Set Manual, volume I (20240411), chapters 2 to 35, volume II chapter 10.
 */
public final class InstructionTable {
    /** A register or other plain field of an encoding, such as {@code rs1} at bit 15, 5 bits wide. */
    public record Field(String name, int lsb, int widthBits, boolean compressed, boolean excludesZero) {
        /** Whether the field names a floating-point register. */
        public boolean isFloat() {
            return name.startsWith("f") && name.length() >= 3 && name.charAt(1) == 'r';
        }

        /** The role without the mark of floating point: {@code rd, rs1, rs2, rs3}, or the name itself. */
        public String role() {
            return isFloat() ? name.substring(1) : name;
        }
    }

    /** {@code widthBits} bits of the immediate from bit {@code immLsb} on, found in the instruction from bit {@code lsb} on. */
    public record ImmediateRun(int lsb, int immLsb, int widthBits) { }

    /** How the immediate of an encoding is put together. */
    public record Immediate(boolean signed, boolean excludesZero, int widthBits, List<ImmediateRun> runs) {
        /** The lowest bit that the encoding can hold; the immediate is a multiple of {@code 1 << lowestBit()}. */
        public int lowestBit() {
            return runs.stream().mapToInt(ImmediateRun::immLsb).min().orElse(0);
        }
    }

    /**
     * One line of the table.
     *
     * @param op       number of the operation, from 1 in the order of the table; 0 for compressed instructions
     * @param lenBytes 2 or 4
     * @param mask     bits of the encoding that are literal
     * @param match    their values
     * @param operands operands in assembly order, for example {@code rd,imm(rs1)}
     */
    public record Instruction(int op, String name, String extension, int lenBytes, int mask, int match, List<Field> fields,
                              Optional<Immediate> immediate, String operands, String kind, String meaning) {
        /** The field with that role ({@code rd, rs1, rs2, rs3, rm, csr ...}), or null. */
        public Field role(String role) {
            for (Field f : fields) {
                if (f.role().equals(role)) {
                    return f;
                }
            }
            return null;
        }

        /** Whether an integer register is written. */
        public boolean writesInteger() {
            Field rd = role("rd");
            return rd != null && !rd.isFloat() && !kind.equals("fence") && !name.equals("fence.i");
        }

        /** The name as a Java constant: {@code ADD_UW}. */
        public String constant() {
            return name.replace('.', '_').toUpperCase(java.util.Locale.ROOT);
        }
    }

    private static final InstructionTable TABLE = load();

    private final List<Instruction> instructions;
    private final Map<String, Instruction> byName = new HashMap<>();

    private InstructionTable(List<Instruction> instructions) {
        this.instructions = List.copyOf(instructions);
        for (Instruction i : instructions) {
            if (byName.put(i.name(), i) != null) {
                throw new IllegalStateException("instructions.txt: " + i.name() + " stands twice");
            }
        }
    }

    /** The table of this build. */
    public static InstructionTable get() {
        return TABLE;
    }

    /** All instructions in the order of the table. */
    public List<Instruction> instructions() {
        return instructions;
    }

    /** The instruction of that name, or null. */
    public Instruction find(String name) {
        return byName.get(name);
    }

    /** The extensions in the order in which they first appear. */
    public List<String> extensions() {
        return instructions.stream().map(Instruction::extension).distinct().toList();
    }

    private static InstructionTable load() {
        try (InputStream in = InstructionTable.class.getResourceAsStream("instructions.txt")) {
            if (in == null) {
                throw new IllegalStateException("hv/riscv/instructions.txt is missing from the bundle hv.riscv");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("hv/riscv/instructions.txt cannot be read", e);
        }
    }

    static InstructionTable parse(String text) {
        List<Instruction> out = new ArrayList<>();
        String extension = null;
        int op = 1;
        int lineNumber = 0;
        for (String line : text.split("\n")) {
            lineNumber++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith("== ")) {
                extension = line.substring(3).trim();
                continue;
            }
            try {
                Instruction i = parseLine(line, extension, op);
                if (i.op() != 0) {
                    op++;
                }
                out.add(i);
            } catch (IllegalArgumentException e) {
                throw new IllegalStateException("instructions.txt:" + lineNumber + ": " + e.getMessage(), e);
            }
        }
        return new InstructionTable(out);
    }

    private static Instruction parseLine(String line, String extension, int op) {
        String[] columns = line.split("\\|(?![^\\[]*\\])", 5);
        if (columns.length < 4 || extension == null) {
            throw new IllegalArgumentException("want: name | encoding | operands | kind | meaning");
        }
        String name = columns[0].trim();
        String kind = columns[3].trim();
        String meaning = columns.length == 5 ? columns[4].trim() : "";
        String[] tokens = columns[1].trim().split("\\s+");
        int widthBits = 0;
        for (String t : tokens) {
            widthBits += widthOf(t);
        }
        if (widthBits != 32 && widthBits != 16) {
            throw new IllegalArgumentException(name + ": the encoding has " + widthBits + " bits, want 16 or 32");
        }
        int position = widthBits;
        int mask = 0;
        int match = 0;
        List<Field> fields = new ArrayList<>();
        List<ImmediateRun> runs = new ArrayList<>();
        boolean signed = false;
        boolean nonZero = false;
        int top = 0;
        for (String t : tokens) {
            int width = widthOf(t);
            position -= width;
            if (t.charAt(0) == '0' || t.charAt(0) == '1') {
                mask |= (int) ((1L << width) - 1) << position;
                match |= (int) Long.parseLong(t, 2) << position;
            } else if (t.endsWith("]")) {
                signed |= t.startsWith("imm") || t.startsWith("nzimm");
                nonZero |= t.startsWith("nz");
                int at = position + width;
                for (String run : t.substring(t.indexOf('[') + 1, t.length() - 1).split("\\|")) {
                    int[] bounds = bounds(run);
                    int runWidth = bounds[0] - bounds[1] + 1;
                    at -= runWidth;
                    runs.add(new ImmediateRun(at, bounds[1], runWidth));
                    top = Math.max(top, bounds[0] + 1);
                }
            } else {
                boolean compressed = t.endsWith("'");
                boolean excludesZero = t.endsWith("!0");
                String base = t.replace("'", "").replace("!0", "");
                fields.add(new Field(base, position, width, compressed, excludesZero));
            }
        }
        Optional<Immediate> immediate = runs.isEmpty() ? Optional.empty()
                : Optional.of(new Immediate(signed, nonZero, top, List.copyOf(runs)));
        return new Instruction(widthBits == 16 ? 0 : op, name, extension, widthBits / 8, mask, match, List.copyOf(fields), immediate,
                columns[2].trim(), kind, meaning);
    }

    private static int[] bounds(String run) {
        int colon = run.indexOf(':');
        int high = Integer.parseInt(colon < 0 ? run : run.substring(0, colon));
        int low = colon < 0 ? high : Integer.parseInt(run.substring(colon + 1));
        return new int[] {high, low};
    }

    private static int widthOf(String token) {
        if (token.matches("[01]+")) {
            return token.length();
        }
        if (token.endsWith("]")) {
            int width = 0;
            for (String run : token.substring(token.indexOf('[') + 1, token.length() - 1).split("\\|")) {
                int[] b = bounds(run);
                width += b[0] - b[1] + 1;
            }
            return width;
        }
        if (token.endsWith("'")) {
            return 3;
        }
        return switch (token.replace("!0", "")) {
            case "rd", "rs1", "rs2", "rs3", "frd", "frs1", "frs2", "frs3" -> 5;
            case "rm" -> 3;
            case "aq", "rl", "vm" -> 1;
            case "csr" -> 12;
            case "pred", "succ", "fm" -> 4;
            default -> throw new IllegalArgumentException("unknown field " + token);
        };
    }

    /** Extracts the immediate of {@code instruction} from an encoding. */
    public static long immediateOf(Instruction instruction, int encoding) {
        Immediate imm = instruction.immediate().orElseThrow();
        long value = 0;
        for (ImmediateRun r : imm.runs()) {
            value |= ((long) encoding >>> r.lsb() & (1L << r.widthBits()) - 1) << r.immLsb();
        }
        int unused = 64 - imm.widthBits();
        return imm.signed() ? value << unused >> unused : value;
    }

    /** The registers and other constants that a compressed instruction gives its full form: role to field name or {@code xN}. */
    public static Map<String, String> expansionOf(Instruction compressed) {
        Map<String, String> out = new LinkedHashMap<>();
        String[] parts = compressed.meaning().split("\\s+");
        for (int k = 1; k < parts.length; k++) {
            int eq = parts[k].indexOf('=');
            out.put(parts[k].substring(0, eq), parts[k].substring(eq + 1).replace("'", ""));
        }
        return out;
    }

    /** The instruction that a compressed one stands for. */
    public Instruction expandedForm(Instruction compressed) {
        return find(compressed.meaning().split("\\s+")[0]);
    }
}
