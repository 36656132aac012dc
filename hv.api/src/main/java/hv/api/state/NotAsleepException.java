package hv.api.state;

/** The part could not go to sleep now; it is still running and nothing changed. */
public class NotAsleepException extends Exception {
    private static final long serialVersionUID = 1L;

    public NotAsleepException(String why) {
        super(why);
    }
}
