package hv.riscv.asm;

/** A line that cannot be assembled; the message names the line, what is wrong with it, and what would be right. */
public final class AssemblerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AssemblerException(String message) {
        super(message);
    }

    AssemblerException(String message, Throwable cause) {
        super(message, cause);
    }
}
