package hv.app.launch;

import java.util.Arrays;
import java.util.stream.Collectors;

/** What a guest runs on, as users name it, and the board that carries it. */
public enum Architecture {
    /** On any host. */
    RISCV64("riscv64", "riscv-virt"),
    /** Where an engine of the host runs it. */
    X86_64("x86-64", "x86-virt");

    private final String isa;
    private final String board;

    Architecture(String isa, String board) {
        this.isa = isa;
        this.board = board;
    }

    /** By its ISA's name. @throws IllegalArgumentException one line for people */
    public static Architecture of(String isa) {
        for (Architecture a : values()) {
            if (a.isa.equals(isa)) {
                return a;
            }
        }
        throw new IllegalArgumentException("no architecture \"" + isa + "\": use " + Arrays.stream(values()).map(a -> a.isa).collect(Collectors.joining(" or ")));
    }

    /** Type of the board. */
    public String board() {
        return board;
    }

    /** Name in the catalog of a guest for this architecture: RISC-V's have the plain names. */
    public String guest(String name) {
        String suffix = "-" + isa;
        return this == RISCV64 || name.endsWith(suffix) ? name : name + suffix;
    }

    @Override
    public String toString() {
        return isa;
    }
}
