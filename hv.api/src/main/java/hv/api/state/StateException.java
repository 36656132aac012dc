package hv.api.state;

import hv.api.HvException;

/** A state image was refused: malformed, out of range, or of another format. What was to be restored is unchanged. */
public class StateException extends HvException {
    private static final long serialVersionUID = 1L;

    public StateException(String message) {
        super(message);
    }

    public StateException(String message, Throwable cause) {
        super(message, cause);
    }
}
