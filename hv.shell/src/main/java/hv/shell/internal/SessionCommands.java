package hv.shell.internal;

import hv.api.SpecException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.felix.gogo.jline.Shell;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.jline.terminal.Terminal;

/**
 * The commands that begin and end a shell session. Gogo has none that ends one: its profile makes every method of {@code java.lang.System} a command, so that
 * {@code exit 0} there ends the process. Hence these, and a profile without that: see {@link #__gogo_profile}.
 */
public final class SessionCommands {
    /** Scope "hv". */
    static final String[] ENDING = {"exit", "quit", "logout"};
    /** Scope "gogo", in place of those of Gogo, whose nested shells would read Gogo's profile. */
    static final String[] BEGINNING = {"gosh", "sh", "__gogo_profile"};
    static final String PROFILE = "hv_profile";
    private static final String STATUS = ".hv.status";

    private final Shell.Context context;
    private final CommandProcessor processor;
    /** The innermost shell of each terminal: a shell within a shell has a session, but no terminal of its own. */
    private final Map<Terminal, Shell> shells = new ConcurrentHashMap<>();

    SessionCommands(Shell.Context context, CommandProcessor processor) {
        this.context = context;
        this.processor = processor;
    }

    /** Unwinds what a session runs: nothing that stands behind {@code exit} in its line is done. */
    static final class SessionEnd extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int status;

        private SessionEnd(int status) {
            super("", null, false, false);
            this.status = status;
        }

        int status() {
            return status;
        }

        /** What an interactive shell shows of it. */
        @Override
        public String toString() {
            return "";
        }
    }

    @Descriptor("ends this shell, and nothing else; an exit status may follow")
    public void exit(CommandSession session, @Descriptor("exit status, 0 to 255") Object[] status) throws SpecException {
        if (status.length > 1) {
            throw new SpecException("exit takes one exit status at most");
        }
        int number = 0;
        if (status.length == 1) {
            String given = String.valueOf(status[0]);
            if (!given.matches("[0-9]{1,3}") || Integer.parseInt(given) > 255) {
                throw new SpecException("\"" + given + "\" is no exit status: use 0 to 255");
            }
            number = Integer.parseInt(given);
        }
        session.put(STATUS, number);
        if (session.get(Shell.VAR_TERMINAL) instanceof Terminal terminal && shells.get(terminal) instanceof Shell shell) {
            shell.stop();
        }
        throw new SessionEnd(number);
    }

    @Descriptor("ends this shell, like exit")
    public void quit(CommandSession session, @Descriptor("exit status, 0 to 255") Object[] status) throws SpecException {
        exit(session, status);
    }

    @Descriptor("ends this shell, like exit")
    public void logout(CommandSession session, @Descriptor("exit status, 0 to 255") Object[] status) throws SpecException {
        exit(session, status);
    }

    @Descriptor("a shell within this one, or a script: gosh [OPTION ...] [FILE [ARGUMENT ...]]")
    public Object gosh(CommandSession session, @Descriptor("as gosh --help shows them") String[] arguments) throws Exception {
        Shell shell = new Shell(context, processor, PROFILE);
        if (!(session.get(Shell.VAR_TERMINAL) instanceof Terminal terminal)) {
            return shell.gosh(session, arguments);
        }
        Shell outer = shells.put(terminal, shell);
        try {
            return shell.gosh(session, arguments);
        } finally {
            if (outer == null) {
                shells.remove(terminal);
            } else {
                shells.put(terminal, outer);
            }
        }
    }

    @Descriptor("a shell within this one, or a script, like gosh")
    public Object sh(CommandSession session, @Descriptor("as gosh --help shows them") String[] arguments) throws Exception {
        return gosh(session, arguments);
    }

    /** The status that the session's {@code exit} gave, 0 if there was none. */
    static int status(CommandSession session) {
        return session.get(STATUS) instanceof Integer status ? status : 0;
    }

    /**
     * Runs Gogo's own profile (completions, key bindings, options), without what would make every method of {@code java.lang.System} and of the framework's
     * context a command of every session.
     */
    public void __gogo_profile(CommandSession session) throws Exception {
        try (InputStream in = Shell.class.getResourceAsStream("/gosh_profile")) {
            if (in == null) {
                throw new IOException("Gogo's bundle has no gosh_profile");
            }
            session.put(".gosh_quiet", true);
            session.execute(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).lines()
                    .filter(line -> !line.strip().startsWith("addcommand ")).collect(Collectors.joining("\n", "", "\n")));
        }
    }
}
