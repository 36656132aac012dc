package hv.api;

/**
 * A host error: one line that says what failed, where, and what to do about it.
 * Never thrown for a guest's fault; those are values that become guest traps.
 */
public class HvException extends Exception {
    private static final long serialVersionUID = 1L;

    public HvException(String message) {
        super(message);
    }

    public HvException(String message, Throwable cause) {
        super(message, cause);
    }
}
