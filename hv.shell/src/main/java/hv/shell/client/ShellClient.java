package hv.shell.client;

import hv.shell.console.RawMode;
import hv.shell.protocol.Frames;
import hv.shell.protocol.Frames.Exit;
import hv.shell.protocol.Frames.Frame;
import hv.shell.protocol.Frames.Hello;
import hv.shell.protocol.Frames.Type;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;

/**
 * {@code shell [COMMAND ...]}, {@code run OPTION ...}, {@code image OPTION ...}, {@code stop}, {@code status}. Exit status: the command's; 69 if no platform runs.
 */
public final class ShellClient {
    private static final int UNAVAILABLE = 69;
    private static final long STOP_SECONDS = 120;

    private final Path home;
    private final PrintStream err;

    private ShellClient(Path home, PrintStream err) {
        this.home = home;
        this.err = err;
    }

    public static void main(String[] arguments) {
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        ShellClient client = new ShellClient(Path.of(System.getProperty("hv.home")), err);
        List<String> rest = List.of(arguments).subList(Math.min(1, arguments.length), arguments.length);
        int status;
        try {
            status = switch (arguments.length == 0 ? "" : arguments[0]) {
                case "shell" -> client.talk(String.join(" ", rest), List.of(), true);
                case "run", "image" -> client.talk("hv:" + arguments[0] + IntStream.rangeClosed(1, rest.size()).mapToObj(i -> " $arg" + i).collect(Collectors.joining()), rest, true);
                case "stop" -> client.stop();
                case "status" -> client.talk("hv:status", List.of(), false);
                default -> {
                    err.println("hv: say shell, run, image, stop or status");
                    yield 64;
                }
            };
        } catch (IOException e) {
            err.println("hv: the platform ended the connection: " + e.getMessage());
            status = UNAVAILABLE;
        } catch (InterruptedException e) {
            status = 1;
        }
        System.exit(status);
    }

    private int talk(String command, List<String> arguments, boolean wantsTerminal) throws IOException {
        Path socket = home.resolve("run/shell.sock");
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
            } catch (IOException e) {
                err.println("hv: no platform runs on " + home + ": start one with ./hv start");
                return UNAVAILABLE;
            }
            Frames frames = new Frames(channel, channel);
            boolean isTerminal = System.console() != null && System.console().isTerminal();
            return wantsTerminal && isTerminal ? talkFromTerminal(frames, command, arguments) : talkPlainly(frames, command, arguments);
        }
    }

    private int talkFromTerminal(Frames frames, String command, List<String> arguments) throws IOException {
        Exit exit;
        try (Terminal terminal = TerminalBuilder.builder().name("hv").system(true).dumb(false).nativeSignals(false).build(); RawMode _ = new RawMode(terminal)) {
            frames.hello(new Hello(terminal.getType(), terminal.getWidth(), terminal.getHeight(), folder(), command, arguments));
            terminal.handle(Signal.WINCH, signal -> {
                try {
                    frames.resize(terminal.getWidth(), terminal.getHeight());
                } catch (IOException e) {
                    // the platform has gone: the reader of its frames says so
                }
            });
            Thread.ofPlatform().daemon().name("keys").start(() -> type(frames));
            exit = show(frames);
        }
        return ended(exit);
    }

    private int talkPlainly(Frames frames, String command, List<String> arguments) throws IOException {
        frames.hello(new Hello("", 0, 0, folder(), command, arguments));
        Thread.ofPlatform().daemon().name("input").start(() -> type(frames));
        return ended(show(frames));
    }

    private static String folder() {
        return Path.of("").toAbsolutePath().toString();
    }

    private int ended(Exit exit) {
        if (!exit.message().isEmpty()) {
            err.println("hv: " + exit.message());
        }
        return exit.status();
    }

    private static void type(Frames frames) {
        InputStream in = new FileInputStream(FileDescriptor.in);
        byte[] bytes = new byte[8192];
        try {
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                frames.write(Type.INPUT, bytes, 0, n);
            }
            frames.write(Type.EOF, new byte[0]);
        } catch (IOException e) {
            // the platform has gone: the reader of its frames says so
        }
    }

    private static Exit show(Frames frames) throws IOException {
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        OutputStream err = new FileOutputStream(FileDescriptor.err);
        for (Frame frame = frames.read(); frame != null; frame = frames.read()) {
            switch (frame.type()) {
                case OUTPUT -> out.write(frame.payload());
                case ERROR -> err.write(frame.payload());
                case EXIT -> {
                    return Frames.exit(frame.payload());
                }
                case HELLO, INPUT, RESIZE, EOF -> throw new IOException("it sent a " + frame.type());
            }
        }
        throw new IOException("it ended");
    }

    private int stop() throws IOException, InterruptedException {
        Optional<ProcessHandle> process = process();
        int status = talk("hv:shutdown", List.of(), false);
        if (status != 0 || process.isEmpty()) {
            return status;
        }
        try {
            process.get().onExit().get(STOP_SECONDS, TimeUnit.SECONDS);
            return 0;
        } catch (TimeoutException | ExecutionException e) {
            err.println("hv: process " + process.get().pid() + " has not ended after " + STOP_SECONDS + " s: see " + home.resolve("log") + ", or kill it");
            return 1;
        }
    }

    private Optional<ProcessHandle> process() throws IOException {
        Path ready = home.resolve("run/ready");
        return Files.exists(ready) ? ProcessHandle.of(Long.parseLong(Files.readString(ready).strip())) : Optional.empty();
    }
}
