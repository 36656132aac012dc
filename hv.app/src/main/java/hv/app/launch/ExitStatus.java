package hv.app.launch;

/** Exit statuses of {@code ./hv}, after sysexits(3) where it has one. */
public final class ExitStatus {
    public static final int OK = 0;
    /** The command was understood and failed. */
    public static final int FAILED = 1;
    /** Wrong usage. */
    public static final int USAGE = 64;
    /** An input file is missing or malformed. */
    public static final int BAD_INPUT = 65;
    /** Something that is needed is not there: a JDK, Maven, a running platform. */
    public static final int UNAVAILABLE = 69;
    /** A fault of ours. */
    public static final int SOFTWARE = 70;
    /** A platform already runs on this home. */
    public static final int BUSY = 75;

    private ExitStatus() {
    }
}
