package hv.api;

/** What the user asked for is wrong or impossible as written: a bad option, image or description. Nothing was changed. */
public class SpecException extends HvException {
    private static final long serialVersionUID = 1L;

    public SpecException(String message) {
        super(message);
    }

    public SpecException(String message, Throwable cause) {
        super(message, cause);
    }
}
