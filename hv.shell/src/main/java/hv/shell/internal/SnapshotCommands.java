package hv.shell.internal;

import hv.api.HvException;
import hv.api.Progress;
import hv.api.machine.Hypervisor;
import hv.api.machine.Machine;
import hv.api.machine.MachineInfo;
import hv.shell.definitions.Definitions;
import hv.snapshot.SavedMachine;
import hv.snapshot.Snapshots;
import java.io.PrintStream;
import java.nio.file.Path;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The commands that put a whole machine into a file and pick it up again, in this process or another. */
@Component(service = SnapshotCommands.class, property = {"osgi.command.scope=hv", "osgi.command.function=save", "osgi.command.function=restore"})
public final class SnapshotCommands {
    private final Hypervisor hypervisor;
    private final Snapshots snapshots;
    private final Definitions definitions;

    @Activate
    public SnapshotCommands(@Reference Hypervisor hypervisor, @Reference Snapshots snapshots, @Reference Definitions definitions) {
        this.hypervisor = hypervisor;
        this.snapshots = snapshots;
        this.definitions = definitions;
    }

    @Descriptor("saves a whole machine to a file; it is paused for that, and goes on afterwards if it was running")
    public void save(CommandSession session, @Descriptor("name of the machine") String machine, @Descriptor("file to write") String file) throws HvException {
        Path path = HvCommands.folder(session).resolve(file).toAbsolutePath().normalize();
        snapshots.save(hypervisor.machine(machine), path, progress(session));
        session.getConsole().println("hv: " + machine + " is in " + path);
    }

    @Descriptor("makes a machine from a saved one; it runs if it ran when it was saved")
    public MachineInfo restore(CommandSession session, @Descriptor("file that hv:save wrote") String file) throws HvException {
        try (SavedMachine saved = snapshots.open(HvCommands.folder(session).resolve(file).toAbsolutePath().normalize())) {
            Machine machine = hypervisor.restore(saved);
            definitions.put(machine.spec());
            return machine.info();
        }
    }

    private static Progress progress(CommandSession session) {
        PrintStream out = session.getConsole();
        return (what, done, total) -> {
            if (done == 0) {
                out.println("hv: " + what);
                out.flush();
            }
        };
    }
}
