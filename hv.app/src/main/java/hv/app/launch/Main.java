package hv.app.launch;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine;

/**
 * The platform's process: {@code platform} serves in the background until it is stopped, {@code run [options]} serves for one guest in the foreground,
 * {@code image build|seed [options]} makes a disk image or a seed for one.
 * System properties: {@code hv.dist} (the distribution's folder) and {@code hv.home} (the user's state).
 */
public final class Main {
    private static final long READY_MILLIS = 60_000;

    private final Path dist;
    private final Path home;
    private final AtomicBoolean stopping = new AtomicBoolean();

    private Main(Path dist, Path home) {
        this.dist = dist;
        this.home = home;
    }

    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        int status;
        try {
            Main main = new Main(folder("hv.dist"), folder("hv.home"));
            List<String> rest = List.of(arguments).subList(Math.min(1, arguments.length), arguments.length);
            status = switch (arguments.length == 0 ? "" : arguments[0]) {
                case "platform" -> main.serve(out);
                case "run" -> main.run(rest, out, err);
                case "image" -> main.image(rest, out, err);
                default -> throw new LaunchException(ExitStatus.USAGE, "say platform, run or image; ./hv help shows the commands");
            };
        } catch (LaunchException e) {
            err.println("hv: " + e.getMessage());
            status = e.status();
        } catch (IOException e) {
            err.println("hv: " + e.getClass().getSimpleName() + ": " + e.getMessage());
            status = ExitStatus.SOFTWARE;
        } catch (RuntimeException | LinkageError e) {
            err.println("hv: a fault in hv itself: " + e + (e.getStackTrace().length == 0 ? "" : " at " + e.getStackTrace()[0]));
            status = ExitStatus.SOFTWARE;
        } catch (InterruptedException e) {
            status = ExitStatus.FAILED;
        }
        System.exit(status);
    }

    /** The file that says who serves; belongs to who has taken the home. */
    private record Ready(Path file) implements AutoCloseable {
        void say() throws IOException {
            Files.writeString(file, ProcessHandle.current().pid() + "\n");
        }

        @Override
        public void close() throws IOException {
            Files.deleteIfExists(file);
        }
    }

    private static Path folder(String property) throws LaunchException {
        String value = System.getProperty(property);
        if (value == null || value.isEmpty()) {
            throw new LaunchException(ExitStatus.SOFTWARE, "the system property " + property + " is not set: start with ./hv");
        }
        return Path.of(value).toAbsolutePath().normalize();
    }

    private int serve(PrintStream out) throws LaunchException, IOException, InterruptedException {
        try (Home taken = Home.take(home); Ready ready = new Ready(home.resolve("run/ready"))) {
            PlatformFramework framework = PlatformFramework.start(dist, taken.folder(), Map.of());
            PlatformEntry entry = framework.entry(READY_MILLIS);
            entry.begin();
            Thread hook = Thread.ofPlatform().name("hv-stop").unstarted(() -> stop(framework, entry, out));
            Runtime.getRuntime().addShutdownHook(hook);
            ready.say();
            out.println("hv: ready");
            framework.awaitStop();
            out.println("hv: stopped");
            return ExitStatus.OK;
        }
    }

    private static LaunchException wrongUsage(String command, CommandLine.ParameterException e) {
        return new LaunchException(ExitStatus.USAGE, RunOptions.firstLine(e) + " (./hv " + command + " --help shows the options)", e);
    }

    private int run(List<String> arguments, PrintStream out, PrintStream err) throws LaunchException, IOException, InterruptedException {
        RunOptions options;
        try {
            options = RunOptions.parse(arguments);
        } catch (CommandLine.ParameterException e) {
            throw wrongUsage("run", e);
        }
        if (options.help) {
            out.print(RunOptions.usage());
            return ExitStatus.OK;
        }
        try (Home taken = Home.take(home); Ready ready = new Ready(home.resolve("run/ready"))) {
            logToFile();
            PlatformFramework framework = PlatformFramework.start(dist, taken.folder(), Map.of("hv.foreground", "true"));
            PlatformEntry entry = framework.entry(READY_MILLIS);
            Terminal terminal = terminal();
            Attributes cooked = terminal == null ? null : terminal.getAttributes();
            Thread hook = Thread.ofPlatform().name("hv-stop").unstarted(() -> {
                if (terminal != null) {
                    terminal.setAttributes(cooked);
                }
                stop(framework, entry, err);
            });
            Runtime.getRuntime().addShutdownHook(hook);
            ready.say();
            int status;
            try {
                InputStream in = terminal == null ? new FileInputStream(FileDescriptor.in) : terminal.input();
                status = entry.run(options, terminal, in, out, err, true);
                entry.awaitOtherRuns(err);
            } finally {
                if (terminal != null) {
                    terminal.setAttributes(cooked);
                    terminal.close();
                }
            }
            stop(framework, entry, err);
            return status;
        }
    }

    private int image(List<String> arguments, PrintStream out, PrintStream err) throws LaunchException, IOException, InterruptedException {
        ImageOptions options;
        try {
            options = ImageOptions.parse(arguments, Path.of("").toAbsolutePath());
        } catch (CommandLine.ParameterException e) {
            throw wrongUsage("image", e);
        }
        if (options instanceof ImageOptions.Help help) {
            out.print(help.text());
            return ExitStatus.OK;
        }
        try (Home taken = Home.take(home)) {
            logToFile();
            PlatformFramework framework = PlatformFramework.start(dist, taken.folder(), Map.of("hv.foreground", "true"));
            PlatformEntry entry = framework.entry(READY_MILLIS);
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("hv-stop").unstarted(() -> stop(framework, entry, err)));
            int status = entry.image(options, out, err, System.console() != null && System.console().isTerminal());
            stop(framework, entry, err);
            return status;
        }
    }

    /** The process's terminal, null if input or output is none. */
    private static Terminal terminal() throws IOException {
        Console console = System.console();
        if (console == null || !console.isTerminal()) {
            return null;
        }
        return TerminalBuilder.builder().name("hv").system(true).dumb(false).nativeSignals(false).build();
    }

    /** In the foreground the terminal is the guest's: what bundles print goes to the log. */
    private void logToFile() throws IOException {
        Path log = home.resolve("log/run.log");
        Files.deleteIfExists(log);
        Files.createFile(log, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        PrintStream to = new PrintStream(Files.newOutputStream(log), true, StandardCharsets.UTF_8);
        System.setOut(to);
        System.setErr(to);
    }

    private void stop(PlatformFramework framework, PlatformEntry entry, PrintStream progress) {
        if (!stopping.compareAndSet(false, true)) {
            return;
        }
        try {
            entry.stopGuests(progress);
            framework.stopAndWait();
            Files.deleteIfExists(home.resolve("run/ready"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            progress.println("hv: " + e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }
}
