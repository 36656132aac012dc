package hv.api.part;

import hv.api.HvException;

/** A replacement failed before its commit: the old part serves on, with its state. */
public class ReplaceException extends HvException {
    private static final long serialVersionUID = 1L;

    public ReplaceException(String message) {
        super(message);
    }

    public ReplaceException(String message, Throwable cause) {
        super(message, cause);
    }
}
