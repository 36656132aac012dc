package hv.api.part;

import hv.api.HvException;

/** A factory could not make a part from what it was given. */
public class PartException extends HvException {
    private static final long serialVersionUID = 1L;

    public PartException(String message) {
        super(message);
    }

    public PartException(String message, Throwable cause) {
        super(message, cause);
    }
}
