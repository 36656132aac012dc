package hv.shell.internal;

import hv.api.HvException;
import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutionException;
import org.apache.felix.gogo.runtime.CommandNotFoundException;

/** Turns what a command threw into one line for people. */
final class Faults {
    private Faults() {
    }

    static String line(Throwable thrown) {
        Throwable e = thrown;
        while ((e instanceof InvocationTargetException || e instanceof ExecutionException) && e.getCause() != null) {
            e = e.getCause();
        }
        String message = e.getMessage() == null ? "" : e.getMessage().lines().findFirst().orElse("");
        return switch (e) {
            case HvException known -> message;
            case CommandNotFoundException unknown -> "no such command: " + unknown.getCommand() + " (help lists all, help COMMAND explains one)";
            case IllegalArgumentException wrong when message.startsWith("Cannot coerce ") -> "wrong arguments: help " + message.replaceAll("^Cannot coerce ([^(]*)\\(.*$", "hv:$1") + " explains them";
            case IllegalArgumentException wrong -> message.isEmpty() ? "wrong arguments" : message;
            case InterruptedException interrupted -> "interrupted";
            default -> e.getClass().getSimpleName() + (message.isEmpty() ? "" : ": " + message);
        };
    }
}
