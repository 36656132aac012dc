package hv.machine.internal;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Faults of parts, as text: a kept Throwable would pin the class loader of the plugin that threw it. Any thread. */
public final class Faults {
    private static final int MOST = 1000;
    private final ArrayDeque<String> lines = new ArrayDeque<>();

    public synchronized void report(String where, String what) {
        if (lines.size() == MOST) {
            lines.removeFirst();
        }
        lines.addLast(Instant.now() + " " + where + ": " + what);
    }

    public void report(String where, Throwable fault) {
        report(where, describe(fault));
    }

    public synchronized List<String> lines() {
        return new ArrayList<>(lines);
    }

    /** One line: the fault's type, message, and where it was thrown. */
    public static String describe(Throwable fault) {
        StackTraceElement[] trace = fault.getStackTrace();
        String at = trace.length == 0 ? "" : " at " + trace[0];
        return fault.getClass().getSimpleName() + (fault.getMessage() == null ? "" : " \"" + fault.getMessage() + "\"") + at;
    }

    /** Whether this is a plugin's fault that can be contained; what is left is the JVM's own distress. */
    public static boolean isContainable(Throwable t) {
        return t instanceof RuntimeException || t instanceof LinkageError || t instanceof StackOverflowError || t instanceof AssertionError;
    }
}
