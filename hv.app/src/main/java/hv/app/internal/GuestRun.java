package hv.app.internal;

import hv.api.HvException;
import hv.api.SpecException;
import hv.api.machine.DiskSpec;
import hv.api.machine.Guests;
import hv.api.machine.Hypervisor;
import hv.api.machine.Machine;
import hv.api.machine.MachineSpec;
import hv.api.machine.NicSpec;
import hv.api.machine.MachineState;
import hv.api.part.SettingException;
import hv.app.launch.Architecture;
import hv.app.launch.ExitStatus;
import hv.app.launch.RunOptions;
import hv.gdb.GdbAddress;
import hv.gdb.GdbServer;
import hv.gdb.GdbServers;
import hv.shell.console.ConsoleAttachment;
import hv.shell.console.ConsoleAttachment.Ended;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jline.terminal.Terminal;

/** One {@code ./hv run}: makes the machine, attaches the terminal, and says with an exit status how it ended. Used by one thread. */
final class GuestRun {
    private static final Duration GRACE = Duration.ofSeconds(10);
    /** Lines of a script are meant for prompts; what comes through a pipe may also be data that a program reads without saying so. */
    private static final Duration SCRIPT_PATIENCE = Duration.ofSeconds(60);
    private static final Duration PIPE_PATIENCE = Duration.ofSeconds(10);
    private static final int MAX_SCRIPT_BYTES = 16 << 20;
    private static final String DEFAULT_GUEST = "debian";

    private final Hypervisor hypervisor;
    private final Guests guests;
    private final GdbServers debuggers;
    private final RunOptions options;
    private final Terminal terminal;
    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private final boolean ownsPlatform;
    /** Whether the platform is on its way down. */
    private final BooleanSupplier stopping;

    GuestRun(Hypervisor hypervisor, Guests guests, GdbServers debuggers, RunOptions options, Terminal terminal, InputStream in, PrintStream out, PrintStream err, boolean ownsPlatform, BooleanSupplier stopping) {
        this.hypervisor = hypervisor;
        this.guests = guests;
        this.debuggers = debuggers;
        this.options = options;
        this.terminal = terminal;
        this.in = in;
        this.out = out;
        this.err = err;
        this.ownsPlatform = ownsPlatform;
        this.stopping = stopping;
    }

    int run() throws InterruptedException {
        Machine machine;
        InputStream script;
        try {
            script = options.script == null ? null : script(resolve(options.script));
            if (options.scheduler != null && hypervisor.schedulers().stream().noneMatch(s -> s.inForce() && s.type().equals(options.scheduler))) {
                hypervisor.chooseScheduler(options.scheduler);
            }
            machine = hypervisor.create(spec());
        } catch (SpecException | SettingException e) {
            say(e.getMessage());
            return ExitStatus.BAD_INPUT;
        } catch (HvException e) {
            say(e.getMessage());
            return ExitStatus.UNAVAILABLE;
        } catch (IllegalArgumentException e) {
            say(e.getMessage());
            return ExitStatus.USAGE;
        }
        boolean keep = false;
        try {
            openGdb(machine);
            machine.start();
            if (script != null) {
                return type(machine, script, SCRIPT_PATIENCE);
            }
            MachineSpec spec = machine.spec();
            say(spec.name() + " boots: " + spec.memoryBytes() / MachineSpec.MIB + " MiB, " + spec.vcpus() + (spec.vcpus() == 1 ? " vCPU" : " vCPUs")
                    + ", engine " + machine.engine() + (terminal == null ? "" : "; Ctrl-] leaves its console" + (ownsPlatform ? " and stops it" : "")));
            if (terminal == null) {
                return type(machine, in, PIPE_PATIENCE);
            }
            Ended why = new ConsoleAttachment(machine.console(), terminal, in, out).attachToBoot();
            if (why == Ended.MACHINE) {
                return ended(machine);
            }
            out.println();   // the guest's line may be unfinished
            out.flush();
            if (why == Ended.ESCAPE && !ownsPlatform) {
                keep = true;
                say(machine.name() + " goes on; its console: ./hv shell, then hv:console " + machine.name());
                return ExitStatus.OK;
            }
            return stopped(machine);
        } catch (HvException e) {
            say(e.getMessage());
            return e instanceof SpecException ? ExitStatus.BAD_INPUT : ExitStatus.FAILED;
        } catch (IOException e) {
            say("cannot print what " + machine.name() + " prints: " + e.getMessage());
            return ExitStatus.FAILED;
        } finally {
            if (!keep) {
                forget(machine);
            }
        }
    }

    private void openGdb(Machine machine) throws HvException {
        if (options.gdb != null || options.gdbWait) {
            GdbAddress address = GdbAddress.parse(options.gdb == null ? "1234" : options.gdb, options.workingFolder);
            GdbServer server = debuggers.open(machine, address, options.gdbWait);
            say((options.gdbWait ? "held until gdb comes: " : "gdb may come: ") + "gdb-multiarch -ex 'target remote " + server.address() + "'");
        }
    }

    private int type(Machine machine, InputStream input, Duration patience) throws HvException, InterruptedException, IOException {
        if (new ConsoleScript(machine, InputPieces.of(input), out, patience).play() == ConsoleScript.Ended.MACHINE) {
            return ended(machine);
        }
        out.println();   // the guest's line is a prompt
        out.flush();
        return stopped(machine);
    }

    private int stopped(Machine machine) throws HvException {
        if (machine.state() == MachineState.RUNNING) {
            say("stopping " + machine.name() + " (forced after " + GRACE.toSeconds() + " s of silence)");
            machine.stop(GRACE);
        }
        return ExitStatus.OK;
    }

    private int ended(Machine machine) throws InterruptedException {
        machine.awaitEnd(GRACE);
        if (machine.state() == MachineState.FAILED) {
            say(machine.name() + " failed: " + machine.info().detail());
            return ExitStatus.FAILED;
        }
        return ExitStatus.OK;
    }

    private void forget(Machine machine) {
        try {
            if (hypervisor.machines().contains(machine)) {
                hypervisor.destroy(machine.name());
            }
        } catch (SpecException e) {
            return;   // somebody else destroyed it in this moment
        } catch (HvException e) {
            say(e.getMessage());
        }
    }

    private MachineSpec spec() throws HvException {
        MachineSpec spec = options.image != null ? guests.ofImage(options.image, options.workingFolder, name("image"))
                : options.kernel != null ? MachineSpec.named(name("guest"), file(options.kernel, "kernel")).withBoard(options.arch.board())
                : options.bios != null && options.guest == null ? MachineSpec.ofFirmware(name("guest"), file(options.bios, "firmware")) : guest();
        if (options.startsBare()) {
            spec = spec.withKernelAsFirmware();
        } else if (options.bios != null) {
            spec = spec.withFirmware(file(options.bios, "firmware"));
        }
        if (options.initrd != null) {
            spec = spec.withInitrd(file(options.initrd, "initrd"));
        }
        if (options.append != null) {
            spec = spec.withCommandLine(options.kernel != null || spec.commandLine().isEmpty() ? options.append : spec.commandLine() + " " + options.append);
        }
        if (options.memoryBytes != null) {
            spec = spec.withMemory(options.memoryBytes);
        }
        if (options.cpus != null) {
            spec = spec.withVcpus(options.cpus);
        }
        for (String disk : options.disks) {
            DiskSpec parsed = DiskSpec.parse(options.workingFolder, disk);
            file(parsed.file(), "disk");
            spec = spec.withDisk(parsed);
        }
        for (String text : options.nics) {
            NicSpec nic = NicSpec.parse(text).in(options.workingFolder);
            if (!nic.backend().equals(NicSpec.NONE)) {
                spec = spec.withNic(nic);
            }
        }
        if (options.engine != null) {
            spec = spec.withSetting("engine", options.engine);
        }
        for (Map.Entry<String, String> setting : options.settings.entrySet()) {
            spec = spec.withSetting(setting.getKey(), setting.getValue());
        }
        return spec;
    }

    private MachineSpec guest() throws HvException {
        String guest = options.arch.guest(options.guest == null ? DEFAULT_GUEST : options.guest);
        ProgressLine progress = new ProgressLine(err, terminal != null);
        try {
            return guests.spec(guest, name(guest), progress);
        } catch (SpecException e) {
            throw e;
        } catch (HvException e) {
            if (options.guest != null || options.arch != Architecture.RISCV64 || stopping.getAsBoolean()) {
                throw e;
            }
            progress.end();
            say(e.getMessage());
            say("booting the tiny guest instead");
            return guests.spec(CatalogGuests.TINY, name(CatalogGuests.TINY), progress);
        } finally {
            progress.end();
        }
    }

    /** The name asked for, else the guest's, with a number where that is taken. */
    private String name(String guest) {
        if (options.name != null) {
            return options.name;
        }
        Set<String> taken = hypervisor.machines().stream().map(Machine::name).collect(Collectors.toSet());
        String name = guest;
        for (int n = 2; taken.contains(name); n++) {
            name = guest + "-" + n;
        }
        return name;
    }

    private Path file(Path path, String what) throws SpecException {
        Path file = resolve(path);
        if (!Files.exists(file)) {
            throw new SpecException(what + " " + file + ": no such file");
        }
        if (Files.isDirectory(file)) {
            throw new SpecException(what + " " + file + " is a folder: name a file");
        }
        if (!Files.isReadable(file)) {
            throw new SpecException(what + " " + file + ": you may not read it");
        }
        return file;
    }

    private Path resolve(Path path) {
        return options.workingFolder.resolve(path).normalize();
    }

    private InputStream script(Path path) throws HvException {
        Path file = file(path, "script");
        try (InputStream text = Files.newInputStream(file)) {
            // By what comes, not by what the size says: a pipe or a device has none.
            byte[] bytes = text.readNBytes(MAX_SCRIPT_BYTES + 1);
            if (bytes.length > MAX_SCRIPT_BYTES) {
                throw new SpecException("script " + file + " is longer than " + (MAX_SCRIPT_BYTES >> 20) + " MiB: split it");
            }
            String lines = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString().lines().map(line -> line + "\n").collect(Collectors.joining());
            return new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            throw new SpecException("script " + file + ": no such file", e);
        } catch (IOException e) {
            throw new SpecException("script " + file + " is no readable text (UTF-8): " + e.getMessage(), e);
        }
    }

    private void say(String line) {
        err.println("hv: " + line);
        err.flush();
    }
}
