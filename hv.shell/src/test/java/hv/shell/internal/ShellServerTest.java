package hv.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
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
import org.apache.felix.gogo.jline.Posix;
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
@Timeout(60)
class ShellServerTest {
    @TempDir
    Path home;
    private final ThreadIOImpl threadIo = new ThreadIOImpl();
    private CommandProcessorImpl processor;
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

        public void hang() throws InterruptedException {
            waiting.countDown();
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
        threadIo.start();
        processor = new CommandProcessorImpl(threadIo);
        for (String name : List.of("greet", "fail", "status", "folder", "hang", "size")) {
            processor.addCommand("hv", probe, name);
        }
        processor.addCommand("gogo", new Posix(processor), "cat");
        server = ShellServer.open(processor, context(), socket, home.resolve("history"));
    }

    private static Shell.Context context() {
        return new Shell.Context() {
            @Override
            public String getProperty(String name) {
                return System.getProperty(name);
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
        IOException refusal = assertThrows(IOException.class, () -> ShellServer.open(processor, context(), socket, home.resolve("history")));
        assertTrue(refusal.getMessage().contains("chmod 700"), refusal.getMessage());
        assertFalse(Files.exists(socket), "nothing is left behind");
    }

    @Test
    void aPathThatIsTooLongIsRefusedWithWhatToDo() {
        Path deep = home.resolve("x".repeat(120));
        assertTrue(assertThrows(IOException.class, () -> ShellServer.open(processor, context(), deep, home)).getMessage().contains("HV_HOME"));
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
            assertTrue(probe.waiting.await(20, TimeUnit.SECONDS));
        }
        assertTrue(probe.interrupted.await(20, TimeUnit.SECONDS));
        assertEquals("hello again\n", run("hv:greet again").output(), "the server goes on");
    }

    @Test
    void aNewSizeReachesTheTerminal() throws Exception {
        try (SocketChannel channel = connect()) {
            Frames frames = new Frames(channel, channel);
            frames.hello(new Hello("xterm", 80, 24, home.toString(), "hv:size", List.of()));
            assertTrue(probe.waiting.await(20, TimeUnit.SECONDS));
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

    @Test
    void aShellWithATerminalPromptsRunsAndEnds() throws Exception {
        try (SocketChannel channel = connect()) {
            Frames frames = new Frames(channel, channel);
            frames.hello(new Hello("xterm", 80, 24, home.toString(), "", List.of()));
            StringBuilder seen = new StringBuilder();
            boolean asked = false;
            boolean left = false;
            for (Frame frame = frames.read(); frame != null; frame = frames.read()) {
                if (frame.type() == Type.EXIT) {
                    assertEquals(0, Frames.exit(frame.payload()).status());
                    break;
                }
                seen.append(new String(frame.payload(), StandardCharsets.UTF_8));
                if (!asked && seen.indexOf("! ") >= 0) {
                    asked = true;
                    seen.setLength(0);
                    frames.write(Type.INPUT, "hv:greet you\r".getBytes(StandardCharsets.UTF_8));
                } else if (asked && !left && seen.indexOf("hello you") >= 0) {
                    left = true;
                    frames.write(Type.INPUT, new byte[] {4});
                }
            }
            assertTrue(left, seen.toString());
        }
        assertNotNull(Files.readString(home.resolve("history")));
        assertTrue(Files.readString(home.resolve("history")).contains("hv:greet you"));
    }
}
