package hv.riscv.asm;

import hv.riscv.InstructionTable;
import hv.riscv.InstructionTable.Instruction;
import hv.riscv.Registers;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A two-pass assembler for text in the usual notation (that of GNU as, without sections, macros and relocations).
 * <pre>
 * byte[] image = new Assembler(0x8020_0000L).assemble("""
 *         la   a0, text
 * loop:   lbu  a1, 0(a0)
 *         beqz a1, 1f
 *         addi a0, a0, 1
 *         j    loop
 * 1:      ret
 * text:   .asciz "hello"
 *     """);
 * </pre>
 * Every instruction of the table under its name (compressed ones only under theirs, {@code c.addi}); labels, numeric local labels
 * ({@code 1:}, {@code 1b}, {@code 1f}); pseudo-instructions: {@code nop li la lla mv not neg negw sext.w zext.b zext.w seqz snez sltz sgtz
 * beqz bnez blez bgez bltz bgtz bgt ble bgtu bleu j jal jr jalr ret call tail csrr csrw csrs csrc csrwi csrsi csrci rdtime rdcycle
 * rdinstret fmv.s fabs.s fneg.s fmv.d fabs.d fneg.d frcsr fscsr frrm fsrm frflags fsflags fence sfence.vma unimp};
 * directives: {@code .byte .half .word .dword .ascii .asciz .zero .space .align .balign .equ}. {@code .align} takes a power of two, as
 * in GNU as for RISC-V. Expressions: numbers, characters, symbols, {@code .} (this line's address), {@code + - * / << >> & | ~}, parentheses.
 * {@code li} takes a constant whose symbols were defined above it.
 */
public final class Assembler {
    private final long origin;
    private final Map<String, Long> symbols = new HashMap<>();
    private final Map<Integer, List<Long>> locals = new HashMap<>();
    private ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int pass;
    private int lineNumber;

    /** An assembler whose first byte has address {@code origin}. */
    public Assembler(long origin) {
        this.origin = origin;
    }

    /** Defines a symbol that the source may use, like {@code .equ}. */
    public Assembler define(String name, long value) {
        symbols.put(name, value);
        return this;
    }

    /** Value of a symbol after {@link #assemble}; throws {@link AssemblerException} when it is not defined. */
    public long symbol(String name) {
        Long v = symbols.get(name);
        if (v == null) {
            throw new AssemblerException("symbol " + name + " is not defined");
        }
        return v;
    }

    /** Assembles {@code source}, once per assembler; throws {@link AssemblerException} with the number of the first line that is wrong. */
    public byte[] assemble(String source) {
        String[] lines = source.split("\n");
        Map<String, Long> given = Map.copyOf(symbols);
        for (pass = 1; pass <= 2; pass++) {
            out = new ByteArrayOutputStream();
            lineNumber = 0;
            for (String line : lines) {
                lineNumber++;
                try {
                    line(stripComment(line).trim(), given);
                } catch (IllegalArgumentException e) {
                    throw new AssemblerException("line " + lineNumber + ": " + e.getMessage() + " in \"" + line.trim() + "\"", e);
                }
            }
        }
        return out.toByteArray();
    }

    private long here() {
        return origin + out.size();
    }

    private static String stripComment(String line) {
        boolean quoted = false;
        for (int k = 0; k < line.length(); k++) {
            char c = line.charAt(k);
            if (c == '\\' && quoted) {
                k++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == '\'' && !quoted && k + 2 < line.length() && line.charAt(k + 2) == '\'') {
                k += 2;
            } else if (!quoted && (c == '#' || c == '/' && line.startsWith("//", k))) {
                return line.substring(0, k);
            }
        }
        return line;
    }

    private void line(String rest, Map<String, Long> given) {
        while (rest.matches("(?s)[A-Za-z_.$0-9]+:.*")) {
            int colon = rest.indexOf(':');
            label(rest.substring(0, colon), given);
            rest = rest.substring(colon + 1).trim();
        }
        if (rest.isEmpty()) {
            return;
        }
        int space = 0;
        while (space < rest.length() && !Character.isWhitespace(rest.charAt(space))) {
            space++;
        }
        String name = rest.substring(0, space);
        List<String> operands = split(rest.substring(space).trim());
        if (name.startsWith(".")) {
            directive(name, operands);
        } else {
            instruction(name, operands);
        }
    }

    private void label(String name, Map<String, Long> given) {
        if (Character.isDigit(name.charAt(0))) {
            List<Long> places = locals.computeIfAbsent(Integer.parseInt(name), n -> new ArrayList<>());
            if (pass == 1) {
                places.add(here());
            }
            return;
        }
        if (pass == 1 && (symbols.containsKey(name) || given.containsKey(name))) {
            throw new IllegalArgumentException("label " + name + " is defined twice");
        }
        symbols.put(name, here());
    }

    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int k = 0; k < text.length(); k++) {
            char c = text.charAt(k);
            if (c == '\\' && quoted) {
                k++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == '\'' && !quoted && k + 2 < text.length() && text.charAt(k + 2) == '\'') {
                k += 2;
            } else if (c == ',' && !quoted) {
                parts.add(text.substring(start, k).trim());
                start = k + 1;
            }
        }
        if (!text.isBlank()) {
            parts.add(text.substring(start).trim());
        }
        return parts;
    }

    private void directive(String name, List<String> operands) {
        switch (name) {
            case ".byte" -> operands.forEach(o -> little(value(o), 1));
            case ".half", ".2byte" -> operands.forEach(o -> little(value(o), 2));
            case ".word", ".4byte" -> operands.forEach(o -> little(value(o), 4));
            case ".dword", ".quad", ".8byte" -> operands.forEach(o -> little(value(o), 8));
            case ".ascii", ".asciz", ".string" -> {
                for (String o : operands) {
                    out.writeBytes(string(o).getBytes(StandardCharsets.UTF_8));
                    if (!name.equals(".ascii")) {
                        out.write(0);
                    }
                }
            }
            case ".zero", ".space", ".skip" -> {
                long n = constant(operands.get(0), name);
                if (n < 0 || n > 1 << 28) {
                    throw new IllegalArgumentException(name + " of " + n + " bytes; at most " + (1 << 28));
                }
                out.writeBytes(new byte[(int) n]);
            }
            case ".align", ".p2align", ".balign" -> {
                long n = constant(operands.get(0), name);
                long align = name.equals(".balign") ? n : 1L << n;
                if (align <= 0 || align > 1 << 28) {
                    throw new IllegalArgumentException(name + " " + n + " is out of range");
                }
                while (Long.remainderUnsigned(here(), align) != 0) {
                    out.write(0);
                }
            }
            case ".equ", ".set" -> {
                if (operands.size() != 2) {
                    throw new IllegalArgumentException(".equ takes a name and a value");
                }
                symbols.put(operands.get(0), constant(operands.get(1), name));
            }
            case ".text", ".globl", ".global", ".option", ".section", ".data", ".type", ".size" ->
                throw new IllegalArgumentException(name + " is not supported: there is one section and every symbol is visible");
            default -> throw new IllegalArgumentException("unknown directive " + name);
        }
    }

    private static String string(String quoted) {
        if (quoted.length() < 2 || !quoted.startsWith("\"") || !quoted.endsWith("\"")) {
            throw new IllegalArgumentException("want a string in double quotes");
        }
        // \0 is C's; Java's translateEscapes knows the others, octal ones included.
        return quoted.substring(1, quoted.length() - 1).translateEscapes();
    }

    private void little(long v, int lenBytes) {
        if (lenBytes < 8 && (v < -(1L << 8 * lenBytes - 1) || v >= 1L << 8 * lenBytes)) {
            throw new IllegalArgumentException(v + " does not fit " + lenBytes + " bytes");
        }
        for (int k = 0; k < lenBytes; k++) {
            out.write((int) (v >> 8 * k));
        }
    }

    private long value(String expression) {
        return new Expression(expression).parse();
    }

    private long constant(String expression, String user) {
        Expression e = new Expression(expression);
        long v = e.parse();
        if (e.undefined) {
            throw new IllegalArgumentException(user + " needs symbols that are defined above it");
        }
        return v;
    }

    private void emit(String name, String... operands) {
        Instruction i = InstructionTable.get().find(name);
        if (i == null) {
            throw new IllegalArgumentException("unknown instruction " + name);
        }
        long pc = here();
        // In the first pass a symbol may be unknown; its place is all that counts then, and a target stands for itself.
        int code;
        if (pass == 1) {
            code = 0;
        } else {
            code = Encoder.encode(i, Arrays.asList(operands), pc, this::value);
        }
        little(code & 0xffff_ffffL & (i.lenBytes() == 2 ? 0xffff : -1L), i.lenBytes());
    }

    private void instruction(String fullName, List<String> o) {
        String name = fullName;
        String order = "";
        if (name.matches("(lr|sc|amo[a-z]+)\\.[wd]\\.(aq|rl|aqrl)")) {
            order = name.substring(name.lastIndexOf('.') + 1);
            name = name.substring(0, name.lastIndexOf('.'));
        }
        if (!order.isEmpty()) {
            ordered(name, order, o);
            return;
        }
        String[] p = o.toArray(String[]::new);
        if (!pseudo(name, p)) {
            emit(name, p);
        }
    }

    private void ordered(String name, String order, List<String> o) {
        Instruction i = InstructionTable.get().find(name);
        int code = pass == 1 ? 0 : Encoder.encode(i, o, here(), this::value);
        little((code | (order.startsWith("aq") ? 1 << 26 : 0) | (order.endsWith("rl") ? 1 << 25 : 0)) & 0xffff_ffffL, 4);
    }

    private static void arity(String name, String[] p, int n) {
        if (p.length != n) {
            throw new IllegalArgumentException(name + " takes " + n + " operands, not " + p.length);
        }
    }

    /** Emits {@code name} if it is a pseudo-instruction (with this number of operands). */
    private boolean pseudo(String name, String[] p) {
        switch (name) {
            case "nop" -> emit("addi", "zero", "zero", "0");
            case "c.nop" -> emit("c.nop", p.length == 0 ? "0" : p[0]);
            case "unimp" -> little(0xc0001073L, 4);
            case "ret" -> emit("jalr", "zero", "0(ra)");
            case "fence" -> emit("fence", p.length == 0 ? "iorw" : p[0], p.length == 0 ? "iorw" : p[1]);
            case "fence.i" -> little(0x0000100fL, 4);
            case "sfence.vma" -> emit("sfence.vma", p.length > 0 ? p[0] : "zero", p.length > 1 ? p[1] : "zero");
            case "li" -> {
                arity(name, p, 2);
                loadImmediate(p[0], constant(p[1], "li"));
            }
            case "la", "lla" -> {
                arity(name, p, 2);
                pcRelative(p[0], p[0], value(p[1]), false);
            }
            case "call", "tail" -> {
                arity(name, p, 1);
                pcRelative(name.equals("call") ? "ra" : "t1", name.equals("call") ? "ra" : "zero", value(p[0]), true);
            }
            case "mv" -> emitAll(name, p, 2, "addi", "$0", "$1", "0");
            case "not" -> emitAll(name, p, 2, "xori", "$0", "$1", "-1");
            case "neg" -> emitAll(name, p, 2, "sub", "$0", "zero", "$1");
            case "negw" -> emitAll(name, p, 2, "subw", "$0", "zero", "$1");
            case "sext.w" -> emitAll(name, p, 2, "addiw", "$0", "$1", "0");
            case "zext.b" -> emitAll(name, p, 2, "andi", "$0", "$1", "255");
            case "zext.w" -> emitAll(name, p, 2, "add.uw", "$0", "$1", "zero");
            case "seqz" -> emitAll(name, p, 2, "sltiu", "$0", "$1", "1");
            case "snez" -> emitAll(name, p, 2, "sltu", "$0", "zero", "$1");
            case "sltz" -> emitAll(name, p, 2, "slt", "$0", "$1", "zero");
            case "sgtz" -> emitAll(name, p, 2, "slt", "$0", "zero", "$1");
            case "beqz" -> emitAll(name, p, 2, "beq", "$0", "zero", "$1");
            case "bnez" -> emitAll(name, p, 2, "bne", "$0", "zero", "$1");
            case "blez" -> emitAll(name, p, 2, "bge", "zero", "$0", "$1");
            case "bgez" -> emitAll(name, p, 2, "bge", "$0", "zero", "$1");
            case "bltz" -> emitAll(name, p, 2, "blt", "$0", "zero", "$1");
            case "bgtz" -> emitAll(name, p, 2, "blt", "zero", "$0", "$1");
            case "bgt" -> emitAll(name, p, 3, "blt", "$1", "$0", "$2");
            case "ble" -> emitAll(name, p, 3, "bge", "$1", "$0", "$2");
            case "bgtu" -> emitAll(name, p, 3, "bltu", "$1", "$0", "$2");
            case "bleu" -> emitAll(name, p, 3, "bgeu", "$1", "$0", "$2");
            case "j" -> emitAll(name, p, 1, "jal", "zero", "$0");
            case "jr" -> emitAll(name, p, 1, "jalr", "zero", "0($0)");
            case "csrr" -> emitAll(name, p, 2, "csrrs", "$0", "$1", "zero");
            case "csrw" -> emitAll(name, p, 2, "csrrw", "zero", "$0", "$1");
            case "csrs" -> emitAll(name, p, 2, "csrrs", "zero", "$0", "$1");
            case "csrc" -> emitAll(name, p, 2, "csrrc", "zero", "$0", "$1");
            case "csrwi" -> emitAll(name, p, 2, "csrrwi", "zero", "$0", "$1");
            case "csrsi" -> emitAll(name, p, 2, "csrrsi", "zero", "$0", "$1");
            case "csrci" -> emitAll(name, p, 2, "csrrci", "zero", "$0", "$1");
            case "rdtime" -> emitAll(name, p, 1, "csrrs", "$0", "time", "zero");
            case "rdcycle" -> emitAll(name, p, 1, "csrrs", "$0", "cycle", "zero");
            case "rdinstret" -> emitAll(name, p, 1, "csrrs", "$0", "instret", "zero");
            case "frcsr" -> emitAll(name, p, 1, "csrrs", "$0", "fcsr", "zero");
            case "fscsr" -> emitAll(name, p, 1, "csrrw", "zero", "fcsr", "$0");
            case "frrm" -> emitAll(name, p, 1, "csrrs", "$0", "frm", "zero");
            case "fsrm" -> emitAll(name, p, 1, "csrrw", "zero", "frm", "$0");
            case "frflags" -> emitAll(name, p, 1, "csrrs", "$0", "fflags", "zero");
            case "fsflags" -> emitAll(name, p, 1, "csrrw", "zero", "fflags", "$0");
            case "fmv.s" -> emitAll(name, p, 2, "fsgnj.s", "$0", "$1", "$1");
            case "fmv.d" -> emitAll(name, p, 2, "fsgnj.d", "$0", "$1", "$1");
            case "fabs.s" -> emitAll(name, p, 2, "fsgnjx.s", "$0", "$1", "$1");
            case "fabs.d" -> emitAll(name, p, 2, "fsgnjx.d", "$0", "$1", "$1");
            case "fneg.s" -> emitAll(name, p, 2, "fsgnjn.s", "$0", "$1", "$1");
            case "fneg.d" -> emitAll(name, p, 2, "fsgnjn.d", "$0", "$1", "$1");
            case "jal" -> {
                if (p.length != 1) {
                    return false;
                }
                emit("jal", "ra", p[0]);
            }
            case "jalr" -> {
                if (p.length != 1) {
                    return false;
                }
                emit("jalr", "ra", p[0].endsWith(")") ? p[0] : "0(" + p[0] + ")");
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void emitAll(String pseudo, String[] p, int n, String name, String... pattern) {
        arity(pseudo, p, n);
        String[] operands = new String[pattern.length];
        for (int k = 0; k < pattern.length; k++) {
            String s = pattern[k];
            for (int j = 0; j < n; j++) {
                s = s.replace("$" + j, p[j]);
            }
            operands[k] = s;
        }
        emit(name, operands);
    }

    /** The shortest sequence of lui, addi(w), slli that builds {@code value}; at most eight instructions. */
    private void loadImmediate(String rd, long value) {
        if (value >= -2048 && value < 2048) {
            emit("addi", rd, "zero", Long.toString(value));
        } else if (value == (int) value) {
            long low = value << 52 >> 52;
            emit("lui", rd, Long.toString((int) (value - low) >>> 12));
            if (low != 0) {
                emit("addiw", rd, rd, Long.toString(low));
            }
        } else {
            long low = value << 52 >> 52;
            long high = value - low;
            int shift = Long.numberOfTrailingZeros(high);
            loadImmediate(rd, high >> shift);
            emit("slli", rd, rd, Integer.toString(shift));
            if (low != 0) {
                emit("addi", rd, rd, Long.toString(low));
            }
        }
    }

    private void pcRelative(String scratch, String rd, long target, boolean jump) {
        long offset = pass == 1 ? 0 : target - here();
        if (offset < Integer.MIN_VALUE || offset > Integer.MAX_VALUE - 0x800L) {
            throw new IllegalArgumentException("target is more than 2 GiB away");
        }
        long low = offset << 52 >> 52;
        emit("auipc", scratch, Long.toString((int) (offset - low) >>> 12));
        if (jump) {
            emit("jalr", rd, low + "(" + scratch + ")");
        } else {
            emit("addi", rd, scratch, Long.toString(low));
        }
    }

    /** Recursive descent over one expression; precedence as in C. */
    private final class Expression {
        private final String text;
        private int at;
        private boolean undefined;

        Expression(String text) {
            this.text = text;
        }

        long parse() {
            long v = or();
            skip();
            if (at != text.length()) {
                throw new IllegalArgumentException("cannot understand \"" + text.substring(at) + "\"");
            }
            return v;
        }

        private void skip() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
        }

        private boolean take(String operator) {
            skip();
            if (text.startsWith(operator, at)) {
                at += operator.length();
                return true;
            }
            return false;
        }

        private long or() {
            long v = and();
            for (;;) {
                if (take("|")) {
                    v |= and();
                } else if (take("^")) {
                    v ^= and();
                } else {
                    return v;
                }
            }
        }

        private long and() {
            long v = shift();
            while (take("&")) {
                v &= shift();
            }
            return v;
        }

        private long shift() {
            long v = sum();
            for (;;) {
                if (take("<<")) {
                    v <<= sum();
                } else if (take(">>")) {
                    v >>= sum();
                } else {
                    return v;
                }
            }
        }

        private long sum() {
            long v = product();
            for (;;) {
                if (take("+")) {
                    v += product();
                } else if (take("-")) {
                    v -= product();
                } else {
                    return v;
                }
            }
        }

        private long product() {
            long v = unary();
            for (;;) {
                if (take("*")) {
                    v *= unary();
                } else if (take("/")) {
                    long d = unary();
                    if (d == 0) {
                        throw new IllegalArgumentException("division by zero");
                    }
                    v /= d;
                } else {
                    return v;
                }
            }
        }

        private long unary() {
            if (take("-")) {
                return -unary();
            }
            if (take("~")) {
                return ~unary();
            }
            if (take("+")) {
                return unary();
            }
            if (take("(")) {
                long v = or();
                if (!take(")")) {
                    throw new IllegalArgumentException("\")\" is missing");
                }
                return v;
            }
            skip();
            if (at < text.length() && text.charAt(at) == '\'') {
                int end = text.indexOf('\'', at + 2);
                if (end < 0) {
                    throw new IllegalArgumentException("a character is not closed");
                }
                String c = text.substring(at + 1, end).translateEscapes();
                at = end + 1;
                if (c.length() != 1) {
                    throw new IllegalArgumentException("want one character between quotes");
                }
                return c.charAt(0);
            }
            int start = at;
            while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || "_.$".indexOf(text.charAt(at)) >= 0)) {
                at++;
            }
            String word = text.substring(start, at);
            if (word.isEmpty()) {
                throw new IllegalArgumentException("an expression is missing");
            }
            if (word.equals(".")) {
                return here();
            }
            if (word.matches("[0-9]+[bf]") && !word.startsWith("0b")) {
                return local(Integer.parseInt(word.substring(0, word.length() - 1)), word.endsWith("f"));
            }
            return Character.isDigit(word.charAt(0)) ? number(word) : lookup(word);
        }

        private long number(String word) {
            String digits = word.replace("_", "").toLowerCase(java.util.Locale.ROOT);
            try {
                if (digits.startsWith("0x")) {
                    return Long.parseUnsignedLong(digits.substring(2), 16);
                }
                if (digits.startsWith("0b")) {
                    return Long.parseUnsignedLong(digits.substring(2), 2);
                }
                return Long.parseUnsignedLong(digits);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("\"" + word + "\" is not a number of 64 bits", e);
            }
        }

        private long lookup(String word) {
            Long v = symbols.get(word);
            if (v == null) {
                if (pass == 2 || Registers.integerNumber(word) >= 0) {
                    throw new IllegalArgumentException("symbol " + word + " is not defined");
                }
                undefined = true;
                return 0;
            }
            return v;
        }

        private long local(int number, boolean forward) {
            List<Long> places = locals.getOrDefault(number, List.of());
            if (pass == 1) {
                undefined |= forward;
                return here();
            }
            long found = -1;
            boolean any = false;
            for (long p : places) {
                if (forward ? p > here() : p <= here()) {
                    found = p;
                    any = true;
                    if (forward) {
                        break;
                    }
                }
            }
            if (!any) {
                throw new IllegalArgumentException("local label " + number + (forward ? "f" : "b") + " is not defined");
            }
            return found;
        }
    }
}
