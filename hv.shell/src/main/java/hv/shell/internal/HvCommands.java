package hv.shell.internal;

import hv.api.HvException;
import hv.api.SpecException;
import hv.api.allocator.spi.Account;
import hv.api.machine.DiskSpec;
import hv.api.machine.ExitCount;
import hv.api.machine.Guests;
import hv.api.machine.Hypervisor;
import hv.api.machine.Machine;
import hv.api.machine.MachineInfo;
import hv.api.machine.MachineSpec;
import hv.api.machine.MachineState;
import hv.api.machine.NicInfo;
import hv.api.part.FactoryInfo;
import hv.api.part.PartInfo;
import hv.api.part.ReplaceException;
import hv.api.part.ReplaceReport;
import hv.shell.console.ConsoleAttachment;
import hv.shell.console.ConsoleAttachment.Ended;
import hv.shell.definitions.Definitions;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.jline.terminal.Terminal;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The commands on machines and their parts. Machines made here are kept as definitions, and are there again after a restart of the platform. */
@Component(service = HvCommands.class, property = {"osgi.command.scope=hv", "osgi.command.function=create", "osgi.command.function=list",
    "osgi.command.function=info", "osgi.command.function=start", "osgi.command.function=console", "osgi.command.function=pause", "osgi.command.function=resume",
    "osgi.command.function=stop", "osgi.command.function=reset", "osgi.command.function=destroy", "osgi.command.function=exits", "osgi.command.function=parts",
    "osgi.command.function=replace", "osgi.command.function=health", "osgi.command.function=accounts", "osgi.command.function=factories",
    "osgi.command.function=guests", "osgi.command.function=nics", "osgi.command.function=link", "osgi.command.function=pcap"})
public final class HvCommands {
    private static final String NONE = "";

    private final Hypervisor hypervisor;
    private final Guests guests;
    private final Definitions definitions;

    @Activate
    public HvCommands(@Reference Hypervisor hypervisor, @Reference Guests guests, @Reference Definitions definitions) {
        this.hypervisor = hypervisor;
        this.guests = guests;
        this.definitions = definitions;
    }

    @Descriptor("defines a machine from options; it is there again after a restart of the platform")
    public MachineInfo create(CommandSession session,
            @Descriptor("guest of the catalog: see hv:guests") @Parameter(names = {"--guest", "-g"}, absentValue = NONE) String guest,
            @Descriptor("disk image to boot, of ./hv image build: a name or a file; may be followed by ,bus=scsi") @Parameter(names = {"--image"}, absentValue = NONE) String image,
            @Descriptor("machine-mode firmware to start in, or none to start the kernel in machine mode; without it the platform is the firmware") @Parameter(names = {"--bios", "-b"}, absentValue = NONE) String bios,
            @Descriptor("kernel, instead of a guest") @Parameter(names = {"--kernel", "-k"}, absentValue = NONE) String kernel,
            @Descriptor("initial RAM disk") @Parameter(names = {"--initrd", "-i"}, absentValue = NONE) String initrd,
            @Descriptor("kernel command line; with a guest, added to its own") @Parameter(names = {"--append", "-a"}, absentValue = NONE) String append,
            @Descriptor("raw disk image, or a list of them: [a.img b.img]; may be followed by ,ro and ,bus=scsi") @Parameter(names = {"--disk", "-d"}, absentValue = NONE) Object disks,
            @Descriptor("network card, or a list of them, for example user,hostfwd=2222:22; see the README") @Parameter(names = {"--net", "-n"}, absentValue = NONE) Object nics,
            @Descriptor("RAM, for example 512M") @Parameter(names = {"--memory", "-m"}, absentValue = NONE) String memory,
            @Descriptor("virtual CPUs") @Parameter(names = {"--cpus", "-c"}, absentValue = "0") int cpus,
            @Descriptor("settings as a map: [strict=true engine=riscv]") @Parameter(names = {"--set", "-s"}, absentValue = NONE) Object settings,
            @Descriptor("name of the machine, or a file NAME.yaml that describes it") String nameOrFile) throws HvException {
        Path folder = folder(session);
        PrintStream out = session.getConsole();
        MachineDescription description;
        String name = null;
        if (nameOrFile.endsWith(".yaml") || nameOrFile.endsWith(".yml")) {
            if (!(guest + image + bios + kernel + initrd + append + disks + nics + memory + settings).isEmpty() || cpus != 0) {
                throw new SpecException("a description and options exclude each other: put all into " + nameOrFile);
            }
            description = MachineDescription.read(folder.resolve(nameOrFile));
        } else {
            name = nameOrFile;
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("guest", given(guest));
            values.put("image", given(image));
            values.put("firmware", given(bios));
            values.put("kernel", given(kernel));
            values.put("initrd", given(initrd));
            values.put("append", given(append));
            values.put("memory", given(memory));
            values.put("cpus", cpus == 0 ? null : cpus);
            values.put("disks", disks(folder, disks));
            values.put("nics", several(nics));
            values.put("settings", settings instanceof Map<?, ?> map ? map : null);
            if (!(settings instanceof Map) && !NONE.equals(settings)) {
                throw new SpecException("--set takes a map, for example [strict=true]");
            }
            description = MachineDescription.of(folder, values);
        }
        MachineSpec spec = description.spec(name, guests, (what, done, total) -> {
            if (done == 0) {
                out.println("hv: " + what);
            }
        });
        synchronized (definitions) {
            if (definitions.has(spec.name()) && hypervisor.machines().stream().noneMatch(machine -> machine.name().equals(spec.name()))) {
                throw new SpecException("a machine " + spec.name() + " is defined and not here (./hv run leaves the defined ones out): use another name, or delete its file in machines/");
            }
            Machine machine = hypervisor.create(spec);
            try {
                definitions.put(machine.spec());
            } catch (HvException e) {
                hypervisor.destroy(machine.name());
                throw e;
            }
            return machine.info();
        }
    }

    private static String given(String text) {
        return text.isEmpty() ? null : text;
    }

    /** What an option was given once, or as a list; as texts. */
    private static List<Object> several(Object option) {
        Collection<?> given = option instanceof Collection<?> many ? many : NONE.equals(option) ? List.of() : List.of(option);
        return given.stream().<Object>map(Object::toString).toList();
    }

    private static List<Object> disks(Path folder, Object option) throws SpecException {
        List<Object> disks = new ArrayList<>();
        for (Object text : several(option)) {
            try {
                DiskSpec disk = DiskSpec.parse(folder, text.toString());
                disks.add(Map.of("file", disk.file().toString(), "format", disk.format(), "readOnly", disk.readOnly(), "bus", disk.bus()));
            } catch (IllegalArgumentException e) {
                throw new SpecException(e.getMessage(), e);
            }
        }
        return disks;
    }

    static Path folder(CommandSession session) {
        return session.currentDir() == null ? Path.of("").toAbsolutePath() : session.currentDir();
    }

    @Descriptor("the machines")
    public List<MachineInfo> list() {
        return Rows.of(hypervisor.machines().stream().map(Machine::info).toList(), "no machines: hv:create makes one")
                .text("NAME", MachineInfo::name).text("STATE", MachineInfo::state).number("VCPUS", info -> info.startedVcpus() + "/" + info.vcpus())
                .number("MEMORY", info -> mebibytes(info.memoryBytes())).number("TOUCHED", info -> mebibytes(info.touchedBytes()))
                .number("UP", info -> seconds(info.upTime())).number("CPU", info -> seconds(info.cpuTime())).text("DETAIL", MachineInfo::detail);
    }

    @Descriptor("one machine")
    public MachineInfo info(@Descriptor("name of the machine") String machine) throws HvException {
        return hypervisor.machine(machine).info();
    }

    @Descriptor("the guests that can be created by name")
    public List<String> guests() {
        return Rows.of(guests.names(), "none").text("GUEST", name -> name);
    }

    @Descriptor("boots a machine")
    public MachineInfo start(@Descriptor("name of the machine") String machine) throws HvException {
        Machine found = hypervisor.machine(machine);
        found.start();
        return found.info();
    }

    @Descriptor("attaches this terminal to a machine's console; Ctrl-] leaves it")
    public void console(CommandSession session, @Descriptor("name of the machine") String machine) throws HvException, InterruptedException {
        Machine found = hypervisor.machine(machine);
        PrintStream out = session.getConsole();
        Terminal terminal = session.get(".terminal") instanceof Terminal present ? present : null;
        InputStream in = terminal == null ? session.getKeyboard() : terminal.input();
        if (terminal != null) {
            out.println("hv: the console of " + machine + "; Ctrl-] leaves it");
            out.flush();
        }
        Ended ended = new ConsoleAttachment(found.console(), terminal, in, out).attach();
        if (ended == Ended.MACHINE && terminal != null) {
            out.println("\nhv: " + machine + " has stopped");
        } else if (terminal != null) {
            out.println();
        }
    }

    @Descriptor("halts a machine's vCPUs and its clock")
    public MachineInfo pause(@Descriptor("name of the machine") String machine) throws HvException {
        Machine found = hypervisor.machine(machine);
        found.pause();
        return found.info();
    }

    @Descriptor("lets a paused machine go on")
    public MachineInfo resume(@Descriptor("name of the machine") String machine) throws HvException {
        Machine found = hypervisor.machine(machine);
        found.resume();
        return found.info();
    }

    @Descriptor("asks the guest to power off, and forces it after a time")
    public MachineInfo stop(CommandSession session,
            @Descriptor("seconds without output before it is forced; 0 forces at once") @Parameter(names = {"--grace", "-g"}, absentValue = "30") int graceSeconds,
            @Descriptor("name of the machine") String machine) throws HvException {
        if (graceSeconds < 0 || graceSeconds > 86_400) {
            throw new SpecException("--grace " + graceSeconds + ": use 0 to 86400 seconds");
        }
        Machine found = hypervisor.machine(machine);
        if (graceSeconds > 0 && found.state() == MachineState.RUNNING) {
            session.getConsole().println("hv: asking " + machine + " to power off (forced after " + graceSeconds + " s of silence)");
            session.getConsole().flush();
        }
        found.stop(Duration.ofSeconds(graceSeconds));
        return found.info();
    }

    @Descriptor("boots a machine again, whatever its state")
    public MachineInfo reset(@Descriptor("name of the machine") String machine) throws HvException {
        Machine found = hypervisor.machine(machine);
        found.reset();
        return found.info();
    }

    @Descriptor("stops a machine at once and forgets its definition; its disks stay")
    public void destroy(@Descriptor("name of the machine") String machine) throws HvException {
        hypervisor.destroy(machine);
        synchronized (definitions) {
            // Somebody may have made another of this name meanwhile.
            if (hypervisor.machines().stream().noneMatch(other -> other.name().equals(machine))) {
                definitions.remove(machine);
            }
        }
    }

    @Descriptor("how many exits of each kind went where, and what they cost")
    public List<ExitCount> exits(@Descriptor("name of the machine") String machine) throws HvException {
        List<ExitCount> counts = new ArrayList<>(hypervisor.machine(machine).exits());
        counts.sort(Comparator.comparingLong(ExitCount::count).reversed());
        return Rows.of(counts, "no exits yet").text("EXIT", ExitCount::kind).text("ROUTE", ExitCount::route).number("COUNT", ExitCount::count)
                .number("TOTAL ms", count -> String.format("%.1f", count.totalNanos() / 1e6))
                .number("EACH ns", count -> count.count() == 0 ? 0 : count.totalNanos() / count.count());
    }

    @Descriptor("the parts of the host (policy, allocator), with the bundle that made each")
    public List<PartInfo> parts() {
        return table(hypervisor.parts());
    }

    @Descriptor("the parts of a machine, with the bundle that made each")
    public List<PartInfo> parts(@Descriptor("name of the machine") String machine) throws HvException {
        return table(hypervisor.machine(machine).parts());
    }

    private static List<PartInfo> table(List<PartInfo> parts) {
        return Rows.of(parts, "no parts").text("PART", PartInfo::path).text("KIND", PartInfo::kind).text("TYPE", PartInfo::type).text("BUNDLE", PartInfo::origin)
                .text("STATE", PartInfo::tag).number("GEN", PartInfo::generation).text("HEALTH", PartInfo::health);
    }

    @Descriptor("the network cards of a machine")
    public List<NicInfo> nics(@Descriptor("name of the machine") String machine) throws HvException {
        return Rows.of(hypervisor.machine(machine).nics(), "no network cards: give hv:create --net")
                .text("NIC", NicInfo::name).text("ADDRESS", NicInfo::mac).text("BACKEND", NicInfo::backend).text("LINK", nic -> nic.up() ? "up" : "down")
                .number("SENT", NicInfo::sentFrames).number("BYTES", NicInfo::sentBytes).number("RECEIVED", NicInfo::receivedFrames).number("BYTES", NicInfo::receivedBytes)
                .number("DROPPED", NicInfo::dropped)
                .text("DETAIL", nic -> nic.detail() + (nic.capture().isEmpty() ? "" : "; captured to " + nic.capture() + (nic.lostCapture() == 0 ? "" : " without " + nic.lostCapture() + " frames")));
    }

    @Descriptor("pulls a network card's wire, or plugs it in")
    public List<NicInfo> link(@Descriptor("name of the machine") String machine, @Descriptor("network card: see hv:nics") String nic,
            @Descriptor("up or down") String state) throws HvException {
        if (!state.equals("up") && !state.equals("down")) {
            throw new SpecException("link \"" + state + "\": use up or down");
        }
        hypervisor.machine(machine).setLink(nic, state.equals("up"));
        return nics(machine);
    }

    @Descriptor("writes a network card's frames to a file that tcpdump and Wireshark read, or ends that")
    public List<NicInfo> pcap(CommandSession session, @Descriptor("name of the machine") String machine, @Descriptor("network card: see hv:nics") String nic,
            @Descriptor("file, which begins anew; or off") String file) throws HvException {
        hypervisor.machine(machine).capture(nic, file.equals("off") ? null : folder(session).resolve(file).toAbsolutePath().normalize());
        return nics(machine);
    }

    @Descriptor("replaces a part of the host by another bundle's while guests run")
    public ReplaceReport replace(@Descriptor("path of the part: see hv:parts") String part,
            @Descriptor("bundle: symbolic name, name:version, or id") String bundle) throws ReplaceException {
        return hypervisor.replace(part, bundle);
    }

    @Descriptor("replaces a part of a machine by another bundle's while the guest runs")
    public ReplaceReport replace(@Descriptor("name of the machine") String machine, @Descriptor("path of the part: see hv:parts MACHINE") String part,
            @Descriptor("bundle: symbolic name, name:version, or id") String bundle) throws HvException {
        return hypervisor.machine(machine).replace(part, bundle);
    }

    @Descriptor("the factories that are offered now")
    public List<FactoryInfo> factories() {
        List<FactoryInfo> factories = new ArrayList<>(hypervisor.factories());
        factories.sort(Comparator.comparing(FactoryInfo::kind).thenComparing(FactoryInfo::type));
        return Rows.of(factories, "none").text("KIND", FactoryInfo::kind).text("TYPE", FactoryInfo::type).text("BUNDLE", FactoryInfo::origin);
    }

    @Descriptor("what the allocator has granted to each machine")
    public List<Account> accounts() {
        return Rows.of(hypervisor.accounts(), "nothing is granted").text("MACHINE", Account::machine).number("RAM", account -> mebibytes(account.ramBytes()))
                .number("TOUCHED", account -> mebibytes(account.touchedRamBytes())).number("VCPUS", account -> account.startedVcpus() + "/" + account.vcpus());
    }

    @Descriptor("faults of parts since the start, newest last")
    public List<String> health() {
        return Rows.of(hypervisor.health(), "no faults").text("FAULT", line -> line);
    }

    static String mebibytes(long bytes) {
        return bytes / MachineSpec.MIB + "M";
    }

    static String seconds(Duration time) {
        return String.format("%d.%03ds", time.toSeconds(), time.toMillisPart());
    }
}
