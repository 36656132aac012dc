package hv.shell.internal;

import hv.api.HvException;
import hv.shell.console.CommandStatus;
import hv.shell.protocol.Frames;
import hv.shell.protocol.Frames.Frame;
import hv.shell.protocol.Frames.Hello;
import hv.shell.protocol.Frames.Type;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.felix.gogo.jline.Shell;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.apache.felix.gogo.runtime.CommandNotFoundException;
import org.jline.reader.LineReader;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.impl.LineDisciplineTerminal;

/**
 * One client of the shell. Its thread runs the commands; a second one takes what the client sends, and ends the session when the client goes.
 */
final class ShellSession {
    private static final int INPUT_BYTES = 65_536;
    /** What a terminal is taken for that does not know its size. */
    private static final Size USUAL_SIZE = new Size(80, 24);

    private final CommandProcessor processor;
    private final SessionCommands sessions;
    private final Path historyFile;
    private final Frames frames;
    private final AtomicReference<CommandSession> running = new AtomicReference<>();

    ShellSession(CommandProcessor processor, SessionCommands sessions, Path historyFile, Frames frames) {
        this.processor = processor;
        this.sessions = sessions;
        this.historyFile = historyFile;
        this.frames = frames;
    }

    /** Serves the client until it goes or its command ends. */
    void serve() throws IOException {
        Frame first = frames.read();
        if (first == null) {
            return;
        }
        Hello hello;
        try {
            if (first.type() != Type.HELLO) {
                throw new IOException("the client began with " + first.type());
            }
            hello = Frames.hello(first.payload());
        } catch (IOException e) {
            frames.exit(70, String.valueOf(e.getMessage()));
            return;
        }
        if (hello.hasTerminal()) {
            serveTerminal(hello);
        } else {
            servePlain(hello);
        }
    }

    private void serveTerminal(Hello hello) throws IOException {
        LineDisciplineTerminal terminal = new LineDisciplineTerminal("hv", hello.terminalType(), frames.stream(Type.OUTPUT), StandardCharsets.UTF_8,
                Terminal.SignalHandler.SIG_DFL);
        terminal.setSize(size(hello.columns(), hello.rows()));
        Thread input = Thread.ofPlatform().daemon().name("hv-shell-input").start(() -> takeInto(terminal));
        try {
            InputStream in = terminal.input();
            PrintStream out = new PrintStream(terminal.output(), true, StandardCharsets.UTF_8);
            try (CommandSession session = processor.createSession(in, out, out)) {
                running.set(session);
                session.currentDir(Path.of(hello.folder()));
                session.put(Shell.VAR_TERMINAL, terminal);
                if (hello.command().isEmpty()) {
                    session.put(LineReader.HISTORY_FILE, historyFile);
                    interact(session, terminal);
                } else {
                    terminal.handle(Signal.INT, signal -> hangUp());
                    execute(session, hello, out, out);
                }
            }
        } finally {
            running.set(null);
            input.interrupt();
            terminal.close();
        }
    }

    /** A line editor that is told of no columns shows nothing and completes nothing. */
    private static Size size(int columns, int rows) {
        return new Size(columns > 0 ? columns : USUAL_SIZE.getColumns(), rows > 0 ? rows : USUAL_SIZE.getRows());
    }

    private void interact(CommandSession session, Terminal terminal) throws IOException {
        try {
            sessions.gosh(session, new String[] {"--login", "--noshutdown", "--nohistory"});
            terminal.flush();
            frames.exit(SessionCommands.status(session), "");
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            terminal.flush();
            frames.exit(1, Faults.line(e));
        }
    }

    private void takeInto(LineDisciplineTerminal terminal) {
        try {
            for (Frame frame = frames.read(); frame != null; frame = frames.read()) {
                switch (frame.type()) {
                    case INPUT -> terminal.processInputBytes(frame.payload());
                    case RESIZE -> {
                        int[] size = Frames.resize(frame.payload());
                        terminal.setSize(size(size[0], size[1]));
                        terminal.raise(Signal.WINCH);
                    }
                    case EOF, HELLO, OUTPUT, ERROR, EXIT -> {
                        // a terminal ends its input with a key
                    }
                }
            }
        } catch (IOException e) {
            // the client has gone, or the session has ended and closed the pipe: both end here
        }
        hangUp();
        try {
            terminal.close();
        } catch (IOException e) {
            // closing flushes to a client that has gone
        }
    }

    private void servePlain(Hello hello) throws IOException {
        try (PipedOutputStream typed = new PipedOutputStream(); PipedInputStream in = new PipedInputStream(typed, INPUT_BYTES)) {
            Thread input = Thread.ofPlatform().daemon().name("hv-shell-input").start(() -> takeInto(typed));
            PrintStream out = new PrintStream(frames.stream(Type.OUTPUT), false, StandardCharsets.UTF_8);
            PrintStream err = new PrintStream(frames.stream(Type.ERROR), false, StandardCharsets.UTF_8);
            try (CommandSession session = processor.createSession(in, out, err)) {
                running.set(session);
                session.currentDir(Path.of(hello.folder()));
                if (hello.command().isEmpty()) {
                    String script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                    execute(session, new Hello("", 0, 0, hello.folder(), script, hello.arguments()), out, err);
                } else {
                    execute(session, hello, out, err);
                }
            } finally {
                running.set(null);
                input.interrupt();
            }
        }
    }

    private void takeInto(OutputStream typed) {
        try {
            boolean open = true;
            for (Frame frame = frames.read(); frame != null; frame = frames.read()) {
                if (frame.type() == Type.INPUT && open) {
                    typed.write(frame.payload());
                    typed.flush();
                } else if (frame.type() == Type.EOF) {
                    typed.close();
                    open = false;
                }
            }
            typed.close();
        } catch (IOException e) {
            // the client has gone, or nobody reads what it types: both end here
        }
        hangUp();
    }

    /** The client has gone, or wants no more of it: what it runs is interrupted. */
    private void hangUp() {
        CommandSession session = running.get();
        if (session != null && session.foregroundJob() != null) {
            session.foregroundJob().interrupt();
        }
    }

    private void execute(CommandSession session, Hello hello, PrintStream out, PrintStream err) throws IOException {
        for (int i = 0; i < hello.arguments().size(); i++) {
            session.put("arg" + (i + 1), hello.arguments().get(i));
        }
        session.put("SCOPE", "hv:gogo:*");
        int status = 0;
        String message = "";
        try {
            Object result = session.execute(hello.command());
            if (result instanceof CommandStatus(int given)) {
                status = given;
            } else if (result != null) {
                out.println(session.format(result, Converter.INSPECT));
            }
        } catch (SessionCommands.SessionEnd e) {
            status = e.status();
        } catch (Exception e) {
            status = 1;
            message = Faults.line(e);
        }
        out.flush();
        err.flush();
        frames.exit(status, message);
    }
}
