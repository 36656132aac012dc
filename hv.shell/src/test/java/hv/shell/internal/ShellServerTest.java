package hv.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SpecException;
import hv.shell.console.CommandStatus;
import hv.shell.protocol.Frames;
import hv.shell.protocol.Frames.Exit;
import hv.shell.protocol.Frames.Frame;
import hv.shell.protocol.Frames.Hello;
import hv.shell.protocol.Frames.Type;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.felix.gogo.jline.Builtin;
import org.apache.felix.gogo.jline.Posix;
import org.apache.felix.gogo.jline.Procedural;
import org.apache.felix.gogo.jline.Shell;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.felix.service.command.CommandSession;
import org.jline.terminal.Terminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server with the real command processor, and clients on the real socket. */
@Timeout(180)
class ShellServerTest {
    @TempDir
    Path home;
    private final ThreadIOImpl threadIo = new ThreadIOImpl();
    private CommandProcessorImpl processor;
    private SessionCommands sessions;
    private ShellServer server;
    private Path socket;
    private final Probe probe = new Probe();

    /** Commands for these tests; gogo calls them by reflection. */
    public static final class Probe {
        final CountDownLatch interrupted = new CountDownLatch(1);
        final CountDownLatch waiting = new CountDownLatch(1);
        final CountDownLatch resized = new CountDownLatch(1);
        volatile Terminal terminal;

        public String greet(String name) {
            return "hello " + name;
        }

        public void fail() throws SpecException {
            throw new SpecException("the disk is no file: name a file");
        }

        public CommandStatus status(int n) {
            return new CommandStatus(n);
        }

        public String folder(CommandSession session) {
            return session.currentDir().toString();
        }

        public void hang(CommandSession session) throws InterruptedException {
            waiting.countDown();
            session.getConsole().println("begun");
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        }

        public String size(CommandSession session) throws InterruptedException {
            terminal = (Terminal) session.get(".terminal");
            terminal.handle(Terminal.Signal.WINCH, signal -> resized.countDown());
            waiting.countDown();
            resized.await();
            return terminal.getWidth() + "x" + terminal.getHeight();
        }
    }

    @BeforeEach
    void open() throws IOException {
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
        socket = home.resolve("s");
        Files.createDirectory(home.resolve("etc"));
        Files.copy(Path.of("../hv.app/src/dist/etc/hv_profile"), home.resolve("etc/hv_profile"));
        threadIo.start();
        processor = new CommandProcessorImpl(threadIo);
        for (String name : List.of("greet", "fail", "status", "folder", "hang", "size")) {
            processor.addCommand("hv", probe, name);
        }
        addAll("gogo", new Posix(processor), "cat", "echo");
        addAll("gogo", new Procedural(), "each", "if", "not", "try");
        addAll("gogo", new Builtin(), "new", "setopt", "complete");
        sessions = new SessionCommands(context(), processor);
        addAll("gogo", sessions, SessionCommands.BEGINNING);
        addAll("hv", sessions, SessionCommands.ENDING);
        addAll("osgi", processor, "addCommand", "removeCommand");
        server = ShellServer.open(processor, sessions, socket, home.resolve("history"));
    }

    private void addAll(String scope, Object target, String... names) {
        for (String name : names) {
            processor.addCommand(scope, target, name);
        }
    }

    private Shell.Context context() {
        return new Shell.Context() {
            @Override
            public String getProperty(String name) {
                return "gosh.home".equals(name) ? home.toString() : System.getProperty(name);
            }

            @Override
            public void exit() {
                throw new IllegalStateException("a shell may not end the platform by itself");
            }
        };
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        threadIo.stop();
    }

    private record Answer(String output, Exit exit) {
    }

    private SocketChannel connect() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return channel;
    }

    private static Answer answer(Frames frames) throws IOException {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        for (Frame frame = frames.read(); frame != null; frame = frames.read()) {
            if (frame.type() == Type.EXIT) {
                return new Answer(output.toString(StandardCharsets.UTF_8), Frames.exit(frame.payload()));
            }
            output.write(frame.payload());
        }
        throw new IOException("the server ended without an exit status; it said " + output);
    }

    private Answer run(String command, String... arguments) throws IOException {
        try (SocketChannel channel = connect()) {
            Frames frames = new Frames(channel, channel);
            frames.hello(new Hello("", 0, 0, home.toString(), command, List.of(arguments)));
            return answer(frames);
        }
    }

    @Test
    void onlyTheOwnerMayEnter() throws IOException {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
        server.close();
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-x---"));
        IOException refusal = assertThrows(IOException.class, () -> ShellServer.open(processor, sessions, socket, home.resolve("history")));
        assertTrue(refusal.getMessage().contains("chmod 700"), refusal.getMessage());
        assertFalse(Files.exists(socket), "nothing is left behind");
    }

    @Test
    void aPathThatIsTooLongIsRefusedWithWhatToDo() {
        Path deep = home.resolve("x".repeat(120));
        assertTrue(assertThrows(IOException.class, () -> ShellServer.open(processor, new SessionCommands(context(), processor), deep, home)).getMessage().contains("HV_HOME"));
    }

    @Test
    void aCommandAnswersWithItsResultAndStatus() throws IOException {
        Answer answer = run("hv:greet world");
        assertEquals("hello world\n", answer.output());
        assertEquals(new Exit(0, ""), answer.exit());
    }

    @Test
    void argumentsArriveAsTheyWereGiven() throws IOException {
        assertEquals("hello a 'b' \"c\" $d\n", run("hv:greet $arg1", "a 'b' \"c\" $d").output());
    }

    @Test
    void failuresAreOneLineAndStatusOne() throws IOException {
        assertEquals(new Exit(1, "the disk is no file: name a file"), run("hv:fail").exit());
        assertTrue(run("hv:nix").exit().message().startsWith("no such command: hv:nix"));
        Exit wrong = run("hv:greet").exit();
        assertEquals(new Exit(1, "wrong arguments: help hv:greet explains them"), wrong);
    }

    @Test
    void aCommandMaySetTheStatus() throws IOException {
        assertEquals(new Exit(42, ""), run("hv:status 42").exit());
        assertEquals("", run("hv:status 42").output());
    }

    @Test
    void theClientsFolderIsTheSessions() throws IOException {
        assertEquals(home + "\n", run("hv:folder").output());
    }

    @Test
    void inputReachesTheCommandUntilItsEnd() throws IOException {
        try (SocketChannel channel = connect()) {
            Frames frames = new Frames(channel, channel);
            frames.hello(new Hello("", 0, 0, home.toString(), "cat", List.of()));
            frames.write(Type.INPUT, "one\ntwo\n".getBytes(StandardCharsets.UTF_8));
            frames.write(Type.EOF, new byte[0]);
            assertEquals("one\ntwo\n", answer(frames).output());
        }
    }

    @Test
    void aClientThatGoesInterruptsItsCommand() throws Exception {
        try (SocketChannel channel = connect()) {
            new Frames(channel, channel).hello(new Hello("", 0, 0, home.toString(), "hv:hang", List.of()));
            assertTrue(probe.waiting.await(60, TimeUnit.SECONDS));
        }
        assertTrue(probe.interrupted.await(60, TimeUnit.SECONDS));
        assertEquals("hello again\n", run("hv:greet again").output(), "the server goes on");
    }

    @Test
    void aNewSizeReachesTheTerminal() throws Exception {
        try (SocketChannel channel = connect()) {
            Frames frames = new Frames(channel, channel);
            frames.hello(new Hello("xterm", 80, 24, home.toString(), "hv:size", List.of()));
            assertTrue(probe.waiting.await(60, TimeUnit.SECONDS));
            frames.resize(132, 43);
            assertTrue(answer(frames).output().startsWith("132x43"));
        }
    }

    @Test
    void nonsenseEndsTheSessionAlone() throws IOException {
        try (SocketChannel channel = connect()) {
            channel.write(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer buffer = ByteBuffer.allocate(1024);
            try {
                while (channel.read(buffer) >= 0) {
                    assertTrue(buffer.hasRemaining());
                }
            } catch (IOException e) {
                assertTrue(e.getMessage().contains("reset"), e.getMessage());
            }
        }
        assertEquals("hello again\n", run("hv:greet again").output());
    }

    /** What to wait for on the terminal, and what to type then. */
    private record Step(String seen, String typed) {
    }

    /** Plays the steps on a terminal. @return all output of it, and the exit */
    private Answer converse(Hello hello, Step... steps) throws IOException {
        try (SocketChannel channel = connect()) {
            Frames frames = new Frames(channel, channel);
            frames.hello(hello);
            StringBuilder seen = new StringBuilder();
            int from = 0;
            int step = 0;
            for (Frame frame = frames.read(); frame != null; frame = frames.read()) {
                if (frame.type() == Type.EXIT) {
                    assertEquals(steps.length, step, "ended early: " + seen + Frames.exit(frame.payload()));
                    return new Answer(seen.toString(), Frames.exit(frame.payload()));
                }
                seen.append(new String(frame.payload(), StandardCharsets.UTF_8));
                if (step < steps.length && seen.indexOf(steps[step].seen(), from) >= 0) {
                    from = seen.length();
                    frames.write(Type.INPUT, steps[step++].typed().getBytes(StandardCharsets.UTF_8));
                }
            }
            throw new IOException("the server ended without an exit status; it said " + seen);
        }
    }

    private Hello shell() {
        return new Hello("xterm", 80, 24, home.toString(), "", List.of());
    }

    @Test
    void aShellWithATerminalPromptsRunsAndEnds() throws Exception {
        assertEquals(0, converse(shell(), new Step("hv> ", "hv:greet you\r"), new Step("hello you", "\u0004")).exit().status());
        assertTrue(Files.readString(home.resolve("history")).contains("hv:greet you"));
    }

    @Test
    void exitEndsTheShellAlone() throws Exception {
        for (String line : List.of("exit", "quit", "logout", "exit 0")) {
            Answer answer = converse(shell(), new Step("hv> ", line + "; echo no\\body\r"));
            assertEquals(new Exit(0, ""), answer.exit(), line);
            assertFalse(answer.output().contains("nobody"), "what stands behind it is not done");
        }
        assertEquals(new Exit(3, ""), converse(shell(), new Step("hv> ", "exit 3\r")).exit());
        assertTrue(Files.readString(home.resolve("history")).contains("exit 3"), "and the history is kept");
        Answer refused = converse(shell(), new Step("hv> ", "exit 256\r"), new Step("\"256\" is no exit status: use 0 to 255", "exit\r"));
        assertEquals(new Exit(0, ""), refused.exit());
    }

    @Test
    void exitOfAShellInAShellEndsTheInnerOne() throws Exception {
        Answer answer = converse(shell(), new Step("hv> ", "gosh\r"), new Step("hv> ", "exit 5\r"), new Step("hv> ", "hv:greet outer\r"),
                new Step("hello outer", "exit 2\r"));
        assertEquals(new Exit(2, ""), answer.exit());
    }

    @Test
    void aCommandThatExitsGivesItsStatus() throws IOException {
        assertEquals(new Exit(3, ""), run("exit 3").exit());
        Answer answer = run("echo first; quit 4; echo second");
        assertEquals(new Exit(4, ""), answer.exit());
        assertEquals("first\n", answer.output());
        assertEquals(new Exit(1, "\"x\" is no exit status: use 0 to 255"), run("exit x").exit());
    }

    @Test
    void noShellMakesMethodsOfTheProcessCommands() throws Exception {
        String bundles = converse(shell(), new Step("hv> ", "gosh\r"), new Step("hv> ", "exit\r"), new Step("hv> ", "exit\r")).output();
        assertFalse(bundles.contains("ERROR"), "the profile was read whole: " + bundles);
        List<String> foreign = processor.getCommands().stream().filter(name -> !name.matches("(hv|gogo|osgi):.*")).toList();
        assertEquals(List.of(), foreign);
        for (String command : List.of("system:exit 0", "halt 0", "context:exit", "getProperty user.home")) {
            assertTrue(run(command).exit().message().startsWith("no such command"), command);
        }
    }

    @Test
    void aTerminalWithoutASizeIsTakenForAUsualOne() throws Exception {
        Hello sizeless = new Hello("xterm", 0, 0, home.toString(), "", List.of());
        Answer answer = converse(sizeless, new Step("hv> ", "hv:greet me\r"), new Step("hello me", "exit\r"));
        assertEquals(0, answer.exit().status());
        probe.resized.countDown();
        assertTrue(converse(new Hello("xterm", 0, 0, home.toString(), "hv:size", List.of())).output().contains("80x24"));
    }

    @Test
    void ctrlCInterruptsACommandOnATerminal() throws Exception {
        Hello hang = new Hello("xterm", 80, 24, home.toString(), "hv:hang", List.of());
        assertEquals("interrupted", converse(hang, new Step("begun", "\u0003")).exit().message());
        assertTrue(probe.interrupted.await(60, TimeUnit.SECONDS));
    }
}
