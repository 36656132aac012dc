package hv.machine.internal;

/** A host CPU's thread. What short I/O contexts have to do because of an exit is done on it once the exit was handled. */
final class SlotThread extends Thread {
    private static final int MOST_DEFERRED = 8;
    private final SerialContext[] deferred = new SerialContext[MOST_DEFERRED];
    private int count;
    private boolean inExit;

    SlotThread(String name, Runnable loop) {
        super(null, loop, name, 0, false);
        setDaemon(true);
    }

    /** This thread only: the handling of an exit begins. */
    void beginExit() {
        inExit = true;
    }

    /** This thread only. @return false if it is not in an exit, or has enough to do */
    boolean defer(SerialContext context) {
        if (!inExit || count == MOST_DEFERRED) {
            return false;
        }
        deferred[count++] = context;
        return true;
    }

    /** This thread only: the exit was handled; runs what was deferred. */
    void endExit() {
        inExit = false;
        while (count > 0) {
            SerialContext c = deferred[--count];
            deferred[count] = null;
            c.run();
        }
    }
}
