package hv.suite.internal;

import hv.api.HvException;

/** A suite cannot be run as it was asked for; says what to do. */
public final class SuiteException extends HvException {
    private static final long serialVersionUID = 1;

    SuiteException(String message) {
        super(message);
    }

    SuiteException(String message, Throwable cause) {
        super(message, cause);
    }
}
