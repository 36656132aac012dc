package hv.app.internal;

import hv.api.HvException;
import hv.api.machine.Guests;
import hv.api.machine.Hypervisor;
import hv.api.machine.Machine;
import hv.api.machine.MachineState;
import hv.app.launch.ImageOptions;
import hv.app.launch.PlatformEntry;
import hv.app.launch.RunOptions;
import hv.gdb.GdbServers;
import hv.images.DiskBuilder;
import hv.shell.definitions.Definitions;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jline.terminal.Terminal;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Answers the launcher from inside the framework. */
@Component(service = PlatformEntry.class, immediate = true)
public final class Entry implements PlatformEntry {
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Hypervisor hypervisor;
    private final Guests guests;
    private final GdbServers debuggers;
    private final Definitions definitions;
    private final DiskBuilder disks;
    private final ImageFolder images;
    private final AtomicInteger runs = new AtomicInteger();
    private volatile boolean stopping;

    @Activate
    public Entry(BundleContext context, @Reference Hypervisor hypervisor, @Reference Guests guests, @Reference GdbServers debuggers,
            @Reference Definitions definitions, @Reference DiskBuilder disks) {
        this.images = new ImageFolder(Path.of(context.getProperty("hv.home")), hypervisor);
        this.disks = disks;
        this.hypervisor = hypervisor;
        this.guests = guests;
        this.debuggers = debuggers;
        this.definitions = definitions;
    }

    @Override
    public void begin() {
        definitions.makeAll(hypervisor).forEach(line -> System.out.println("hv: " + line));
    }

    @Override
    public int run(RunOptions options, Terminal terminal, InputStream in, PrintStream out, PrintStream err, boolean ownsPlatform) throws InterruptedException {
        runs.incrementAndGet();
        try {
            return new GuestRun(hypervisor, guests, debuggers, options, terminal, in, out, err, ownsPlatform, () -> stopping).run();
        } finally {
            runs.decrementAndGet();
        }
    }

    @Override
    public int image(ImageOptions options, PrintStream out, PrintStream err, boolean terminal) {
        return new ImageCommand(disks, images, out, err, terminal).run(options);
    }

    @Override
    public void stopGuests(PrintStream progress) throws InterruptedException {
        stopping = true;
        List<Machine> youngestFirst = new ArrayList<>(hypervisor.machines());
        Collections.reverse(youngestFirst);
        for (Machine machine : youngestFirst) {
            if (machine.state() == MachineState.RUNNING || machine.state() == MachineState.PAUSED) {
                stop(machine, progress);
            }
        }
    }

    private static void stop(Machine machine, PrintStream progress) {
        progress.println("hv: stopping " + machine.name());
        progress.flush();
        try {
            if (machine.state() == MachineState.PAUSED) {
                machine.resume();
            }
            machine.stop(GRACE);
        } catch (HvException e) {
            progress.println("hv: " + machine.name() + ": " + e.getMessage());
        }
    }

    @Override
    public void awaitOtherRuns(PrintStream progress) throws InterruptedException {
        boolean said = false;
        while (runs.get() > 0) {
            if (!said) {
                progress.println("hv: " + runs.get() + " more ./hv run on this platform: waiting for its end (Ctrl-C stops it)");
                said = true;
            }
            Thread.sleep(100);
        }
    }
}
