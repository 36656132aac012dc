package hv.app.internal;

import hv.api.HvException;
import hv.api.SpecException;
import hv.app.launch.ExitStatus;
import hv.app.launch.ImageOptions;
import hv.app.launch.PlatformEntry;
import hv.app.launch.RunOptions;
import hv.deploy.Deployments;
import hv.shell.console.CommandStatus;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.jline.terminal.Terminal;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import picocli.CommandLine;

/** The commands on the platform as a whole. */
@Component(service = PlatformCommands.class, property = {"osgi.command.scope=hv", "osgi.command.function=run", "osgi.command.function=status",
    "osgi.command.function=shutdown", "osgi.command.function=image", "osgi.command.function=deployments"})
public final class PlatformCommands {
    private final BundleContext context;
    private final PlatformEntry entry;
    private final Deployments deployments;

    @Activate
    public PlatformCommands(BundleContext context, @Reference PlatformEntry entry, @Reference Deployments deployments) {
        this.context = context;
        this.entry = entry;
        this.deployments = deployments;
    }

    /** The platform as it is now. */
    public record Status(String version, long processId, Duration upTime, String home, List<String> notActive) {
        @Override
        public String toString() {
            return "version " + version + ", process " + processId + ", up " + upTime.toSeconds() + " s, home " + home
                    + (notActive.isEmpty() ? "" : "\nbundles that are not active: " + String.join(", ", notActive));
        }
    }

    @Descriptor("the platform: version, process, time since its start, bundles that are not active")
    public Status status() {
        List<String> notActive = java.util.Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getState() != Bundle.ACTIVE && !isLibrary(bundle))
                .map(bundle -> bundle.getSymbolicName() + " [" + bundle.getBundleId() + "]").toList();
        return new Status(context.getBundle().getVersion().toString(), ProcessHandle.current().pid(),
                Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime()), context.getProperty("hv.home"), notActive);
    }

    @Descriptor("the jars in the folder deploy/ and what became of them")
    public List<String> deployments() {
        return deployments.deployments().stream().map(jar -> jar.file() + ": " + jar.outcome()).toList();
    }

    private boolean isLibrary(Bundle bundle) {
        String names = context.getProperty("hv.app.notStarted");
        return names != null && List.of(names.split(",")).contains(bundle.getSymbolicName());
    }

    @Descriptor("stops every guest in order, then the platform")
    public void shutdown(CommandSession session) throws InterruptedException {
        PrintStream out = session.getConsole();
        entry.stopGuests(out);
        out.println("hv: stopping the platform");
        out.flush();
        Thread.ofPlatform().daemon().name("hv-shutdown").start(() -> {
            try {
                Thread.sleep(50);
                context.getBundle(0).stop();
            } catch (BundleException | InterruptedException e) {
                System.err.println("hv: the framework does not stop: " + e.getMessage());
            }
        });
    }

    private static SpecException wrongUsage(String command, CommandLine.ParameterException e) {
        return new SpecException(RunOptions.firstLine(e) + " (hv:" + command + " --help shows the options)", e);
    }

    @Descriptor("boots a guest and attaches this terminal to its console, like ./hv run; --help lists the options")
    public CommandStatus run(CommandSession session, @Descriptor("as for ./hv run") String[] arguments) throws InterruptedException, HvException {
        PrintStream out = session.getConsole();
        RunOptions options;
        try {
            options = RunOptions.parse(List.of(arguments));
        } catch (CommandLine.ParameterException e) {
            throw wrongUsage("run", e);
        }
        if (options.help) {
            out.print(RunOptions.usage());
            return new CommandStatus(ExitStatus.OK);
        }
        options.workingFolder = session.currentDir() == null ? options.workingFolder : session.currentDir();
        Terminal terminal = session.get(".terminal") instanceof Terminal present ? present : null;
        InputStream in = terminal == null ? session.getKeyboard() : terminal.input();
        return new CommandStatus(entry.run(options, terminal, in, out, out, false));
    }

    @Descriptor("makes a disk image that boots, or a seed for one, like ./hv image; --help lists the options: hv:image build debian")
    public CommandStatus image(CommandSession session, @Descriptor("as for ./hv image") String[] arguments) throws HvException {
        PrintStream out = session.getConsole();
        ImageOptions options;
        try {
            options = ImageOptions.parse(List.of(arguments), session.currentDir() == null ? Path.of("").toAbsolutePath() : session.currentDir());
        } catch (CommandLine.ParameterException e) {
            throw wrongUsage("image", e);
        }
        return new CommandStatus(entry.image(options, out, out, session.get(".terminal") instanceof Terminal));
    }
}
