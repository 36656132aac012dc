package hv.oracle;

import hv.api.HvException;

/** A comparison cannot be made; the message says why and what to do. */
public final class OracleException extends HvException {
    private static final long serialVersionUID = 1L;

    public OracleException(String message) {
        super(message);
    }

    public OracleException(String message, Throwable cause) {
        super(message, cause);
    }
}
