package hv.deploy.internal;

/** A jar is refused: one line that says why. Nothing was changed. */
final class DeployException extends Exception {
    private static final long serialVersionUID = 1L;

    DeployException(String message) {
        super(message);
    }

    DeployException(String message, Throwable cause) {
        super(message, cause);
    }
}
