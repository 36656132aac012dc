package hv.board.riscv.internal;

import java.util.Comparator;
import java.util.List;

/**
 * A 64-bit instruction set by its extensions, in canonical order (RISC-V unprivileged ISA, chapter "ISA Extension Naming Conventions"):
 * single letters in the order {@code imafdqlcbkjtpvnh}; then {@code z*} by the category that their second letter names, in that order, and
 * by the alphabet within one; then {@code s*}; then {@code x*}.
 *
 * @param extensions lower case, without repetition, in canonical order
 */
record IsaString(List<String> extensions) {
    private static final String LETTERS = "imafdqlcbkjtpvnh";

    /** @throws IllegalArgumentException a name is not one, or {@code i} is missing */
    static IsaString rv64(List<String> extensions) {
        for (String name : extensions) {
            boolean letter = name.length() == 1 && LETTERS.indexOf(name.charAt(0)) >= 0;
            if (!letter && !name.matches("[zsx][a-z][a-z0-9]*")) {
                throw new IllegalArgumentException("'" + name + "' is no name of a RISC-V extension in lower case");
            }
        }
        if (!extensions.contains("i")) {
            throw new IllegalArgumentException("an instruction set without 'i': " + extensions);
        }
        return new IsaString(extensions.stream().distinct().sorted(CANONICAL).toList());
    }

    private static final Comparator<String> CANONICAL =
            Comparator.comparingInt(IsaString::group).thenComparingInt(IsaString::category).thenComparing(Comparator.naturalOrder());

    private static int group(String name) {
        return name.length() == 1 ? 0 : 1 + "zsx".indexOf(name.charAt(0));
    }

    private static int category(String name) {
        if (name.length() == 1) {
            return LETTERS.indexOf(name.charAt(0));
        }
        int order = name.charAt(0) == 'z' ? LETTERS.indexOf(name.charAt(1)) : 0;
        return order < 0 ? LETTERS.length() : order;
    }

    String base() {
        return "rv64i";
    }

    /** The value of {@code riscv,isa}: single letters together, the others each behind an underscore. */
    String canonical() {
        StringBuilder out = new StringBuilder("rv64");
        for (String name : extensions) {
            out.append(name.length() == 1 ? "" : "_").append(name);
        }
        return out.toString();
    }
}
