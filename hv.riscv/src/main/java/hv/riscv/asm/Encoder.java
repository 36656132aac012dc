package hv.riscv.asm;

import hv.riscv.InstructionTable;
import hv.riscv.InstructionTable.Field;
import hv.riscv.InstructionTable.Immediate;
import hv.riscv.InstructionTable.ImmediateRun;
import hv.riscv.InstructionTable.Instruction;
import hv.riscv.Registers;
import java.util.List;
import java.util.function.ToLongFunction;

/** Turns one instruction of the table with its operands as text into its encoding. Pure functions. */
final class Encoder {
    private static final List<String> ROUNDING = List.of("rne", "rtz", "rdn", "rup", "rmm", "?", "?", "dyn");

    private Encoder() { }

    /**
     * Encodes {@code instruction}.
     *
     * @param operands operands in the order of the table, split at commas
     * @param pc       address of the instruction, for targets
     * @param value    evaluates an expression
     */
    static int encode(Instruction instruction, List<String> operands, long pc, ToLongFunction<String> value) {
        String[] wanted = instruction.operands().isEmpty() ? new String[0] : instruction.operands().split(",");
        int optional = wanted.length > 0 && wanted[wanted.length - 1].equals("rm") ? 1 : 0;
        if (operands.size() > wanted.length || operands.size() < wanted.length - optional) {
            throw new IllegalArgumentException(instruction.name() + " takes \"" + instruction.operands() + "\", not " + operands.size() + " operands");
        }
        int code = instruction.match();
        for (int k = 0; k < wanted.length; k++) {
            String text = k < operands.size() ? operands.get(k) : "dyn";
            String want = wanted[k].replace("'", "");
            int paren = want.indexOf('(');
            if (paren >= 0) {
                int open = text.lastIndexOf('(');
                if (open < 0 || !text.endsWith(")")) {
                    throw new IllegalArgumentException(instruction.name() + ": \"" + text + "\" should look like offset(register)");
                }
                String inner = want.substring(paren + 1, want.length() - 1);
                String register = text.substring(open + 1, text.length() - 1).trim();
                if (inner.equals("sp")) {
                    if (Registers.integerNumber(register) != 2) {
                        throw new IllegalArgumentException(instruction.name() + " addresses relative to sp only");
                    }
                } else {
                    code |= field(instruction, inner, register, value);
                }
                String offset = text.substring(0, open).trim();
                if (paren > 0) {
                    code |= immediate(instruction, offset.isEmpty() ? 0 : value.applyAsLong(offset));
                } else if (!offset.isEmpty() && value.applyAsLong(offset) != 0) {
                    throw new IllegalArgumentException(instruction.name() + " takes no offset");
                }
            } else if (want.equals("imm")) {
                code |= immediate(instruction, value.applyAsLong(text));
            } else if (want.equals("imm20")) {
                long v = value.applyAsLong(text);
                if (v < -0x80000 || v > 0xfffff) {
                    throw new IllegalArgumentException(instruction.name() + ": " + v + " does not fit 20 bits");
                }
                code |= immediate(instruction, (long) (int) (v << 12));
            } else if (want.equals("target")) {
                code |= immediate(instruction, value.applyAsLong(text) - pc);
            } else {
                code |= field(instruction, want, text, value);
            }
        }
        return code;
    }

    private static int field(Instruction instruction, String name, String text, ToLongFunction<String> value) {
        Field field = null;
        for (Field f : instruction.fields()) {
            if (f.name().equals(name)) {
                field = f;
            }
        }
        if (field == null) {
            throw new IllegalStateException(instruction.name() + ": the table names an operand " + name + " that the encoding has not");
        }
        long v = switch (name) {
            case "rm" -> rounding(text);
            case "csr" -> Registers.csrNumber(text) >= 0 ? Registers.csrNumber(text) : value.applyAsLong(text);
            case "pred", "succ" -> fenceSet(text, value);
            default -> register(field, text);
        };
        if (v < 0 || v >= 1L << field.widthBits() || field.excludesZero() && v == 0) {
            throw new IllegalArgumentException(instruction.name() + ": operand \"" + text + "\" is not allowed here");
        }
        return (int) v << field.lsb();
    }

    private static int register(Field field, String text) {
        int n = field.isFloat() ? Registers.floatNumber(text) : Registers.integerNumber(text);
        if (n < 0) {
            throw new IllegalArgumentException("\"" + text + "\" is not " + (field.isFloat() ? "a floating-point" : "an integer") + " register");
        }
        if (field.compressed()) {
            if (n < 8 || n > 15) {
                throw new IllegalArgumentException("\"" + text + "\" is not one of the registers 8 to 15");
            }
            return n - 8;
        }
        return n;
    }

    private static int rounding(String text) {
        int n = ROUNDING.indexOf(text);
        if (n < 0 || text.equals("?")) {
            throw new IllegalArgumentException("\"" + text + "\" is not a rounding mode (rne, rtz, rdn, rup, rmm, dyn)");
        }
        return n;
    }

    private static long fenceSet(String text, ToLongFunction<String> value) {
        if (!text.matches("[iorw]+")) {
            return value.applyAsLong(text);
        }
        long bits = 0;
        for (char c : text.toCharArray()) {
            bits |= 8L >> "iorw".indexOf(c);
        }
        return bits;
    }

    private static int immediate(Instruction instruction, long value) {
        Immediate imm = instruction.immediate().orElseThrow();
        long low = imm.signed() ? -(1L << imm.widthBits() - 1) : 0;
        long high = imm.signed() ? (1L << imm.widthBits() - 1) - 1 : (1L << imm.widthBits()) - 1;
        if (value < low || value > high || imm.excludesZero() && value == 0) {
            throw new IllegalArgumentException(instruction.name() + ": immediate " + value + " is not in " + low + ".." + high);
        }
        if ((value & (1L << imm.lowestBit()) - 1) != 0) {
            throw new IllegalArgumentException(instruction.name() + ": immediate " + value + " is not a multiple of " + (1 << imm.lowestBit()));
        }
        int code = 0;
        for (ImmediateRun r : imm.runs()) {
            code |= (int) (value >>> r.immLsb() & (1L << r.widthBits()) - 1) << r.lsb();
        }
        if (InstructionTable.immediateOf(instruction, code) != value) {
            throw new IllegalArgumentException(instruction.name() + ": immediate " + value + " cannot be encoded");
        }
        return code;
    }
}
