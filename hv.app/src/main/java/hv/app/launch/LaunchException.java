package hv.app.launch;

/** The platform could not be started: one line for people, and the exit status. */
public final class LaunchException extends Exception {
    private static final long serialVersionUID = 1L;
    private final int status;

    public LaunchException(int status, String message) {
        super(message);
        this.status = status;
    }

    public LaunchException(int status, String message, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    public int status() {
        return status;
    }
}
