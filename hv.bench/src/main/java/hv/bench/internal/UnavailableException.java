package hv.bench.internal;

/** Something this host lacks, for which a measurement is skipped. The message is one line that names it and says how to get it. */
public final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    public UnavailableException(String message) {
        super(message);
    }

    public UnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
